import type { Operation } from '../../../core/service';
import { RawJson } from '../../../core/service';
import { readProjection } from '../expressions/expressions';
import { Placeholders } from '../expressions/placeholders';
import { project } from '../expressions/project';
import type { Tables } from '../table/tables';
import type { Item } from '../values/attribute-value';
import { readItem } from '../values/read-value';
import { Capacity, readUnits } from './capacity';
import { flag, projectionMembers, requiredMap, returnConsumedCapacity, tableName } from './common-shapes';
import { assertUsable } from './expression-parameters';
import { checkInput, type Members } from './input-shape';

type Input = {
  readonly TableName: string;
  readonly Key: Item;
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
  readonly ReturnConsumedCapacity?: string;
};

const members: Members = {
  TableName: tableName,
  Key: requiredMap,
  ConsistentRead: flag,
  ReturnConsumedCapacity: returnConsumedCapacity,
  ...projectionMembers,
};

export const getItem =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('GetItem', input, members);
    assertUsable(input, ['ProjectionExpression']);
    const key = readItem(input.Key);
    const placeholders = new Placeholders(input);
    const paths = readProjection(input.ProjectionExpression, placeholders);
    placeholders.assertAllUsed();
    const table = tables.get(call, input.TableName);
    table.keys.assertKey(key);
    const stored = table.get(table.keys.bytes(key));
    const capacity = new Capacity(input.ReturnConsumedCapacity);
    capacity.add(table, readUnits(stored?.size ?? 0, input.ConsistentRead === true));
    const parts: string[] = [];
    if (stored) parts.push(`"Item":${paths ? JSON.stringify(project(stored.item, paths)) : stored.text}`);
    const consumed = capacity.single();
    if (consumed) parts.push(`"ConsumedCapacity":${JSON.stringify(consumed)}`);
    return new RawJson(`{${parts.join(',')}}`);
  };
