import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { batchWrite } from '../../../functions/adapters/batch-write';
import { DynamoDbPublishedFacts } from '../../../functions/adapters/monitor/published-facts';
import { RidingTally } from '../../../functions/adapters/monitor/published-tally';
import { type DynamoDbAtHand, dynamoDbAtHand } from '../../support/dynamodb-at-hand';
import { FixedEffects } from '../../support/fixed-effects';
import { createInsightsTable } from '../../support/insights-table';

const HOUR = 3_600_000;
let atHand: DynamoDbAtHand;
let table: string;
let tables = 0;
let effects: FixedEffects;
beforeAll(async () => {
  atHand = await dynamoDbAtHand();
}, 60_000);
afterAll(async () => {
  await atHand?.stop();
});
beforeEach(async () => {
  table = `published-${process.pid}-${tables++}`;
  await createInsightsTable(atHand.client, table);
  effects = new FixedEffects();
});

const published = () => new DynamoDbPublishedFacts(atHand.client, table, effects);
const orders = (count: number) => Array.from({ length: count }, (_, n) => ({ stream: `order#o-${n}` }));
const write = (tally: RidingTally, rows: readonly { readonly stream: string }[]) =>
  batchWrite(atHand.client, table, [{ PutRequest: { Item: tally.itemWith(rows) } }], effects);

test('what several environments have published is summed, facts of orders only', async () => {
  const [one, other] = [new RidingTally(table, effects), new RidingTally(table, effects)];
  expect(await published().count()).toBe(0);
  await write(one, [...orders(3), { stream: 'inventory#mug' }, { stream: 'user#u-1' }]);
  await write(other, orders(2));
  await write(one, orders(4));
  expect(await published().count()).toBe(9);
});

test('what the bus has not taken is gone with the next batch', async () => {
  const tally = new RidingTally(table, effects);
  await write(tally, orders(5));
  tally.takeOff(2);
  await write(tally, orders(1));
  expect(await published().count()).toBe(4);
});

test('an item that was lost on the way is made up for by the next', async () => {
  const tally = new RidingTally(table, effects);
  tally.itemWith(orders(5));
  await write(tally, orders(1));
  expect(await published().count()).toBe(6);
});

test('tallies of environments that are gone are put away, and nothing is counted twice or lost', async () => {
  const old = new RidingTally(table, effects);
  await write(old, orders(3));
  await write(new RidingTally(table, effects), orders(2));
  effects.advance(23 * HOUR);
  const young = new RidingTally(table, effects);
  await write(young, orders(10));
  await published().tidy();
  expect(await standing()).toHaveLength(3);
  effects.advance(2 * HOUR);
  await published().tidy();
  await published().tidy();
  expect(await published().count()).toBe(15);
  expect((await standing()).map(({ sk }) => sk?.S).sort()).toEqual(['id-3', 'put-away']);
  // Who wakes up after so long begins a new one.
  await write(old, orders(1));
  expect(await published().count()).toBe(16);
});

test('two that put away at once put away once', async () => {
  await write(new RidingTally(table, effects), orders(7));
  effects.advance(25 * HOUR);
  await Promise.all([published().tidy(), published().tidy(), published().tidy()]);
  expect(await published().count()).toBe(7);
});

async function standing() {
  const { Items = [] } = await atHand.client.send(new ScanCommand({ TableName: table, ConsistentRead: true }));
  return Items.filter(({ putAway }) => putAway === undefined);
}
