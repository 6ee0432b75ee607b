import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbInbox } from '../../functions/adapters/inbox';
import { DynamoDbInboxSearch } from '../../functions/adapters/inbox-search';
import type { InboxItem } from '../../functions/application/ports';
import { createInboxTable, type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';

let dynamoDb: DynamoDbAtHand;
let client: DynamoDBClient;
let search: DynamoDbInboxSearch;

const minute = (n: number) => new Date(Date.UTC(2026, 0, 1, 12, n)).toISOString();
const rejected = (n: number, over: Partial<InboxItem> = {}): InboxItem => ({
  stream: `order#${n}`,
  state: 'rejected',
  id: `e-${n}`,
  source: 'shop',
  type: 'OrderPaid',
  reason: 'never',
  // A page of an answer is 1 MB: these fill several.
  event: { note: 'x'.repeat(100_000) },
  at: minute(n),
  ...over,
});
const COUNT = 40;

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  client = dynamoDb.client;
  await createInboxTable(client, 'inbox');
  const inbox = new DynamoDbInbox(client, 'inbox');
  for (let n = 1; n <= COUNT; n++) await inbox.put(rejected(n));
  // The same id for another stream and from another producer, and another state.
  await inbox.put(rejected(1, { stream: 'order#other' }));
  await inbox.put(rejected(1, { source: 'till' }));
  await inbox.put(rejected(1, { state: 'parked', dueAtVersion: 2, parkedUntil: minute(59) }));
  search = new DynamoDbInboxSearch(client, 'inbox');
});
afterAll(async () => {
  await dynamoDb?.stop();
});

const ids = ({ items }: { readonly items: readonly InboxItem[] }) => items.map(({ id }) => id);
const range = (from: number, to: number) => Array.from({ length: from - to + 1 }, (_, i) => `e-${from - i}`);

describe('the Inbox for people', () => {
  it('lists a state across streams, newest first, and says when there is more', async () => {
    const some = await search.list({ state: 'rejected', limit: 25 });
    expect(ids(some)).toEqual(range(COUNT, COUNT - 24));
    expect(some.more).toBe(true);
    const all = await search.list({ state: 'rejected', limit: COUNT + 2 });
    expect(ids(all)).toEqual([...range(COUNT, 1), 'e-1', 'e-1']);
    expect(all.more).toBe(false);
  });

  it('lists what came since then', async () => {
    expect(ids(await search.list({ state: 'rejected', limit: 50, since: minute(30) }))).toEqual(range(COUNT, 30));
    expect(ids(await search.list({ state: 'rejected', limit: 3, since: minute(30) }))).toEqual(range(COUNT, COUNT - 2));
    // A parked item stands in the index by its deadline; what counts is when it came.
    expect(ids(await search.list({ state: 'parked', limit: 3, since: minute(1) }))).toEqual(['e-1']);
    expect(ids(await search.list({ state: 'parked', limit: 3, since: minute(2) }))).toEqual([]);
  });

  it('lists what was meant for one stream', async () => {
    const { items } = await search.list({ state: 'rejected', limit: 5, stream: 'order#1' });
    expect(items).toHaveLength(2);
    expect(new Set(items.map(({ source }) => source))).toEqual(new Set(['shop', 'till']));
    expect(items.every(({ event }) => (event as { note: string }).note.length === 100_000)).toBe(true);
  });

  it('finds every item of an id', async () => {
    const places = async (stream?: string) =>
      (await search.find('rejected', 'e-1', stream)).map((item) => `${item.stream} ${item.source}`).sort();
    expect(await places()).toEqual(['order#1 shop', 'order#1 till', 'order#other shop']);
    expect(await places('order#other')).toEqual(['order#other shop']);
    expect(await search.find('rejected', 'e-0')).toEqual([]);
  });
});
