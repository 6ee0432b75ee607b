import { AwsError } from '../../../core/aws-error';
import { validationError } from '../errors';
import type { KeySchema } from '../table/key-schema';
import type { SecondaryIndex } from '../table/secondary-index';
import type { Table } from '../table/table';
import type { Item } from '../values/attribute-value';
import { member, typeOf } from '../values/attribute-value';
import { readItem } from '../values/read-value';

const INVALID = 'The provided starting key is invalid';

/** An ExclusiveStartKey, checked: the key of the table and, in an index, of that too; nothing else. */
export function readStartKey(table: Table, index: SecondaryIndex | undefined, given: unknown): Item {
  const key = explained(() => readItem(given));
  const names = new Set([...table.keys.names, ...(index?.keys.names ?? [])]);
  if (Object.keys(key).length !== names.size) throw validationError(INVALID);
  for (const schema of index ? [index.keys, table.keys] : [table.keys]) assertTypes(schema, key);
  explained(() => table.keys.assertKey(table.keys.pick(key)));
  return key;
}

function assertTypes(schema: KeySchema, key: Item): void {
  for (const { name, type } of schema.attributes) {
    const value = member(key, name);
    if (!value) throw validationError(INVALID);
    if (typeOf(value) !== type) throw validationError(`${INVALID}: The provided key element does not match the schema`);
  }
}

/** The place of a start key in the store. */
export function startPosition(table: Table, index: SecondaryIndex | undefined, key: Item): string {
  const itemKey = table.keys.bytes(key);
  return index ? (index.entryKey(key, itemKey) as string) : itemKey;
}

function explained<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof AwsError && error.code === 'ValidationException')
      throw validationError(`${INVALID}: ${error.message}`);
    throw error;
  }
}
