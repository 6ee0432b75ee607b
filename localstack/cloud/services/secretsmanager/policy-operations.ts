import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import { read } from './request';
import type { Secrets } from './secrets';

type Statement = { readonly Effect?: unknown; readonly Principal?: unknown; readonly Condition?: unknown };

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
export function policyOperations(secrets: Secrets, registry: Registry): Record<string, Operation> {
  return {
    PutResourcePolicy: (input, call) => {
      const request = read('PutResourcePolicy', input, ['SecretId', 'ResourcePolicy', 'BlockPublicPolicy']);
      const secret = secrets.usable(request.SecretId, call);
      const policy = String(request.ResourcePolicy);
      const statements = checked(policy, registry);
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

function checked(text: string, registry: Registry): readonly Statement[] {
  try {
    registry.peer('iam').checkResourcePolicy(text);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code !== 'MalformedPolicyDocument') throw error;
    throw new AwsError(
      'MalformedPolicyDocumentException',
      `This resource policy contains a syntax error. ${error.message}`,
    );
  }
  return [(JSON.parse(text) as { Statement: unknown }).Statement].flat() as Statement[];
}

function isPublic({ Effect, Principal, Condition }: Statement): boolean {
  if (Effect !== 'Allow' || Condition !== undefined) return false;
  return Principal === '*' || [(Principal as { AWS?: unknown } | undefined)?.AWS].flat().includes('*');
}
