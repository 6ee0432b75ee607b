import { AwsError } from '../../../core/aws-error';
import { conditionFailed, invalidParameter, validationError } from '../errors';
import { applyUpdate } from '../expressions/apply-update';
import type { BoundCondition } from '../expressions/bind-condition';
import type { BoundAction } from '../expressions/bind-update';
import { satisfies } from '../expressions/evaluate-condition';
import { readCondition, readUpdate } from '../expressions/expressions';
import { Placeholders } from '../expressions/placeholders';
import { StoredItem } from '../table/stored-item';
import type { Table } from '../table/table';
import type { Owner, Tables } from '../table/tables';
import type { AttributeValue, Item } from '../values/attribute-value';
import { typeOf } from '../values/attribute-value';
import { readItem } from '../values/read-value';
import { itemSize } from '../values/size';
import { assertUsable } from './expression-parameters';

const MAX_ITEM = 400 * 1024;

const NOTHING: Item = {};

/**
 * One write, read from a request and checked as far as that goes without the item that stands there. Of `locate`,
 * `check` and `result` (in this order) each throws what can be wrong at its step.
 */
export type PreparedWrite = {
  readonly table: Table;
  /** The store key, after checking the item's key. */
  locate(): string;
  /** Throws ConditionalCheckFailedException. */
  check(before: StoredItem | undefined): void;
  /** What stands there afterwards; undefined: nothing. */
  result(before: StoredItem | undefined): StoredItem | undefined;
  /** Bytes that the request brings, for the limit of a transaction. */
  readonly size: number;
};

type ConditionInput = {
  readonly TableName: string;
  readonly ConditionExpression?: string;
  readonly ReturnValuesOnConditionCheckFailure?: string;
};
export type PutInput = ConditionInput & { readonly Item: Item };
export type KeyInput = ConditionInput & { readonly Key: Item };
export type UpdateInput = KeyInput & { readonly UpdateExpression?: string };

export function preparePut(tables: Tables, owner: Owner, input: PutInput): PreparedWrite {
  assertUsable(input, ['ConditionExpression']);
  const item = readItem(input.Item);
  const size = itemSize(item);
  const check = readCheck(input);
  const table = tables.get(owner, input.TableName);
  return {
    table,
    size,
    locate: () => {
      table.keys.assertItem(item);
      table.assertIndexable(item);
      if (size > MAX_ITEM) throw validationError('Item size has exceeded the maximum allowed size');
      return table.keys.bytes(item);
    },
    check,
    result: () => StoredItem.of(item, size),
  };
}

export function prepareDelete(tables: Tables, owner: Owner, input: KeyInput): PreparedWrite {
  assertUsable(input, ['ConditionExpression']);
  const key = readItem(input.Key);
  const check = readCheck(input);
  const table = tables.get(owner, input.TableName);
  return { table, size: itemSize(key), locate: () => locate(table, key), check, result: () => undefined };
}

/** A condition on an item that stays as it is. */
export function prepareCheck(tables: Tables, owner: Owner, input: KeyInput): PreparedWrite {
  return { ...prepareDelete(tables, owner, input), result: (before) => before };
}

type PreparedUpdate = PreparedWrite & { readonly actions: readonly BoundAction[] };

export function prepareUpdate(tables: Tables, owner: Owner, input: UpdateInput): PreparedUpdate {
  assertUsable(input, ['UpdateExpression', 'ConditionExpression']);
  const key = readItem(input.Key);
  const placeholders = new Placeholders(input);
  const actions = input.UpdateExpression === undefined ? [] : readUpdate(input.UpdateExpression, placeholders);
  const check = readCheck(input, placeholders);
  const table = tables.get(owner, input.TableName);
  return {
    table,
    size: itemSize(key),
    actions,
    locate: () => {
      const located = locate(table, key);
      assertUpdatable(table, actions);
      return located;
    },
    check,
    result: (before) => {
      const item = applyUpdate(before?.item ?? key, actions);
      const after = StoredItem.of(item);
      assertIndexKeys(table, actions, item);
      if (after.size > MAX_ITEM) throw validationError('Item size to update has exceeded the maximum allowed size');
      return after;
    },
  };
}

function locate(table: Table, key: Item): string {
  table.keys.assertKey(key);
  return table.keys.bytes(key);
}

/** `placeholders`: of the whole request; all of them have to be used. */
function readCheck(input: ConditionInput, placeholders = new Placeholders(input)): PreparedWrite['check'] {
  const condition = readCondition('ConditionExpression', input.ConditionExpression, placeholders);
  placeholders.assertAllUsed();
  if (!condition) return () => {};
  const show = input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD';
  return (before) => assertCondition(condition, before, show);
}

function assertCondition(condition: BoundCondition, before: StoredItem | undefined, show: boolean): void {
  if (!satisfies(before?.item ?? NOTHING, condition)) throw conditionFailed(show ? before?.item : undefined);
}

function assertUpdatable(table: Table, actions: readonly BoundAction[]): void {
  for (const { path } of actions) {
    const name = path[0] as string;
    if (table.keys.has(name))
      throw invalidParameter(`Cannot update attribute ${name}. This attribute is part of the key`);
    if (path.length === 1) continue;
    if (table.indexes.some(({ keys }) => keys.has(name)))
      throw validationError(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: ${name}`,
      );
  }
}

/** Only what the update itself touched is its fault. */
function assertIndexKeys(table: Table, actions: readonly BoundAction[], item: Item): void {
  if (table.indexes.length === 0) return;
  for (const { path } of actions) {
    const name = path[0] as string;
    for (const index of table.indexes) {
      const attribute = index.keys.attributes.find((each) => each.name === name);
      const value = attribute && (item[name] as AttributeValue | undefined);
      if (!value) continue;
      if (typeOf(value) !== attribute.type)
        throw validationError('The update expression attempted to update the secondary index key to unsupported type');
      try {
        index.assertItem(item);
      } catch (error) {
        if (error instanceof AwsError && (value.S === '' || value.B === ''))
          throw validationError(
            'One or more parameter values are not valid. The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty string value.',
          );
        throw error;
      }
    }
  }
}
