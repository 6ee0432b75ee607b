import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Access, Call, CloudContext } from '../../core/service';

const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;

type TrustedRole = {
  readonly RoleId: string;
  readonly Arn: string;
  readonly AssumeRolePolicyDocument: string;
  readonly MaxSessionDuration: number;
};

/** Credentials of a role, for whoever its trust policy names. Session policies and tags are refused. */
export async function assumeRole(
  context: CloudContext,
  input: Readonly<Record<string, unknown>>,
  call: Call,
): Promise<object> {
  refuseUnknown('AssumeRole', input, ['RoleArn', 'RoleSessionName', 'DurationSeconds', 'ExternalId']);
  const roleArn = String(input.RoleArn ?? '');
  const session = String(input.RoleSessionName ?? '');
  if (!SESSION_NAME.test(session)) {
    throw new AwsError(
      'ValidationError',
      `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  const iam = context.registry.peer('iam');
  const wanted: Access = {
    action: 'sts:AssumeRole',
    resource: roleArn,
    context: {
      'sts:RoleSessionName': session,
      ...(input.ExternalId === undefined ? {} : { 'sts:ExternalId': String(input.ExternalId) }),
    },
  };
  const role = await findRole(context, roleArn, call);
  const trust = role && (JSON.parse(decodeURIComponent(role.AssumeRolePolicyDocument)) as object);
  if (!role || !trust || iam.judge(trust, call.principal, wanted) !== 'allow') {
    // The same answer for both, as at AWS: it gives away no roles.
    throw new AwsError(
      'AccessDenied',
      `User: ${call.principal.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
      { status: 403 },
    );
  }
  const seconds = Number(input.DurationSeconds ?? 3600);
  if (!(seconds >= 900 && seconds <= role.MaxSessionDuration)) {
    throw new AwsError(
      'ValidationError',
      'The requested DurationSeconds exceeds the MaxSessionDuration set for this role.',
    );
  }
  const credentials = iam.issueCredentials(roleArn, session, seconds);
  return {
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      SessionToken: credentials.sessionToken,
      Expiration: new Date(credentials.expiresAt),
    },
    AssumedRoleUser: {
      AssumedRoleId: `${role.RoleId}:${session}`,
      Arn: iam.resolve(credentials.accessKeyId)?.arn,
    },
  };
}

async function findRole(context: CloudContext, roleArn: string, call: Call): Promise<TrustedRole | undefined> {
  const match = /^arn:aws:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/.exec(roleArn);
  if (!match) return undefined;
  try {
    const answer = await context.registry.call(
      'iam',
      'GetRole',
      { RoleName: match[2] },
      { ...call, account: match[1]! },
    );
    const role = answer.Role as TrustedRole;
    return role.Arn === roleArn ? role : undefined;
  } catch (error) {
    if (error instanceof AwsError && error.code === 'NoSuchEntity') return undefined;
    throw error;
  }
}
