import { randomHex } from '../../core/ids';
import { Records } from '../../core/records';
import type { Principal } from '../../core/service';
import type { Store } from '../../core/store';
import { type KeyRecord, keyArn } from './key-record';

/** https://docs.aws.amazon.com/kms/latest/developerguide/grants.html */
export const GRANT_OPERATIONS = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'CreateGrant',
  'RetireGrant',
  'DescribeKey',
  'GenerateMac',
  'VerifyMac',
];

/** Those that take an encryption context, so that constraints apply to them. */
const WITH_CONTEXT = /Encrypt|Decrypt|GenerateDataKey/;

export type Constraints = {
  readonly EncryptionContextSubset?: Readonly<Record<string, string>>;
  readonly EncryptionContextEquals?: Readonly<Record<string, string>>;
};

export type GrantRecord = {
  readonly id: string;
  readonly keyArn: string;
  /** Counts at once, here as on AWS for who holds it. */
  readonly token: string;
  readonly name?: string;
  readonly grantee: string;
  readonly retiring?: string;
  readonly issuer: string;
  readonly operations: readonly string[];
  readonly constraints?: Constraints;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
};

export class Grants {
  readonly #grants: Records<GrantRecord>;

  constructor(store: Store) {
    this.#grants = new Records<GrantRecord>(store.space('kms-grants'));
  }

  create(grant: Omit<GrantRecord, 'id' | 'token'>): GrantRecord {
    const made = { ...grant, id: randomHex(64), token: Buffer.from(randomHex(256)).toString('base64') };
    this.#grants.set(made.id, made);
    return made;
  }

  get(id: string): GrantRecord | undefined {
    return this.#grants.get(id);
  }

  withToken(token: string): GrantRecord | undefined {
    return this.#grants.values().find((grant) => grant.token === token);
  }

  of(key: KeyRecord): GrantRecord[] {
    const arn = keyArn(key);
    return this.#grants.values().filter((grant) => grant.keyArn === arn);
  }

  all(): GrantRecord[] {
    return this.#grants.values();
  }

  delete(grant: GrantRecord): void {
    this.#grants.delete(grant.id);
  }

  /** Whether a grant lets `principal` do this with `key`. */
  allow(
    operation: string,
    key: KeyRecord,
    principal: Principal,
    { encryptionContext = {} }: { readonly encryptionContext?: Readonly<Record<string, string>> | undefined },
  ): boolean {
    return this.of(key).some(
      ({ grantee, operations, constraints = {} }) =>
        operations.includes(operation) &&
        isPrincipal(grantee, principal) &&
        (!WITH_CONTEXT.test(operation) || satisfies(encryptionContext, constraints)),
    );
  }
}

/** Whether `arn` (a role, one of its sessions, or an account) is `principal`. */
export const isPrincipal = (arn: string, principal: Principal): boolean =>
  principal.arn === arn || (principal.kind === 'role' && principal.roleArn === arn);

function satisfies(
  given: Readonly<Record<string, string>>,
  { EncryptionContextSubset: subset, EncryptionContextEquals: equals }: Constraints,
): boolean {
  const wanted = equals ?? subset;
  if (!wanted) return true;
  if (equals && Object.keys(given).length !== Object.keys(equals).length) return false;
  return Object.entries(wanted).every(([name, value]) => given[name] === value);
}
