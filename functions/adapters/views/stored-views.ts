import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Effects } from '../../application/ports';
import type { FeedRow } from '../../application/read-models/feed-row';
import type { PlacedRow, RowPlace } from '../../application/read-models/ports';
import { differences } from '../../application/verify/differences';
import type { StoredFeedRow, StoredRow, StoredViews } from '../../application/verify/stored-views';
import { batchGet } from '../batch-get';
import * as feed from '../feed/item';
import { scanPages } from '../scan-pages';
import * as view from './item';

type Item = Record<string, AttributeValue>;

/** The Views table, item by item, with what its keys should be. */
export class DynamoDbStoredViews implements StoredViews {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async rows(places: readonly RowPlace[]): Promise<readonly StoredRow[]> {
    return (await batchGet(this.client, this.table, places.map(view.keyOf), this.effects)).map(storedRow);
  }

  async feedRows(rows: readonly FeedRow[]): Promise<readonly (StoredFeedRow | undefined)[]> {
    const keys = rows.map(feed.keysOf).map(({ pk, sk }) => ({ pk: { S: pk }, sk: { S: sk } }));
    const items = await batchGet(this.client, this.table, keys, this.effects);
    const found = new Map(items.map((item) => [nameOf(item), item]));
    return keys.map((key) => {
      const item = found.get(nameOf(key));
      return item && storedFeedRow(item);
    });
  }

  async *segment(segment: number, of: number) {
    for await (const items of scanPages(this.client, { TableName: this.table }, segment, of)) {
      yield {
        rows: items.filter(({ sk }) => sk?.S?.startsWith(view.SUMMARY)).map(placedRow),
        feed: items.filter(({ pk }) => pk?.S?.startsWith(feed.partitionOf(''))).map(feed.fromItem),
      };
    }
  }
}

const nameOf = ({ pk, sk }: Item): string => JSON.stringify([pk?.S, sk?.S]);

/** The stream is that of the key: whatever the row says of itself is to be checked. */
const placedRow = (item: Item): PlacedRow => ({ ...view.fromItem(item), stream: item.pk?.S ?? '' });

function storedRow(item: Item): StoredRow {
  const placed = placedRow(item);
  return { ...placed, ...astray(item, placed.row, () => view.toItem(placed.generation, placed.row)) };
}

function storedFeedRow(item: Item): StoredFeedRow {
  const row = feed.fromItem(item);
  return { row, ...astray(item, row, () => feed.toItem(row)) };
}

/** The table's own attributes that are not those of such a row. */
function astray(item: Item, row: object, made: () => Item): Pick<StoredRow, 'astray'> {
  const keysIn = (whole: Item) =>
    Object.fromEntries(Object.entries(unmarshall(whole)).filter(([name]) => !(name in row)));
  const wrong = differences(keysIn(itemOr(made)), keysIn(item));
  return wrong.length > 0 ? { astray: wrong } : {};
}

/** A row that lacks what its keys are made of has none that could be right. */
function itemOr(made: () => Item): Item {
  try {
    return made();
  } catch {
    return {};
  }
}
