import { invalidParameter, keyMismatch, validationError } from '../errors';
import type { AttributeValue, Item } from '../values/attribute-value';
import { member, typeOf } from '../values/attribute-value';
import { keyLength, partitionBytes, sortBytes } from './key-bytes';
import type { AttributeDefinition, KeySchemaElement, KeyType } from './table-record';

export type KeyAttribute = { readonly name: string; readonly type: KeyType };

const MAX_HASH = 2048;
const MAX_RANGE = 1024;

/** The key of a table or an index: which attributes, of which types, and what they are in the store. */
export class KeySchema {
  readonly hash: KeyAttribute;
  readonly range: KeyAttribute | undefined;
  readonly attributes: readonly KeyAttribute[];
  readonly names: readonly string[];

  constructor(schema: readonly KeySchemaElement[], definitions: readonly AttributeDefinition[]) {
    this.attributes = schema.map(({ AttributeName: name }) => ({
      name,
      type: definitions.find((definition) => definition.AttributeName === name)?.AttributeType as KeyType,
    }));
    this.hash = this.attributes[0] as KeyAttribute;
    this.range = this.attributes[1];
    this.names = this.attributes.map(({ name }) => name);
  }

  has(name: string): boolean {
    return this.names.includes(name);
  }

  /** The store key of an item that has this key, valid. */
  bytes(item: Item): string {
    const partition = partitionBytes(item[this.hash.name] as AttributeValue);
    return this.range ? partition + sortBytes(item[this.range.name] as AttributeValue) : partition;
  }

  /** Only the key attributes of an item. */
  pick(item: Item): Item {
    const key: Record<string, AttributeValue> = {};
    for (const name of this.names) key[name] = item[name] as AttributeValue;
    return key;
  }

  /** For the `Key` of a request: exactly the key's attributes, of the right types. */
  assertKey(key: Item): void {
    if (Object.keys(key).length !== this.attributes.length) throw keyMismatch();
    for (const { name, type } of this.attributes) {
      const value = member(key, name);
      if (!value || typeOf(value) !== type) throw keyMismatch();
      assertNotEmpty(name, value);
    }
    this.#assertLengths(key);
  }

  /** For an item to put. */
  assertItem(item: Item): void {
    for (const { name, type } of this.attributes) {
      const value = member(item, name);
      if (!value) throw invalidParameter(`Missing the key ${name} in the item`);
      if (typeOf(value) !== type)
        throw invalidParameter(`Type mismatch for key ${name} expected: ${type} actual: ${typeOf(value)}`);
      assertNotEmpty(name, value);
    }
    this.#assertLengths(item);
  }

  #assertLengths(item: Item): void {
    assertLength(item[this.hash.name] as AttributeValue, true);
    if (this.range) assertLength(item[this.range.name] as AttributeValue, false);
  }
}

export function assertLength(value: AttributeValue, isHash: boolean): void {
  const length = keyLength(value);
  if (isHash && length > MAX_HASH)
    throw invalidParameter(`Size of hashkey has exceeded the maximum size limit of${MAX_HASH} bytes`);
  if (!isHash && length > MAX_RANGE)
    throw invalidParameter(`Aggregated size of all range keys has exceeded the size limit of ${MAX_RANGE} bytes`);
}

export const isEmptyKey = (value: AttributeValue): boolean => value.S === '' || value.B === '';

/** Said also of a key inside a transaction at once, not as a reason of its cancellation. */
export function assertNotEmpty(name: string, value: AttributeValue): void {
  if (!isEmptyKey(value)) return;
  throw validationError(
    `One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty ${
      value.S === '' ? 'string' : 'binary'
    } value. Key: ${name}`,
  );
}
