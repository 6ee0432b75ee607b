import type { Registry } from '../../core/registry';
import type { Access, Call } from '../../core/service';
import { secretArn } from './secret-record';
import type { Secrets } from './secrets';

type Input = {
  readonly SecretId?: unknown;
  readonly Name?: unknown;
  readonly Description?: unknown;
  readonly KmsKeyId?: unknown;
  readonly VersionId?: unknown;
  readonly VersionStage?: unknown;
  readonly ForceDeleteWithoutRecovery?: unknown;
  readonly RecoveryWindowInDays?: unknown;
  readonly BlockPublicPolicy?: unknown;
  readonly Tags?: readonly { readonly Key?: unknown; readonly Value?: unknown }[];
};

/** Members of requests that are condition keys. */
const MEMBERS = [
  'Name',
  'Description',
  'KmsKeyId',
  'VersionId',
  'VersionStage',
  'ForceDeleteWithoutRecovery',
  'RecoveryWindowInDays',
  'BlockPublicPolicy',
] as const;

const OF_NO_SECRET = ['ListSecrets', 'GetRandomPassword', 'BatchGetSecretValue'];

export const CONDITION_KEYS = [...MEMBERS, 'SecretId', 'ResourceTag/*'].map((name) => `secretsmanager:${name}`);

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecretsmanager.html */
export class SecretAuthorization {
  readonly #secrets: Secrets;
  readonly #registry: Registry;

  constructor(secrets: Secrets, registry: Registry) {
    this.#secrets = secrets;
    this.#registry = registry;
  }

  access(operation: string, input: unknown, call: Call): readonly Access[] {
    const given = (input ?? {}) as Input;
    const resource = this.#resource(operation, given, call);
    const context = { ...(resource.startsWith('arn:') && { 'secretsmanager:SecretId': resource }), ...keysIn(given) };
    const own = { action: `secretsmanager:${operation}`, resource, context };
    if (operation !== 'CreateSecret' || given.Tags === undefined) return [own];
    return [own, { ...own, action: 'secretsmanager:TagResource' }];
  }

  /** For one of the secrets of a batch. */
  authorize(operation: string, input: Input, call: Call): void {
    this.#registry.peer('iam').authorize(call.principal, this.access(operation, input, call));
  }

  #resource(operation: string, { SecretId, Name }: Input, call: Call): string {
    if (OF_NO_SECRET.includes(operation)) return '*';
    // The six characters are not known yet; both `*` and `??????` of a policy match these.
    if (operation === 'CreateSecret') return secretArn(call, String(Name), '??????');
    return this.#secrets.find(SecretId, call)?.arn ?? String(SecretId);
  }
}

function keysIn(given: Input): Record<string, string | string[]> {
  const keys: Record<string, string | string[]> = {};
  for (const name of MEMBERS) if (given[name] !== undefined) keys[`secretsmanager:${name}`] = String(given[name]);
  for (const { Key, Value } of given.Tags ?? []) keys[`aws:RequestTag/${String(Key)}`] = String(Value ?? '');
  if (given.Tags) keys['aws:TagKeys'] = given.Tags.map(({ Key }) => String(Key));
  return keys;
}
