import { AwsError } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import { read } from './request';
import type { Secrets } from './secrets';

type Statement = { readonly Effect?: unknown; readonly Principal?: unknown; readonly Condition?: unknown };
type Policy = { readonly Statement?: unknown };

const known = new Map<string, object>();

/** The policy in `text`, always the same object for the same text. */
export function readPolicy(text: string): object {
  let policy = known.get(text);
  if (!policy) {
    policy = JSON.parse(text) as object;
    if (known.size > 1_000) known.clear();
    known.set(text, policy);
  }
  return policy;
}

/** Who else may use a secret. */
export function policyOperations(secrets: Secrets): Record<string, Operation> {
  return {
    PutResourcePolicy: (input, call) => {
      const request = read('PutResourcePolicy', input, ['SecretId', 'ResourcePolicy', 'BlockPublicPolicy']);
      const secret = secrets.usable(request.SecretId, call);
      const policy = String(request.ResourcePolicy);
      const statements = checked(policy);
      if (request.BlockPublicPolicy === true && statements.some(isPublic)) {
        throw new AwsError(
          'PublicPolicyException',
          'The BlockPublicPolicy parameter is set to true, and the resource policy did not prevent broad access to the secret.',
        );
      }
      secrets.set({ ...secret, policy });
      return { ARN: secret.arn, Name: secret.name };
    },

    GetResourcePolicy: (input, call) => {
      const { arn, name, policy } = secrets.get(read('GetResourcePolicy', input, ['SecretId']).SecretId, call);
      return { ARN: arn, Name: name, ...(policy !== undefined && { ResourcePolicy: policy }) };
    },

    DeleteResourcePolicy: (input, call) => {
      const { SecretId } = read('DeleteResourcePolicy', input, ['SecretId']);
      const { policy: _never, ...secret } = secrets.usable(SecretId, call);
      secrets.set(secret);
      return { ARN: secret.arn, Name: secret.name };
    },
  };
}

function checked(text: string): readonly Statement[] {
  let policy: Policy | undefined;
  try {
    policy = JSON.parse(text) as Policy;
  } catch {
    // Said below.
  }
  const statements = [policy?.Statement ?? []].flat() as (Statement & Record<string, unknown>)[];
  const isWhole = (statement: Statement & Record<string, unknown>) =>
    typeof statement === 'object' &&
    (statement.Effect === 'Allow' || statement.Effect === 'Deny') &&
    ['Action', 'Principal', 'Resource'].every(
      (element) => (statement[element] === undefined) !== (statement[`Not${element}`] === undefined),
    );
  if (statements.length === 0 || !statements.every(isWhole)) {
    throw new AwsError('MalformedPolicyDocumentException', 'This resource policy contains a syntax error.');
  }
  return statements;
}

function isPublic({ Effect, Principal, Condition }: Statement): boolean {
  if (Effect !== 'Allow' || Condition !== undefined) return false;
  return Principal === '*' || [(Principal as { AWS?: unknown } | undefined)?.AWS].flat().includes('*');
}
