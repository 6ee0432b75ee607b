import { notImplemented } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import { RawJson } from '../../../core/service';
import { validationError } from '../errors';
import { project } from '../expressions/project';
import type { StoredItem } from '../table/stored-item';
import type { Tables } from '../table/tables';
import type { Item } from '../values/attribute-value';
import { Capacity } from './capacity';
import {
  conditionMembers,
  expression,
  requiredMap,
  returnConsumedCapacity,
  returnItemCollectionMetrics,
  tableName,
} from './common-shapes';
import { checkInput, type Members } from './input-shape';
import {
  type KeyInput,
  type PreparedWrite,
  type PutInput,
  prepareDelete,
  preparePut,
  prepareUpdate,
  type UpdateInput,
} from './prepared-write';

type WriteOptions = {
  readonly ReturnValues?: string;
  readonly ReturnConsumedCapacity?: string;
  readonly ReturnItemCollectionMetrics?: string;
};

const RETURN_VALUES = ['ALL_NEW', 'UPDATED_OLD', 'ALL_OLD', 'NONE', 'UPDATED_NEW'];

const options: Members = {
  ReturnValues: { type: 'string', values: RETURN_VALUES },
  ReturnConsumedCapacity: returnConsumedCapacity,
  ReturnItemCollectionMetrics: returnItemCollectionMetrics,
  ...conditionMembers,
};
const putMembers: Members = { TableName: tableName, Item: requiredMap, ...options };
const deleteMembers: Members = { TableName: tableName, Key: requiredMap, ...options };
const updateMembers: Members = { ...deleteMembers, UpdateExpression: expression };

export const putItem =
  (tables: Tables): Operation =>
  (input: PutInput & WriteOptions, call) => {
    checkInput('PutItem', input, putMembers);
    assertOldOnly(input);
    const write = preparePut(tables, call, input);
    const { before, capacity } = perform(tables, input, write);
    return answer(input.ReturnValues === 'ALL_OLD' ? before?.text : undefined, capacity);
  };

export const deleteItem =
  (tables: Tables): Operation =>
  (input: KeyInput & WriteOptions, call) => {
    checkInput('DeleteItem', input, deleteMembers);
    assertOldOnly(input);
    const write = prepareDelete(tables, call, input);
    const { before, capacity } = perform(tables, input, write);
    return answer(input.ReturnValues === 'ALL_OLD' ? before?.text : undefined, capacity);
  };

export const updateItem =
  (tables: Tables): Operation =>
  (input: UpdateInput & WriteOptions, call) => {
    checkInput('UpdateItem', input, updateMembers);
    const write = prepareUpdate(tables, call, input);
    const { before, after, capacity } = perform(tables, input, write);
    const paths = write.actions.map(({ path }) => path);
    const touched = (stored: StoredItem | undefined) => stored && textOf(project(stored.item, paths));
    switch (input.ReturnValues) {
      case 'ALL_OLD':
        return answer(before?.text, capacity);
      case 'ALL_NEW':
        return answer(after?.text, capacity);
      case 'UPDATED_OLD':
        return answer(touched(before), capacity);
      case 'UPDATED_NEW':
        return answer(touched(after), capacity);
      default:
        return answer(undefined, capacity);
    }
  };

function perform(tables: Tables, input: WriteOptions, write: PreparedWrite) {
  const { table } = write;
  assertNoMetrics(input, [write]);
  const key = write.locate();
  const before = table.get(key);
  write.check(before);
  const after = write.result(before);
  tables.change((changes) => table.write(changes, key, before, after));
  const capacity = new Capacity(input.ReturnConsumedCapacity);
  capacity.addWrite(table, before, after);
  return { before, after, capacity };
}

/** Collections of items exist for AWS only where a table has local indexes; elsewhere there is nothing to give back. */
export function assertNoMetrics(
  input: { readonly ReturnItemCollectionMetrics?: string },
  writes: readonly PreparedWrite[],
): void {
  if (input.ReturnItemCollectionMetrics !== 'SIZE') return;
  if (writes.some(({ table }) => table.record.indexes.some(({ local }) => local)))
    throw notImplemented('ReturnItemCollectionMetrics: SIZE on a table with local secondary indexes');
}

function assertOldOnly({ ReturnValues }: WriteOptions): void {
  if (ReturnValues !== undefined && ReturnValues !== 'ALL_OLD' && ReturnValues !== 'NONE')
    throw validationError('Return values set to invalid value');
}

const textOf = (item: Item): string | undefined => (Object.keys(item).length === 0 ? undefined : JSON.stringify(item));

function answer(attributes: string | undefined, capacity: Capacity): RawJson {
  const parts: string[] = [];
  if (attributes !== undefined) parts.push(`"Attributes":${attributes}`);
  const consumed = capacity.single();
  if (consumed) parts.push(`"ConsumedCapacity":${JSON.stringify(consumed)}`);
  return new RawJson(`{${parts.join(',')}}`);
}
