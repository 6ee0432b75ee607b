import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import type { LogSink } from '../../core/peers';
import type { Access, Call, CloudContext, Service } from '../../core/service';
import { deliverTo } from './deliver';
import { groupOperations } from './group-operations';
import { LogGroups } from './log-groups';
import { LogWriter } from './log-writer';
import { policyOperations } from './policy-operations';
import { readOperations } from './read-operations';
import { ResourcePolicies } from './resource-policies';
import { streamOperations } from './stream-operations';
import { subscriptionOperations } from './subscription-operations';
import { Subscriptions } from './subscriptions';

export type LogsOptions = {
  /** A log group above this size loses its oldest events. 8 MiB unless given. */
  readonly maxGroupBytes?: number;
};

/** CloudWatch Logs. */
export function createLogs(
  context: CloudContext,
  options: LogsOptions = {},
): { service: Service & { readonly name: 'logs' }; peer: LogSink } {
  const groups = new LogGroups(context, { maxGroupBytes: options.maxGroupBytes ?? 8 * 1024 * 1024 });
  const policies = new ResourcePolicies(context.store);
  const writer = new LogWriter(context.clock, groups, new Subscriptions(context));
  const home = { account: context.account, region: context.region };

  const peer: LogSink = {
    write: (groupName, stream, messages) => {
      if (messages.length === 0) return;
      const group = groups.find(home, groupName) ?? groups.create(home, groupName);
      if (!groups.hasStream(group, stream)) groups.createStream(group, stream);
      writer.write(group, stream, messages);
    },
    deliver: deliverTo({ context, groups, writer }),
  };

  const service: Service & { readonly name: 'logs' } = {
    name: 'logs',
    signingNames: ['logs'],
    protocol: { kind: 'json', version: '1.1', targetPrefixes: ['Logs_20140328'] },
    operations: {
      ...groupOperations(groups, context.registry),
      ...streamOperations(groups, context.clock, writer),
      ...readOperations(groups),
      ...policyOperations(policies, context),
      ...subscriptionOperations(groups, context),
    },
    access,
    resourcePolicy: (arn) => {
      const { account = '', region = '' } = parseArn(arn) ?? {};
      return policies.together({ account, region });
    },
    resourceTags: (arn) => groups.find(home, arn.replace(/:(\*|log-stream:.*)$/, ''))?.tags,
    failure: (kind, _operation, _input, code) => failure(code ?? (kind === 'throttle' ? THROTTLED : UNAVAILABLE)),
    // A stream comes with its first event; groups are deployed.
    dataSpaces: ['logs-events', 'logs-streams'],
  };
  return { service, peer };
}

const THROTTLED = 'ThrottlingException';
const UNAVAILABLE = 'ServiceUnavailableException';

function failure(code: string): AwsError | undefined {
  if (code === THROTTLED) return new AwsError(code, 'Rate exceeded');
  if (code !== UNAVAILABLE) return undefined;
  return new AwsError(code, 'The service cannot complete the request.', { status: 500 });
}

/** Log operations are judged on the group's ARN with `:*`, those of one stream on the stream's. */
function access(operation: string, input: unknown, call: Call): readonly Access[] {
  // Policies belong to the account.
  if (/ResourcePolic(y|ies)$/.test(operation)) return [{ action: `logs:${operation}`, resource: '*' }];
  const { logGroupName, logGroupIdentifier, logStreamName, resourceArn } = (input ?? {}) as Record<string, unknown>;
  const named = String(logGroupName ?? logGroupIdentifier ?? '*');
  const group = named.startsWith('arn:')
    ? named.replace(/:\*$/, '')
    : `arn:aws:logs:${call.region}:${call.account}:log-group:${named}`;
  const ofStream = ['PutLogEvents', 'GetLogEvents', 'DeleteLogStream'].includes(operation);
  const resource =
    typeof resourceArn === 'string'
      ? resourceArn
      : ofStream && typeof logStreamName === 'string'
        ? `${group}:log-stream:${logStreamName}`
        : `${group}:*`;
  return [{ action: `logs:${operation}`, resource }];
}
