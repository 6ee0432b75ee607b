import type { Space } from '../../../core/store';
import { invalidParameter, validationError } from '../errors';
import type { AttributeValue, Item } from '../values/attribute-value';
import { member, setMember, typeOf } from '../values/attribute-value';
import { itemSize } from '../values/size';
import { fold } from './key-bytes';
import { assertLength, isEmptyKey, KeySchema } from './key-schema';
import type { StoredItem } from './stored-item';
import type { AttributeDefinition, IndexRecord } from './table-record';

/**
 * A secondary index. Its entries point at the items: an item is stored once, and an entry is written only when the
 * index key changes. What the index projects is cut out when it is read.
 */
export class SecondaryIndex {
  readonly record: IndexRecord;
  readonly keys: KeySchema;
  readonly entries: Space;
  /** Names of the attributes that the index holds; undefined when it holds all. */
  readonly projected: ReadonlySet<string> | undefined;

  constructor(record: IndexRecord, definitions: readonly AttributeDefinition[], tableKeys: KeySchema, entries: Space) {
    this.record = record;
    this.keys = new KeySchema(record.KeySchema, definitions);
    this.entries = entries;
    const { ProjectionType, NonKeyAttributes = [] } = record.Projection;
    this.projected =
      ProjectionType === 'ALL' ? undefined : new Set([...tableKeys.names, ...this.keys.names, ...NonKeyAttributes]);
  }

  /** The key of the entry for an item; undefined when the item is not in the index. */
  entryKey(item: Item, itemKey: string): string | undefined {
    for (const { name, type } of this.keys.attributes) {
      const value = member(item, name);
      if (!value || typeOf(value) !== type || isEmptyKey(value)) return undefined;
    }
    return this.keys.bytes(item) + fold(itemKey);
  }

  /** Throws when an item cannot be written because of what it has in the place of this index's key. */
  assertItem(item: Item): void {
    for (const [position, { name, type }] of this.keys.attributes.entries()) {
      const value = member(item, name);
      if (!value) continue;
      const index = this.record.IndexName;
      if (typeOf(value) !== type)
        throw invalidParameter(
          `Type mismatch for Index Key ${name} Expected: ${type} Actual: ${typeOf(value)} IndexName: ${index}`,
        );
      if (isEmptyKey(value))
        throw validationError(
          `One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty ${
            value.S === '' ? 'string' : 'binary'
          } value. IndexName: ${index}, IndexKey: ${name}`,
        );
      assertLength(value, position === 0);
    }
  }

  /** The part of an item that the index holds. */
  project(item: Item): Item {
    if (!this.projected) return item;
    const part: Record<string, AttributeValue> = {};
    for (const name in item) if (this.projected.has(name)) setMember(part, name, item[name] as AttributeValue);
    return part;
  }

  /** Bytes that an item takes in the index. */
  sizeOf(stored: StoredItem): number {
    return this.projected ? itemSize(this.project(stored.item)) : stored.size;
  }
}
