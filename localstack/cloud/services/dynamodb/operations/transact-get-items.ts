import type { Operation } from '../../../core/service';
import { RawJson } from '../../../core/service';
import { validationError } from '../errors';
import { readProjection } from '../expressions/expressions';
import { Placeholders } from '../expressions/placeholders';
import { project } from '../expressions/project';
import type { Tables } from '../table/tables';
import type { Item } from '../values/attribute-value';
import { readItem } from '../values/read-value';
import { Capacity, readUnits } from './capacity';
import { projectionMembers, requiredMap, returnConsumedCapacity, tableName } from './common-shapes';
import { assertUsable } from './expression-parameters';
import { checkInput, type Members } from './input-shape';
import { attempted, type Reason, throwIfCancelled } from './transaction-outcome';

const members: Members = {
  TransactItems: {
    type: 'list',
    required: true,
    min: 1,
    max: 100,
    of: {
      type: 'structure',
      members: {
        Get: {
          type: 'structure',
          required: true,
          members: { TableName: tableName, Key: requiredMap, ...projectionMembers },
        },
      },
    },
  },
  ReturnConsumedCapacity: returnConsumedCapacity,
};

type Get = { readonly TableName: string; readonly Key: Item; readonly ProjectionExpression?: string };
type Input = { readonly TransactItems: readonly { readonly Get: Get }[]; readonly ReturnConsumedCapacity?: string };

const MAX_BYTES = 4 * 1024 * 1024;

export const transactGetItems =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('TransactGetItems', input, members);
    const gets = input.TransactItems.map(({ Get }) => {
      assertUsable(Get, ['ProjectionExpression']);
      const placeholders = new Placeholders(Get);
      const paths = readProjection(Get.ProjectionExpression, placeholders);
      placeholders.assertAllUsed();
      return { key: readItem(Get.Key), paths, table: tables.get(call, Get.TableName) };
    });
    const reasons: Reason[] = gets.map(({ table, key }) => attempted(() => table.keys.assertKey(key)));
    throwIfCancelled(reasons);
    const places = gets.map(({ table, key }) => table.record.id + table.keys.bytes(key));
    if (new Set(places).size < places.length)
      throw validationError('Transaction request cannot include multiple operations on one item');
    const capacity = new Capacity(input.ReturnConsumedCapacity, 'read');
    let bytes = 0;
    const responses = gets.map(({ table, key, paths }) => {
      const stored = table.get(table.keys.bytes(key));
      bytes += stored?.size ?? 0;
      capacity.add(table, 2 * readUnits(stored?.size ?? 0, true));
      if (!stored) return '{}';
      return `{"Item":${paths ? JSON.stringify(project(stored.item, paths)) : stored.text}}`;
    });
    if (bytes > MAX_BYTES)
      throw validationError('The aggregate size of the items in the transaction cannot exceed 4 MB');
    const consumed = capacity.all();
    return new RawJson(
      `{"Responses":[${responses.join(',')}]${consumed ? `,"ConsumedCapacity":${JSON.stringify(consumed)}` : ''}}`,
    );
  };
