import { callerName } from '../../../core/caller-name';
import type { Call, Operation } from '../../../core/service';
import type { Range } from '../../../core/store';
import { invalidParameter, validationError } from '../errors';
import type { BoundCondition } from '../expressions/bind-condition';
import { satisfies } from '../expressions/evaluate-condition';
import { readCondition, readProjection } from '../expressions/expressions';
import { type KeyCondition, keyConditions } from '../expressions/key-condition';
import { Placeholders } from '../expressions/placeholders';
import { behind, grouped, keyBytes, partitionBytes, sortBytes } from '../table/key-bytes';
import { assertLength, assertNotEmpty, type KeyAttribute, type KeySchema } from '../table/key-schema';
import type { Hidden } from '../table/recent-transactions';
import type { Table } from '../table/table';
import type { Tables } from '../table/tables';
import type { AttributeValue, Item } from '../values/attribute-value';
import { typeOf } from '../values/attribute-value';
import { sameValue } from '../values/compare';
import { expression, flag, indexName, readMembers, returnConsumedCapacity, tableName } from './common-shapes';
import { assertUsable } from './expression-parameters';
import { checkInput, type Members } from './input-shape';
import { readPage } from './page';
import { assertScalarKeys, assertSelect, findIndex, needsTable, pathsOf, SELECT, type SelectInput } from './selection';
import { readStartKey, startPosition } from './start-key';

type Input = SelectInput & {
  readonly TableName: string;
  readonly Limit?: number;
  readonly ScanIndexForward?: boolean;
  readonly ExclusiveStartKey?: Item;
  readonly KeyConditionExpression?: string;
  readonly FilterExpression?: string;
  readonly ReturnConsumedCapacity?: string;
};

const members: Members = {
  TableName: tableName,
  IndexName: indexName,
  Select: { type: 'string', values: SELECT },
  Limit: { type: 'integer', min: 1 },
  ConsistentRead: flag,
  ScanIndexForward: flag,
  ExclusiveStartKey: { type: 'map' },
  ReturnConsumedCapacity: returnConsumedCapacity,
  KeyConditionExpression: expression,
  ...readMembers,
};

export const query =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('Query', input, members);
    assertUsable(input, ['ProjectionExpression', 'FilterExpression', 'KeyConditionExpression']);
    if (input.KeyConditionExpression === undefined)
      throw validationError(
        'Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.',
      );
    assertSelect(input, 'Querying');
    const placeholders = new Placeholders(input);
    const keyCondition = readCondition('KeyConditionExpression', input.KeyConditionExpression, placeholders);
    const filter = readCondition('FilterExpression', input.FilterExpression, placeholders);
    const paths = readProjection(input.ProjectionExpression, placeholders);
    placeholders.assertAllUsed();
    const conditions = keyConditions(keyCondition as BoundCondition);

    const table = tables.get(call, input.TableName);
    const index = findIndex(table, input);
    const keys = index?.keys ?? table.keys;
    const { partition, sort } = readKeys(keys, conditions);
    if (filter) assertNoKeys(keys, filter);
    assertScalarKeys(table, keys, [...(paths ?? []), ...(filter ? pathsOf(filter) : [])]);
    const fetch = needsTable(index, input, [...(paths ?? []), ...(filter ? pathsOf(filter) : [])]);
    let range = sortRange(partitionBytes(partition), sort);
    if (input.ExclusiveStartKey) {
      const key = readStartKey(table, index, input.ExclusiveStartKey);
      assertWithin(keys, key, partition, sort);
      const position = startPosition(table, index, key);
      range = input.ScanIndexForward === false ? { ...range, end: position } : { ...range, start: `${position}\0` };
    }
    return readPage({
      table,
      index,
      range: input.ScanIndexForward === false ? { ...range, reverse: true } : range,
      hidden: index ? undefined : tornRead(tables, table, range, call),
      limit: input.Limit,
      filter,
      paths,
      fetch,
      countOnly: input.Select === 'COUNT',
      consistent: input.ConsistentRead === true,
      consumed: input.ReturnConsumedCapacity,
    });
  };

/** What of a transaction the adversary does not show. Indexes follow their table at a distance anyway. */
function tornRead({ context, transactions }: Tables, table: Table, range: Range, call: Call): Hidden | undefined {
  const { faults, clock } = context;
  if (!faults.active) return undefined;
  const torn = transactions.within(table, range, clock.now());
  const fault =
    torn &&
    faults.at(
      { service: 'dynamodb', operation: 'Query', target: table.record.arn, caller: callerName(call.principal) },
      ['torn-read'],
    );
  return fault && torn.hide(fault.random);
}

function readKeys(
  keys: KeySchema,
  conditions: ReadonlyMap<string, KeyCondition>,
): { partition: AttributeValue; sort: KeyCondition | undefined } {
  const hash = conditions.get(keys.hash.name);
  if (!hash) throw validationError(`Query condition missed key schema element: ${keys.hash.name}`);
  const sort = keys.range && conditions.get(keys.range.name);
  if (conditions.size > 1) {
    if (!keys.range) throw validationError('Query key condition not supported');
    if (!sort) throw validationError(`Query condition missed key schema element: ${keys.range.name}`);
  }
  assertKeyValues(keys.hash, hash, true);
  if (hash.operator !== '=') throw validationError('Query key condition not supported');
  if (keys.range && sort) assertKeyValues(keys.range, sort, false);
  return { partition: hash.values[0] as AttributeValue, sort };
}

function assertKeyValues({ name, type }: KeyAttribute, { values, operator }: KeyCondition, isHash: boolean): void {
  for (const value of values) {
    if (typeOf(value) !== type) throw invalidParameter('Condition parameter type does not match schema type');
    if (operator !== 'begins_with') assertNotEmpty(name, value);
    assertLength(value, isHash);
  }
}

function assertNoKeys(keys: KeySchema, filter: BoundCondition): void {
  for (const [name] of pathsOf(filter)) {
    if (keys.has(name as string))
      throw validationError(
        `Filter Expression can only contain non-primary key attributes: Primary key attribute: ${name}`,
      );
  }
}

/** Which stretch of a partition a condition on the sort key leaves. */
function sortRange(partition: string, sort: KeyCondition | undefined): Range {
  const whole = { start: partition, end: behind(partition) as string };
  if (!sort) return whole;
  const [first, second] = sort.values as [AttributeValue, AttributeValue];
  if (sort.operator === 'begins_with') {
    const prefix = keyBytes(first);
    const after = behind(prefix);
    return {
      start: partition + grouped(prefix),
      end: after === undefined ? whole.end : partition + grouped(after),
    };
  }
  const at = partition + sortBytes(first);
  const past = behind(at) as string;
  switch (sort.operator) {
    case '=':
      return { start: at, end: past };
    case '<':
      return { start: whole.start, end: at };
    case '<=':
      return { start: whole.start, end: past };
    case '>':
      return { start: past, end: whole.end };
    case '>=':
      return { start: at, end: whole.end };
    case 'BETWEEN':
      return { start: at, end: behind(partition + sortBytes(second)) as string };
  }
}

/** A start key has to lie where the query reads. */
function assertWithin(keys: KeySchema, key: Item, partition: AttributeValue, sort: KeyCondition | undefined): void {
  if (keys.range && sort && !matches(key[keys.range.name] as AttributeValue, sort))
    throw validationError('The provided starting key does not match the range key predicate');
  if (!sameValue(key[keys.hash.name] as AttributeValue, partition))
    throw validationError(
      sort
        ? 'The query can return at most one row and cannot be restarted'
        : 'The provided starting key is outside query boundaries based on provided conditions',
    );
}

function matches(value: AttributeValue, { operator, values }: KeyCondition): boolean {
  const item: Item = { key: value };
  const path = { kind: 'path', path: ['key'] } as const;
  const [first, second] = values.map((each) => ({ kind: 'literal', value: each }) as const);
  if (!first) return false;
  if (operator === 'BETWEEN' && second)
    return satisfies(item, { kind: 'between', operand: path, lower: first, upper: second });
  if (operator === 'begins_with') return satisfies(item, { kind: 'call', name: operator, operands: [path, first] });
  return satisfies(item, { kind: 'compare', comparator: operator, left: path, right: first });
}
