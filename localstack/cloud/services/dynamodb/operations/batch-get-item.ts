import type { Operation } from '../../../core/service';
import { RawJson } from '../../../core/service';
import { validationError } from '../errors';
import type { Path } from '../expressions/ast';
import { readProjection } from '../expressions/expressions';
import { Placeholders } from '../expressions/placeholders';
import { project } from '../expressions/project';
import type { Table } from '../table/table';
import type { Tables } from '../table/tables';
import type { Item } from '../values/attribute-value';
import { readItem } from '../values/read-value';
import { Capacity, readUnits } from './capacity';
import { flag, projectionMembers, requiredMap, returnConsumedCapacity } from './common-shapes';
import { assertUsable } from './expression-parameters';
import { checkInput, type Members } from './input-shape';
import { throttle } from './partial-throttle';

const MAX_KEYS = 100;
const MAX_BYTES = 16 * 1024 * 1024;

type Request = {
  readonly Keys: readonly Item[];
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
};

const members: Members = { RequestItems: requiredMap, ReturnConsumedCapacity: returnConsumedCapacity };
const requestMembers: Members = {
  Keys: { type: 'list', required: true, min: 1, max: MAX_KEYS },
  ConsistentRead: flag,
  ...projectionMembers,
};

type Lookup = {
  readonly name: string;
  readonly request: Request;
  readonly keys: readonly Item[];
  readonly paths: readonly Path[] | undefined;
};

export const batchGetItem =
  (tables: Tables): Operation =>
  (
    input: { readonly RequestItems: Readonly<Record<string, Request>>; readonly ReturnConsumedCapacity?: string },
    call,
  ) => {
    checkInput('BatchGetItem', input, members);
    const lookups = Object.entries(input.RequestItems).map(([name, request]) => readLookup(name, request));
    if (lookups.length === 0)
      throw validationError(
        "1 validation error detected: Value '{}' at 'requestItems' failed to satisfy constraint: Member must have length greater than or equal to 1",
      );
    if (lookups.reduce((sum, { keys }) => sum + keys.length, 0) > MAX_KEYS)
      throw validationError('Too many items requested for the BatchGetItem call');

    const located = lookups.map((lookup) => {
      const table = tables.get(call, lookup.name);
      return { ...lookup, table, places: locateAll(table, lookup.keys) };
    });
    const capacity = new Capacity(input.ReturnConsumedCapacity);
    const responses: string[] = [];
    const unprocessed: Record<string, object> = {};
    let bytes = 0;
    const all = located.flatMap((lookup) => lookup.places.map((place) => ({ lookup, place, table: lookup.table })));
    const { throttled } = throttle(tables, 'BatchGetItem.Item', call, all);
    const refused = new Set(throttled.map(({ lookup, place }) => lookup.table.record.id + place));
    for (const { name, request, table, places, keys, paths } of located) {
      const items: string[] = [];
      const left: Item[] = [];
      places.forEach((place, index) => {
        if (bytes >= MAX_BYTES || refused.has(table.record.id + place)) {
          left.push(keys[index] as Item);
          return;
        }
        const stored = table.get(place);
        bytes += stored?.size ?? 0;
        capacity.add(table, readUnits(stored?.size ?? 0, request.ConsistentRead === true));
        if (stored) items.push(paths ? JSON.stringify(project(stored.item, paths)) : stored.text);
      });
      responses.push(`${JSON.stringify(name)}:[${items.join(',')}]`);
      if (left.length > 0) unprocessed[name] = { ...request, Keys: left };
    }
    const consumed = capacity.all();
    return new RawJson(
      `{"Responses":{${responses.join(',')}},"UnprocessedKeys":${JSON.stringify(unprocessed)}${
        consumed ? `,"ConsumedCapacity":${JSON.stringify(consumed)}` : ''
      }}`,
    );
  };

function readLookup(name: string, request: Request): Lookup {
  checkInput('BatchGetItem', request, requestMembers);
  assertUsable(request, ['ProjectionExpression']);
  const placeholders = new Placeholders(request);
  const paths = readProjection(request.ProjectionExpression, placeholders);
  placeholders.assertAllUsed();
  return { name, request, paths, keys: request.Keys.map((key) => readItem(key)) };
}

function locateAll(table: Table, keys: readonly Item[]): string[] {
  const places = keys.map((key) => {
    table.keys.assertKey(key);
    return table.keys.bytes(key);
  });
  if (new Set(places).size < places.length) throw validationError('Provided list of item keys contains duplicates');
  return places;
}
