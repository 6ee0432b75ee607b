import type { Operation } from '../../../core/service';
import type { Range } from '../../../core/store';
import { validationError } from '../errors';
import { readCondition, readProjection } from '../expressions/expressions';
import { Placeholders } from '../expressions/placeholders';
import { HASHES, hashBytes, hashOf } from '../table/key-bytes';
import type { Tables } from '../table/tables';
import type { Item } from '../values/attribute-value';
import { flag, indexName, readMembers, returnConsumedCapacity, tableName } from './common-shapes';
import { assertUsable } from './expression-parameters';
import { checkInput, type Members } from './input-shape';
import { readPage } from './page';
import { assertScalarKeys, assertSelect, findIndex, needsTable, pathsOf, SELECT, type SelectInput } from './selection';
import { readStartKey, startPosition } from './start-key';

type Input = SelectInput & {
  readonly TableName: string;
  readonly Limit?: number;
  readonly ExclusiveStartKey?: Item;
  readonly FilterExpression?: string;
  readonly Segment?: number;
  readonly TotalSegments?: number;
  readonly ReturnConsumedCapacity?: string;
};

const members: Members = {
  TableName: tableName,
  IndexName: indexName,
  Select: { type: 'string', values: SELECT },
  Limit: { type: 'integer', min: 1 },
  ConsistentRead: flag,
  ExclusiveStartKey: { type: 'map' },
  Segment: { type: 'integer', min: 0, max: 999_999 },
  TotalSegments: { type: 'integer', min: 1, max: 1_000_000 },
  ReturnConsumedCapacity: returnConsumedCapacity,
  ...readMembers,
};

export const scan =
  (tables: Tables): Operation =>
  (input: Input, call) => {
    checkInput('Scan', input, members);
    assertUsable(input, ['ProjectionExpression', 'FilterExpression']);
    assertSegments(input);
    assertSelect(input, 'Scanning');
    const placeholders = new Placeholders(input);
    const filter = readCondition('FilterExpression', input.FilterExpression, placeholders);
    const paths = readProjection(input.ProjectionExpression, placeholders);
    placeholders.assertAllUsed();

    const table = tables.get(call, input.TableName);
    const index = findIndex(table, input);
    const touched = [...(paths ?? []), ...(filter ? pathsOf(filter) : [])];
    assertScalarKeys(table, index?.keys ?? table.keys, touched);
    const fetch = needsTable(index, input, touched);
    let range = segmentRange(input);
    if (input.ExclusiveStartKey) {
      const position = startPosition(table, index, readStartKey(table, index, input.ExclusiveStartKey));
      assertInSegment(input, position);
      range = { ...range, start: `${position}\0` };
    }
    return readPage({
      table,
      index,
      range,
      limit: input.Limit,
      filter,
      paths,
      fetch,
      countOnly: input.Select === 'COUNT',
      consistent: input.ConsistentRead === true,
      consumed: input.ReturnConsumedCapacity,
    });
  };

function assertSegments({ Segment, TotalSegments }: Input): void {
  if (Segment !== undefined && TotalSegments === undefined)
    throw validationError(
      'The TotalSegments parameter is required but was not present in the request when Segment parameter is present',
    );
  if (TotalSegments === undefined) return;
  if (Segment === undefined)
    throw validationError(
      'The Segment parameter is required but was not present in the request when parameter TotalSegments is present',
    );
  if (Segment >= TotalSegments)
    throw validationError(
      `The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: ${Segment} is not less than TotalSegments: ${TotalSegments}`,
    );
}

/** A segment is a stretch of the hashes. */
function segmentRange({ Segment, TotalSegments }: Input): Range {
  if (Segment === undefined || TotalSegments === undefined || TotalSegments === 1) return {};
  const border = (segment: number) => hashBytes(Math.floor((segment * HASHES) / TotalSegments));
  return { start: border(Segment), end: border(Segment + 1) };
}

function assertInSegment({ Segment, TotalSegments }: Input, position: string): void {
  if (Segment === undefined || TotalSegments === undefined) return;
  if (Math.floor((Segment * HASHES) / TotalSegments) <= hashOf(position)) {
    if (hashOf(position) < Math.floor(((Segment + 1) * HASHES) / TotalSegments)) return;
  }
  throw validationError(
    `The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. TotalSegments: ${TotalSegments} Segment: ${Segment}`,
  );
}
