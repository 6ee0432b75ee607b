import { parseArn } from '../../core/arn';
import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Call, CloudContext, Operation } from '../../core/service';
import { compileFilter } from './filter-pattern';
import { validateName } from './group-operations';
import type { LogGroup, LogGroups } from './log-groups';
import { page } from './page';
import { CLOUDWATCH_LOGS, type SubscriptionFilter, sourceArnOf } from './subscriptions';

/** Filters of one log group. */
const MAX_FILTERS = 2;

/** Subscription filters, whose destinations are functions; every other kind of destination is refused by name. */
export function subscriptionOperations(groups: LogGroups, context: CloudContext): Record<string, Operation> {
  return {
    PutSubscriptionFilter: async (input, call) => {
      refuseUnknown('PutSubscriptionFilter', input, [
        'logGroupName',
        'filterName',
        'filterPattern',
        'destinationArn',
        'roleArn',
        'distribution',
      ]);
      const { filterName: name, filterPattern: pattern } = input;
      validateName('filterName', name, /^[^:*]{1,512}$/);
      if (typeof pattern !== 'string') throw invalid('filterPattern is required.');
      if (pattern.length > 1_024) throw invalid('filterPattern is longer than 1024 characters.');
      compileFilter(pattern, 'PutSubscriptionFilter');
      const functionArn = destinationOf(input);
      await checkDestination(context, groups.get(call, input.logGroupName), functionArn, call);
      // Somebody may have changed the group while the function was looked up.
      const group = groups.get(call, input.logGroupName);
      const others = subscriptionsOf(group).filter((one) => one.name !== name);
      if (others.length >= MAX_FILTERS) throw new AwsError('LimitExceededException', 'Resource limit exceeded.');
      const before = subscriptionsOf(group).find((one) => one.name === name);
      const creationTime = before?.creationTime ?? context.clock.now();
      const subscription = { name, pattern, functionArn, creationTime };
      groups.replace({ ...group, subscriptions: [...others, subscription].sort(byName) });
    },
    DescribeSubscriptionFilters: (input, call) => {
      const members = ['logGroupName', 'filterNamePrefix', 'nextToken', 'limit'];
      refuseUnknown('DescribeSubscriptionFilters', input, members);
      const group = groups.get(call, input.logGroupName);
      const found = subscriptionsOf(group).filter(({ name }) => name.startsWith(input.filterNamePrefix ?? ''));
      const { items, nextToken } = page(found, ({ name }) => name, input.nextToken, input.limit ?? 50);
      return { subscriptionFilters: items.map((filter) => shown(filter, group)), ...nextToken };
    },
    DeleteSubscriptionFilter: (input, call) => {
      refuseUnknown('DeleteSubscriptionFilter', input, ['logGroupName', 'filterName']);
      const group = groups.get(call, input.logGroupName);
      const kept = subscriptionsOf(group).filter(({ name }) => name !== input.filterName);
      if (kept.length === subscriptionsOf(group).length) {
        throw new AwsError('ResourceNotFoundException', 'The specified subscription filter does not exist.');
      }
      groups.replace({ ...group, subscriptions: kept });
    },
  };
}

function destinationOf({ destinationArn, roleArn, distribution }: Record<string, unknown>): string {
  const service = typeof destinationArn === 'string' ? parseArn(destinationArn)?.service : undefined;
  if (service === undefined) throw invalid('The destinationArn is not a valid ARN.');
  if (service !== 'lambda') throw notImplemented(`PutSubscriptionFilter: a destination of ${service}`);
  if (roleArn !== undefined) throw invalid('destinationArn for vendor lambda cannot be used with roleArn');
  if (distribution !== undefined && distribution !== 'ByLogStream') {
    throw notImplemented(`PutSubscriptionFilter: distribution ${distribution}`);
  }
  return String(destinationArn);
}

/** The function has to be there, and to let CloudWatch Logs invoke it for this group. */
async function checkDestination({ registry }: CloudContext, group: LogGroup, FunctionName: string, call: Call) {
  const context = { 'aws:SourceArn': sourceArnOf(group), 'aws:SourceAccount': call.account };
  try {
    await registry.call('lambda', 'GetFunctionConfiguration', { FunctionName }, call);
    const access = { action: 'lambda:InvokeFunction', resource: FunctionName, context };
    registry.peer('iam').authorize(CLOUDWATCH_LOGS, [access]);
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    throw invalid(
      'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    );
  }
}

const subscriptionsOf = (group: LogGroup): readonly SubscriptionFilter[] => group.subscriptions ?? [];

const shown = ({ name, pattern, functionArn, creationTime }: SubscriptionFilter, group: LogGroup) => ({
  filterName: name,
  logGroupName: group.name,
  filterPattern: pattern,
  destinationArn: functionArn,
  distribution: 'ByLogStream',
  creationTime,
});

const byName = (a: SubscriptionFilter, b: SubscriptionFilter): number => (a.name < b.name ? -1 : 1);

const invalid = (message: string): AwsError => new AwsError('InvalidParameterException', message);
