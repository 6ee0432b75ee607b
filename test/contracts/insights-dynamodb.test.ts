import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbCounters } from '../../functions/adapters/insights/counters';
import { DynamoDbLedger } from '../../functions/adapters/insights/ledger';
import { series } from '../../functions/application/insights/series';
import { makeCountFacts } from '../../functions/projections/insights/count-facts';
import { type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';
import { createInsightsTable } from '../support/insights-table';
import { factsOf } from '../support/order-facts';
import { type InsightsUnderContract, insightsContract } from './insights.contract';

/** On the local cloud, or, with `DYNAMODB_ENDPOINT`, on whatever answers there. */
const table = `insights-${Math.random().toString(36).slice(2)}`;
const now = new Date('2026-01-07T00:00:00.000Z');
const effects = { now: () => now, random: Math.random, sleep: async () => {} };
let dynamoDb: DynamoDbAtHand;
let insights: InsightsUnderContract;
let counters: DynamoDbCounters;
let calls: string[] = [];

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  dynamoDb.client.middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        calls.push(commandName);
        return next(args);
      },
    { step: 'initialize' },
  );
  await createInsightsTable(dynamoDb.client, table);
  counters = new DynamoDbCounters(dynamoDb.client, table, effects);
  insights = { ledger: new DynamoDbLedger(dynamoDb.client, table, effects), counters };
});
afterAll(async () => {
  await dynamoDb?.stop();
});

insightsContract('DynamoDB', () => insights, { numRuns: 12 });

const life = { length: 1, currency: 'EUR', begin: Date.parse('2026-01-06T12:00:00.000Z'), pauses: [60_000, 60_000] };
const mug = { sku: 'mug', quantity: 1, unitPrice: 100 };
const made = (generation: number) => {
  const count = makeCountFacts({ ledger: insights.ledger, effects });
  return (facts: Parameters<typeof count>[0]) => count(facts, { generation, monitored: true });
};

describe('what counting costs in calls of the SDK', () => {
  it('is one read and two writes for a batch of a hundred facts of a hundred orders', async () => {
    const facts = Array.from({ length: 100 }, (_, n) =>
      factsOf({ ...life, orderId: `cost-${n}`, lines: [mug] }),
    ).flat();
    calls = [];
    expect(await made(1001)(facts)).toEqual({ counted: 100, failed: [] });
    expect(calls).toEqual(['BatchGetItemCommand', 'TransactWriteItemsCommand', 'TransactWriteItemsCommand']);
    calls = [];
    expect(await made(1001)(facts)).toEqual({ counted: 0, failed: [] });
    expect(calls).toEqual(['BatchGetItemCommand']);
  });

  it('is a transaction for each step of the largest order that there can be, however they come', async () => {
    const lines = Array.from({ length: 90 }, (_, n) => ({ sku: `sku-${n}`, quantity: 1, unitPrice: 1 }));
    const facts = factsOf({ ...life, orderId: 'large', length: 4, lines });
    expect(await made(1002)([facts[3]!, facts[1]!, facts[0]!])).toEqual({ counted: 3, failed: [] });
    expect(await made(1002)([facts[2]!])).toEqual({ counted: 1, failed: [] });
    expect(await insights.counters.top(1002, series.topSkus, '2026-01-06', 100)).toHaveLength(90);
  });
});

describe('a fact that the table can never hold', () => {
  it('fails alone', async () => {
    const sound = [1, 2, 3, 4].map((n) => factsOf({ ...life, orderId: `sound-${n}`, length: 3, lines: [mug] }));
    const odd = factsOf({ ...life, orderId: 'odd', length: 3, lines: [{ ...mug, sku: 'x'.repeat(1100) }] });
    const { counted, failed } = await made(1003)([...sound.slice(0, 2), odd, ...sound.slice(2)].flat());
    expect(counted).toBe(14);
    expect(failed).toEqual([{ fact: odd[2], error: expect.stringMatching(/ValidationE/) }]);
    const [funnel] = await insights.counters.read(1003, { series: series.funnel });
    expect(funnel?.values).toMatchObject({ 'reached.created': 5, 'reached.paid': 4 });
  });
});

describe('counters that are added to from elsewhere', () => {
  it('sum what was added in whatever shard', async () => {
    const add = { series: 'noted', key: 'errors', add: { count: 2 } };
    for (let n = 0; n < 10; n++) await counters.add(0, [add]);
    expect(await counters.read(0, { series: 'noted' })).toEqual([{ key: 'errors', values: { count: 20 } }]);
  });

  it('are not shown any more once they have expired, whether or not they have been removed', async () => {
    const expires = (ms: number) => new Date(now.getTime() + ms);
    await counters.add(0, [
      { series: 'kept', key: 'gone', add: { count: 1 }, expires: expires(-1000) },
      { series: 'kept', key: 'there', add: { count: 1 }, expires: expires(1000) },
    ]);
    expect(await counters.read(0, { series: 'kept' })).toEqual([{ key: 'there', values: { count: 1 } }]);
  });

  it('have whole numbers, and no name that the row needs for itself', async () => {
    const added = (add: Record<string, number>) => counters.add(0, [{ series: 'odd', key: 'a', add }]);
    await expect(added({ sk: 1 })).rejects.toThrow('called sk');
    await expect(added({ half: 0.5 })).rejects.toThrow('0.5 is no whole number');
  });
});
