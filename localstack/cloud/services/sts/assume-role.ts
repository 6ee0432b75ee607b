import { refuseUnknown } from '../../core/aws-error';
import type { Access, Call, CloudContext } from '../../core/service';
import { policyArnsOf, scopeOf, tagsOf, validation } from './session-input';

const SESSION_NAME = /^[\w+=,.@-]*$/;
const ROLE = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
const HONOURED = ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId', 'Policy', 'PolicyArns', 'Tags'];
/** Seconds. */
const HOUR = 3_600;
const SHORTEST = 900;

type Input = Readonly<Record<string, unknown>>;

/** What the caller must be allowed to do: by its own policies, and by the trust policy of the role. */
export function accessToAssume(input: Input): Access[] {
  const resource = String(input.RoleArn ?? '');
  const tags = tagsOf(input);
  const context = {
    'sts:RoleSessionName': String(input.RoleSessionName ?? ''),
    ...(input.ExternalId === undefined ? {} : { 'sts:ExternalId': String(input.ExternalId) }),
  };
  const assume = { action: 'sts:AssumeRole', resource, context };
  return Object.keys(tags).length > 0 ? [assume, { action: 'sts:TagSession', resource, context }] : [assume];
}

/** Credentials of a role, for a caller that was found to be allowed them. */
export async function assumeRole(context: CloudContext, input: Input, call: Call): Promise<object> {
  refuseUnknown('AssumeRole', input, HONOURED);
  const roleArn = String(input.RoleArn ?? '');
  const session = String(input.RoleSessionName ?? '');
  const fault = nameFault(session);
  if (fault) {
    throw validation(
      `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: ${fault}`,
    );
  }
  const [, account, RoleName] = ROLE.exec(roleArn) ?? [];
  if (account === undefined) throw validation(`${roleArn} is invalid`);
  const asOwner = { ...call, account };
  const { Role } = await context.registry.call('iam', 'GetRole', { RoleName }, asOwner);
  const seconds = Number(input.DurationSeconds ?? HOUR);
  checkDuration(seconds, Role.MaxSessionDuration, call);
  const managed = await Promise.all(policyArnsOf(input).map((arn) => documentOf(context, arn, asOwner)));
  const scope = scopeOf(input, managed);
  const iam = context.registry.peer('iam');
  for (const policy of scope.policies ?? []) iam.checkSessionPolicy(policy);
  const credentials = iam.issueCredentials(roleArn, session, seconds, scope);
  const size = (scope.policies ?? []).reduce((sum, text) => sum + text.length, 0);
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(credentials.expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${Role.RoleId}:${session}`,
      Arn: iam.resolve(credentials.accessKeyId)?.arn,
    },
    ...(size > 0 && { PackedPolicySize: Math.ceil((100 * size) / MAX_PACKED) }),
  };
}

function nameFault(session: string): string | undefined {
  if (session.length < 2) return 'Member must have length greater than or equal to 2';
  if (session.length > 64) return 'Member must have length less than or equal to 64';
  return SESSION_NAME.test(session) ? undefined : 'Member must satisfy regular expression pattern: [\\w+=,.@-]*';
}

/** AWS packs session policies in a form of its own; this is near to what it says of the share that they take. */
const MAX_PACKED = 4_096;

function checkDuration(seconds: number, longest: number, call: Call): void {
  if (!(seconds >= SHORTEST)) {
    throw validation(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value greater than or equal to ${SHORTEST}`,
    );
  }
  if (call.principal.kind === 'role' && seconds > HOUR) {
    throw validation(
      'The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining.',
    );
  }
  if (seconds > longest) {
    throw validation('The requested DurationSeconds exceeds the MaxSessionDuration set for this role.');
  }
}

async function documentOf({ registry }: CloudContext, PolicyArn: string, call: Call): Promise<string> {
  const { Policy } = await registry.call('iam', 'GetPolicy', { PolicyArn }, call);
  const VersionId = Policy.DefaultVersionId;
  const { PolicyVersion } = await registry.call('iam', 'GetPolicyVersion', { PolicyArn, VersionId }, call);
  return decodeURIComponent(PolicyVersion.Document);
}
