import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { DynamoDbErrorNotes } from '../../../functions/adapters/monitor/error-notes';
import { DynamoDbLooks } from '../../../functions/adapters/monitor/looks';
import type { NotedError } from '../../../functions/application/monitor/ports';
import { type DynamoDbAtHand, dynamoDbAtHand } from '../../support/dynamodb-at-hand';
import { createInsightsTable } from '../../support/insights-table';

let atHand: DynamoDbAtHand;
const table = `monitor-${process.pid}`;
beforeAll(async () => {
  atHand = await dynamoDbAtHand();
  await createInsightsTable(atHand.client, table);
}, 60_000);
afterAll(async () => {
  await atHand?.stop();
});

const HOUR = 3_600_000;
const start = Date.parse('2026-01-01T12:00:00.000Z');
const errors = (...names: readonly string[]): readonly NotedError[] =>
  names.map((error) => ({ function: 'ingest-orders', time: '2026-01-01T12:00:00.000Z', message: 'failed', error }));

test('errors are kept for seven days, and shown newest first', async () => {
  let now = start;
  let ids = 0;
  const notes = new DynamoDbErrorNotes(atHand.client, table, {
    now: () => new Date(now),
    newId: () => `id-${ids++}`,
  });
  const shown = async (limit: number) => (await notes.latest(limit)).map(({ error }) => error);
  await notes.note(errors('a', 'b'));
  now += HOUR;
  await notes.note(errors('c'));
  expect(await shown(10)).toEqual(['c', 'b', 'a']);
  expect(await shown(2)).toEqual(['c', 'b']);
  expect((await notes.latest(1))[0]).toEqual(errors('c')[0]);
  now = start + 7 * 24 * HOUR + HOUR / 2;
  expect(await shown(10)).toEqual(['c']);
  now += HOUR;
  expect(await shown(10)).toEqual([]);
});

describe('looks at queues', () => {
  test('are remembered, the last of each', async () => {
    const looks = new DynamoDbLooks(atHand.client, table);
    expect(await looks.last()).toEqual({});
    await looks.remember('views-dlq', { count: 2, serial: 1 });
    await looks.remember('unrouted', { count: 1, serial: 1 });
    await looks.remember('views-dlq', { count: 0, serial: 2 });
    expect(await looks.last()).toEqual({ 'views-dlq': { count: 0, serial: 2 }, unrouted: { count: 1, serial: 1 } });
  });

  test('that come late change nothing', async () => {
    const looks = new DynamoDbLooks(atHand.client, table);
    await looks.remember('feed-dlq', { count: 5, serial: 8 });
    await looks.remember('feed-dlq', { count: 4, serial: 7 });
    await looks.remember('feed-dlq', { count: 9, serial: 8 });
    expect((await looks.last())['feed-dlq']).toEqual({ count: 5, serial: 8 });
  });
});
