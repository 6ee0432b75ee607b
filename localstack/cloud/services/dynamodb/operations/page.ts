import { RawJson } from '../../../core/service';
import type { Range } from '../../../core/store';
import type { Path } from '../expressions/ast';
import type { BoundCondition } from '../expressions/bind-condition';
import { satisfies } from '../expressions/evaluate-condition';
import { project } from '../expressions/project';
import type { Hidden } from '../table/recent-transactions';
import type { SecondaryIndex } from '../table/secondary-index';
import type { StoredItem } from '../table/stored-item';
import { StoredItem as Stored } from '../table/stored-item';
import type { Table } from '../table/table';
import type { Item } from '../values/attribute-value';
import { Capacity, readUnits } from './capacity';

const MAX_BYTES = 1024 * 1024;

/** What Query and Scan read alike: a range of a table or an index, page by page. */
type PageRequest = {
  readonly table: Table;
  readonly index: SecondaryIndex | undefined;
  readonly range: Range;
  /** What is shown instead of items of the table; nothing unless given. */
  readonly hidden?: Hidden | undefined;
  readonly limit: number | undefined;
  readonly filter: BoundCondition | undefined;
  readonly paths: readonly Path[] | undefined;
  /** Whole items, of an index that does not hold them: from the table. */
  readonly fetch: boolean;
  readonly countOnly: boolean;
  readonly consistent: boolean;
  readonly consumed: string | undefined;
};

export function readPage(request: PageRequest): RawJson {
  const { table, index, limit, filter, paths, fetch } = request;
  const cut = index?.projected !== undefined && !fetch;
  const items: string[] = [];
  let scanned = 0;
  let matched = 0;
  let bytes = 0;
  let fetched = 0;
  let last: StoredItem | undefined;
  let more = false;
  for (const stored of storedItems(request)) {
    const size = index ? index.sizeOf(stored) : stored.size;
    if (scanned > 0 && bytes + size > MAX_BYTES) {
      more = true;
      break;
    }
    bytes += size;
    scanned++;
    last = stored;
    if (fetch) fetched += readUnits(stored.size, request.consistent);
    const part = cut ? (index as SecondaryIndex).project(stored.item) : undefined;
    if (!filter || satisfies(part ?? stored.item, filter)) {
      matched++;
      if (!request.countOnly)
        items.push(paths ? shown(part ?? stored.item, paths) : part ? JSON.stringify(part) : stored.text);
    }
    if (scanned === limit) {
      more = true;
      break;
    }
  }
  const capacity = new Capacity(request.consumed);
  capacity.add(table, readUnits(bytes, request.consistent), index);
  if (fetch) capacity.add(table, fetched);
  const parts = [`"Count":${matched}`, `"ScannedCount":${scanned}`];
  if (!request.countOnly) parts.unshift(`"Items":[${items.join(',')}]`);
  if (more && last) parts.push(`"LastEvaluatedKey":${JSON.stringify(positionOf(request, last.item))}`);
  const figure = capacity.single();
  if (figure) parts.push(`"ConsumedCapacity":${JSON.stringify(figure)}`);
  return new RawJson(`{${parts.join(',')}}`);
}

const shown = (item: Item, paths: readonly Path[]): string => JSON.stringify(project(item, paths));

function* storedItems({ table, index, range, limit, hidden }: PageRequest): Generator<StoredItem> {
  if (hidden) {
    for (const [key, stored] of table.items.range(range)) {
      const shown = hidden.has(key) ? hidden.get(key) : Stored.decode(stored);
      if (shown) yield shown;
    }
    return;
  }
  const limited = limit === undefined ? range : { ...range, limit };
  if (!index) {
    for (const [, stored] of table.items.range(limited)) yield Stored.decode(stored);
    return;
  }
  for (const [, key] of index.entries.range(limited)) yield table.get(key) as StoredItem;
}

/** The key to go on from: of the table and, in an index, of that too. */
function positionOf({ table, index }: PageRequest, item: Item): Item {
  return index ? { ...table.keys.pick(item), ...index.keys.pick(item) } : table.keys.pick(item);
}
