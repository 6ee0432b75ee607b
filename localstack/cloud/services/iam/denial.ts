import { AwsError } from '../../core/aws-error';
import type { Denial } from '../../core/registry';
import type { Access, Principal } from '../../core/service';
import { grantFor } from './cdk-grants';
import type { Outcome } from './policy/evaluate';

type Denied = Outcome & { readonly allowed: false };

/** Services whose error code for this is `AccessDenied`, with status 403: those that speak XML, and SQS, which did. */
const ACCESS_DENIED = ['s3', 'iam', 'sts', 'cloudformation', 'sqs'];
/** REST services answer with 403, those of the JSON protocols with 400. */
const REST = ['lambda', 'scheduler', 'pipes', 'apigateway'];

/**
 * The refusal in AWS's words. `service`: the one that was called, whose protocol decides how it looks.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function deniedError(principal: Principal, access: Access, outcome: Denied, service: string): AwsError {
  const message = messageOf(principal, access, outcome);
  if (ACCESS_DENIED.includes(service)) {
    const fields = service === 'sqs' ? { queryErrorCode: 'AccessDenied' } : {};
    return new AwsError('AccessDenied', message, { status: 403, fields });
  }
  if (service === 'sns') return new AwsError('AuthorizationError', message, { status: 403 });
  return new AwsError('AccessDeniedException', message, { status: REST.includes(service) ? 403 : 400 });
}

function messageOf(principal: Principal, { action, resource }: Access, { by, explicit }: Denied): string {
  // SQS writes its actions in small letters, SNS its name in capital ones, S3 its resources in quotes.
  const named = action.startsWith('sqs:') ? action.toLowerCase() : action.replace(/^sns:/, 'SNS:');
  const quoted = action.startsWith('s3:') ? `"${resource}"` : resource;
  const on = resource.startsWith('arn:') ? ` on resource: ${quoted}` : '';
  const refused = `User: ${principal.arn} is not authorized to perform: ${named}${on}`;
  // STS does not say why: that would tell strangers which roles there are.
  if (action === 'sts:AssumeRole') return refused;
  if (!explicit) return `${refused} because no ${by} allows the ${named} action`;
  return `${refused} with an explicit deny in ${article(by)} ${by}`;
}

/** What the developer reads: who was refused what, and the statement, and the CDK grant, that would allow it. */
export function denialNote(principal: Principal, access: Access, outcome: Denied): Denial {
  const { action, resource } = access;
  const who =
    principal.kind === 'role' ? principal.roleArn.slice(principal.roleArn.lastIndexOf('/') + 1) : principal.arn;
  const remedy = remedyFor(principal, access, outcome);
  return {
    principal,
    action,
    resource,
    line: `IAM denied ${who}: ${remedy ?? `${action} on ${resource}${reason(outcome)}`}`,
  };
}

const article = (by: string): string => (by.startsWith('i') ? 'an' : 'a');
const reason = ({ by, explicit }: Denied): string =>
  explicit ? `: a Deny in ${article(by)} ${by}` : `: no ${by} allows it`;

function remedyFor(principal: Principal, { action, resource }: Access, { by, explicit }: Denied): string | undefined {
  if (explicit) return undefined;
  const statement = (more: object) => JSON.stringify({ Effect: 'Allow', ...more, Action: action, Resource: resource });
  if (by === 'identity-based policy') {
    const grant = grantFor(action);
    return `${statement({})} would allow it${grant ? ` (CDK: ${grant})` : ''}`;
  }
  if (by !== 'resource-based policy') return undefined;
  const named = principal.kind === 'service' ? { Service: principal.service } : { AWS: nameOf(principal) };
  return `${statement({ Principal: named })} in the policy of the resource would allow it`;
}

const nameOf = (principal: Principal): string => (principal.kind === 'role' ? principal.roleArn : principal.arn);
