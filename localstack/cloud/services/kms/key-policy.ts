import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Call } from '../../core/service';
import type { Place } from './key-record';

type Statement = Readonly<Record<string, unknown>>;

const ACCOUNT = /^\d{12}$|^arn:aws[a-z-]*:iam::\d{12}:root$/;

/** https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html */
export const defaultKeyPolicy = ({ account }: Place): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Id: 'key-default-1',
      Statement: [
        {
          Sid: 'Enable IAM User Permissions',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: 'kms:*',
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );

/** The policy of the key that AWS manages for a service: everybody in the account, through that service only. */
export const managedKeyPolicy = ({ account, region }: Place, service: string): string =>
  JSON.stringify(
    {
      Version: '2012-10-17',
      Id: `auto-${service}-1`,
      Statement: [
        {
          Sid: `Allow access through ${service} for all principals in the account that are authorized to use ${service}`,
          Effect: 'Allow',
          Principal: { AWS: '*' },
          Action: [
            'kms:Encrypt',
            'kms:Decrypt',
            'kms:ReEncrypt*',
            'kms:GenerateDataKey*',
            'kms:CreateGrant',
            'kms:DescribeKey',
          ],
          Resource: '*',
          Condition: {
            StringEquals: { 'kms:CallerAccount': account, 'kms:ViaService': `${service}.${region}.amazonaws.com` },
          },
        },
        {
          Sid: 'Allow direct access to key metadata to the account',
          Effect: 'Allow',
          Principal: { AWS: `arn:aws:iam::${account}:root` },
          Action: ['kms:Describe*', 'kms:Get*', 'kms:List*', 'kms:RevokeGrant'],
          Resource: '*',
        },
      ],
    },
    null,
    2,
  );

const known = new Map<string, object>();

/** The policy in `text`, which `checkKeyPolicy` has accepted; always the same object for the same text. */
export function readKeyPolicy(text: string): object {
  let policy = known.get(text);
  if (!policy) {
    policy = JSON.parse(text) as object;
    // Policies are as many as keys; whoever rewrites one for ever must not fill the memory.
    if (known.size > 1_000) known.clear();
    known.set(text, policy);
  }
  return policy;
}

/** Throws `MalformedPolicyDocumentException` for what KMS would not take as a policy of a key. */
export function checkKeyPolicy(text: unknown, registry: Registry, call: Call): void {
  try {
    registry.peer('iam').checkResourcePolicy(String(text));
  } catch (error) {
    if (error instanceof AwsError && error.code === 'MalformedPolicyDocument') throw malformed(error.message);
    throw error;
  }
  const statements = [(JSON.parse(String(text)) as { Statement: unknown }).Statement].flat() as Statement[];
  if (statements.length === 0) throw malformed('Policy must contain at least one statement.');
  for (const { Principal, NotPrincipal, Resource, NotResource } of statements) {
    if (Resource === undefined && NotResource === undefined)
      throw malformed('Policy statement must contain resources.');
    if (!namesIn(Principal ?? NotPrincipal).every((name) => exists(name, registry, call))) {
      throw malformed('Policy contains a statement with one or more invalid principals.');
    }
  }
}

export const malformed = (message: string): AwsError => new AwsError('MalformedPolicyDocumentException', message);

/** What stands below `AWS`. */
function namesIn(principal: unknown): string[] {
  if (typeof principal !== 'object' || principal === null) return [];
  return [(principal as { AWS?: unknown }).AWS ?? []].flat().map(String);
}

/** KMS takes only principals that exist; of those of other accounts it cannot know here. */
function exists(name: string, registry: Registry, call: Call): boolean {
  if (name === '*' || ACCOUNT.test(name)) return true;
  const arn = parseArn(name);
  if (!arn) return false;
  if (arn.service !== 'iam' || arn.account !== call.account) return arn.service === 'iam' || arn.service === 'sts';
  if (!arn.resource.startsWith('role/')) return false;
  try {
    registry.service('iam')?.operations.GetRole?.({ RoleName: arn.resource.split('/').pop() }, call);
    return true;
  } catch {
    return false;
  }
}
