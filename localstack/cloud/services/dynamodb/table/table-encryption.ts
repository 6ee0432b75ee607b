import { AwsError } from '../../../core/aws-error';
import type { Call, Operation } from '../../../core/service';
import { validationError } from '../errors';
import type { TableRecord } from './table-record';
import type { Tables } from './tables';

type User = Pick<Call, 'principal' | 'account' | 'region'>;

/**
 * Asks KMS for the key of a table that has one of its own, in the caller's name. Items are kept as they are. AWS asks anew
 * when what it was told is five minutes old; here each call asks.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
 */
export class TableEncryption {
  readonly #tables: Tables;

  constructor(tables: Tables) {
    this.#tables = tables;
  }

  /** The ARN of the key that a table is to have. Throws `ValidationException` when there is no such key. */
  keyFor(given: string, table: Pick<TableRecord, 'name'>, call: Call): string {
    try {
      return this.#use(given, ['DescribeKey', 'CreateGrant'], table.name, call);
    } catch (error) {
      if (!(error instanceof AwsError) || error.code === 'AccessDeniedException') throw error;
      throw validationError(`KMS validation error: ${error.message}`);
    }
  }

  /** Throws `AccessDeniedException` unless `user` may read and write what the key of the table protects. */
  check(tableName: string, user: User): void {
    const { name, account, region, kmsKeyArn } = this.#tables.find(user, tableName)?.record ?? {};
    if (kmsKeyArn === undefined || name === undefined || account === undefined || region === undefined) return;
    try {
      this.#use(kmsKeyArn, ['Decrypt'], name, { principal: user.principal, account, region });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      throw new AwsError('AccessDeniedException', error.message);
    }
  }

  /** `operations`, each of which first asks for the keys of the tables in its input. */
  guard(operations: Readonly<Record<string, Operation>>): Record<string, Operation> {
    return Object.fromEntries(
      Object.entries(operations).map(([name, run]): [string, Operation] => [
        name,
        (input, call) => {
          for (const table of tablesIn(input)) this.check(table, call);
          return run(input, call);
        },
      ]),
    );
  }

  #use(key: string, operations: string[], table: string, user: User): string {
    const context = { 'aws:dynamodb:tableName': table, 'aws:dynamodb:subscriberId': user.account };
    return this.#tables.context.registry.peer('kms').use(key, operations, { ...user, via: 'dynamodb' }, context);
  }
}

type Input = {
  readonly TableName?: unknown;
  readonly RequestItems?: unknown;
  readonly TransactItems?: unknown;
};

/** The tables that a request on items names; what is no such request is refused by the operation. */
function tablesIn(input: Input): string[] {
  const { TableName, RequestItems, TransactItems } = input;
  if (typeof TableName === 'string') return [TableName];
  if (typeof RequestItems === 'object' && RequestItems !== null) return Object.keys(RequestItems);
  if (!Array.isArray(TransactItems)) return [];
  const parts = TransactItems.flatMap((item: unknown) => (item ? Object.values(item) : [])) as ({
    TableName?: unknown;
  } | null)[];
  return [...new Set(parts.map((part) => part?.TableName))].filter((name) => typeof name === 'string');
}
