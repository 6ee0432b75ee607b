import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbFeedReader } from '../../functions/adapters/feed/feed-reader';
import { DynamoDbFeedWriter } from '../../functions/adapters/feed/feed-writer';
import { systemEffects } from '../../functions/adapters/system-effects';
import { DynamoDbViewLists } from '../../functions/adapters/views/view-lists';
import { DynamoDbViewRows } from '../../functions/adapters/views/view-rows';
import type { FeedRow } from '../../functions/application/read-models/feed-row';
import { isRowRefused } from '../../functions/application/read-models/ports';
import type { ViewRow } from '../../functions/application/read-models/rows';
import { type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';
import { createViewsTable } from '../support/views-table';
import { type FeedUnderContract, feedContract } from './feed.contract';
import { type ViewsUnderContract, viewsContract } from './views.contract';

/** On the local cloud, or, with `DYNAMODB_ENDPOINT`, on whatever answers there. */
const table = `views-${Math.random().toString(36).slice(2)}`;
let dynamoDb: DynamoDbAtHand;
let client: DynamoDBClient;
let views: ViewsUnderContract;
let feed: FeedUnderContract;
/** The operations that the adapters asked for. */
let calls: string[] = [];

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  client = dynamoDb.client;
  client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  await createViewsTable(client, table);
  views = { rows: new DynamoDbViewRows(client, table, systemEffects), lists: new DynamoDbViewLists(client, table) };
  feed = {
    writer: new DynamoDbFeedWriter(client, table, systemEffects),
    reader: new DynamoDbFeedReader(client, table, systemEffects),
  };
});
afterAll(async () => {
  await dynamoDb?.stop();
});

viewsContract('DynamoDB', () => views);
feedContract('DynamoDB', () => feed);

async function callsOf(work: () => Promise<unknown>): Promise<readonly string[]> {
  calls = [];
  await work();
  return calls;
}

const feedRow = (n: number, over: Partial<FeedRow> = {}): FeedRow => ({
  stream: `order#calls-${n}`,
  version: 1,
  id: `calls-${n}`,
  source: 'shop',
  type: 'OrderCreated',
  recordedAt: '2026-01-01T12:00:00.000Z',
  correlationId: 'calls',
  ...over,
});

describe('what a port costs in calls of the SDK', () => {
  it('is one for a hundred rows read, one for a row written, and one for a row that somebody else wrote first', async () => {
    const streams = Array.from({ length: 150 }, (_, n) => ({ stream: `order#calls-${n}`, generation: 1 }));
    expect(await callsOf(() => views.rows.getMany(streams))).toEqual(['BatchGetItemCommand', 'BatchGetItemCommand']);
    const row: ViewRow = { stream: 'order#calls', version: 1 };
    expect(await callsOf(() => views.rows.put(1, row, undefined))).toEqual(['PutItemCommand']);
    expect(await callsOf(() => views.rows.put(1, row, undefined))).toEqual(['PutItemCommand']);
  });

  it('is one for twenty-five feed rows, and eight for the newest twenty', async () => {
    const rows = Array.from({ length: 60 }, (_, n) => feedRow(n));
    expect(await callsOf(() => feed.writer.put(rows))).toEqual(
      Array.from({ length: 3 }, () => 'BatchWriteItemCommand'),
    );
    const reads = await callsOf(() => feed.reader.byType('Nothing', { limit: 20 }));
    expect(reads).toEqual(Array.from({ length: 8 }, () => 'QueryCommand'));
  });
});

describe('what the table can never hold', () => {
  it('is refused as a row, by name', async () => {
    const row = { stream: 'order#large', version: 1, note: 'x'.repeat(401 * 1024) };
    const error = await views.rows.put(1, row, undefined).catch((thrown: unknown) => thrown);
    expect(isRowRefused(error)).toBe(true);
    expect(String(error)).toContain('order#large');
  });

  it('is named among feed rows, and the others are written', async () => {
    const type = 'BesideTheOdd';
    const [odd, sound] = [feedRow(1, { type, correlationId: 'x'.repeat(2049) }), feedRow(2, { type })];
    expect(await feed.writer.put([odd, sound])).toEqual([{ row: odd, error: expect.stringContaining('Validation') }]);
    expect((await feed.reader.byType(type, { limit: 5 })).items).toEqual([sound]);
  });
});
