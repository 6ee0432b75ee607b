import { ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import type { Cloud } from '../../localstack/cloud/cloud';
import { payloads } from '../support/orders';
import { type Entry, System } from '../support/system';

// Counted is everything there is, so the cloud has to be one of our own.

let system: System;
let cloud: Cloud;

const minute = 60_000;
const hour = 60 * minute;
/** Yesterday at nine: no window of it is still open. */
const begin = Math.floor(Date.now() / (24 * hour)) * 24 * hour - 15 * hour;
const at = (ms: number) => new Date(begin + ms);
const day = at(0).toISOString().slice(0, 10);

/** 22 delivered (the first one a minute later than the others), 2 paid and then cancelled, 1 that nobody pays. */
const delivered = Array.from({ length: 22 }, (_, n) => `o-${n}`);
const refunded = ['r-0', 'r-1'];
const stuck = 's-0';

const steps = (orderId: string): Entry[] => [
  { type: 'OrderCreated', detail: payloads.created(orderId), time: at(0) },
  { type: 'OrderConfirmed', detail: payloads.confirmed(orderId), time: at(minute) },
  { type: 'OrderPaid', detail: payloads.paid(orderId), time: at(3 * minute) },
  { type: 'OrderShipped', detail: payloads.shipped(orderId), time: at(hour) },
  { type: 'OrderDelivered', detail: payloads.delivered(orderId), time: at(5 * hour) },
];

const unreadable = ['not even JSON', JSON.stringify({ detail: { partitionkey: 'order#x', sequence: '1' } })];

/** Whatever was put has been counted, also what waits for a fuller batch. */
async function counted(): Promise<void> {
  await cloud.idle(20_000);
  for (let n = 0; n < 3; n++) await cloud.controls.advance(2_000);
}

async function get(path: string) {
  const { status, body } = await system.get(path);
  expect({ path, status }).toEqual({ path, status: 200 });
  return body;
}

beforeAll(async () => {
  system = await System.start();
  cloud = system.cloud!;
  cloud.controls.faults.plan({
    seed: 5,
    rules: [
      { fault: 'duplicate', service: 'events', operation: 'Deliver', rate: 0.5 },
      { fault: 'duplicate', service: 'sqs', operation: 'Receive', target: '*InsightsFacts*', rate: 0.5 },
      {
        fault: 'crash-after',
        service: 'dynamodb',
        operation: 'TransactWriteItems',
        caller: 'orders-local-insights',
        times: 2,
      },
    ],
  });
  const entries = [
    ...delivered.flatMap(steps),
    ...refunded.flatMap((orderId) => steps(orderId).slice(0, 3)),
    ...steps(stuck).slice(0, 2),
  ];
  // Not as they happened: every third first.
  const mixed = [0, 1, 2].flatMap((n) => entries.filter((_, index) => index % 3 === n));
  for (const MessageBody of unreadable)
    await system.sqs.send(new SendMessageCommand({ QueueUrl: system.outputs.InsightsQueueUrl, MessageBody }));
  for (let from = 0; from < mixed.length; from += 10) await system.put(...mixed.slice(from, from + 10));
  await counted();
  await system.put(
    ...refunded.map((orderId) => ({ type: 'OrderCancelled', detail: payloads.cancelled(orderId), time: at(2 * hour) })),
  );
  await counted();
  // A function that has died is noticed when its messages are visible again.
  await cloud.controls.advance(7 * minute);
  await counted();
}, 60_000);
afterAll(() => system?.stop());

it('the adversary has been at work', () => {
  expect(cloud.controls.faults.report().rules.filter(({ struck }) => struck === 0)).toEqual([]);
});

it('sales show each order once, in the window in which each step happened', async () => {
  const none = { orders: 0, value: 0, paid: 0, revenue: 0, cancelled: 0, cancelledValue: 0, refunds: 0, refunded: 0 };
  const sold = { ...none, orders: 25, value: 25 * 2990, paid: 24, revenue: 24 * 2990 };
  const back = { cancelled: 2, cancelledValue: 5980, refunds: 2, refunded: 5980 };
  const range = `from=${at(0).toISOString()}&to=${at(6 * hour).toISOString()}`;
  const byHour = await get(`/insights/sales?window=hour&${range}`);
  expect(byHour.items).toEqual([
    { start: at(0).toISOString(), currency: 'EUR', ...sold, net: 24 * 2990 },
    { start: at(2 * hour).toISOString(), currency: 'EUR', ...none, ...back, net: -5980 },
  ]);
  expect(byHour.totals).toEqual([{ currency: 'EUR', ...sold, ...back, net: 22 * 2990 }]);
  const byMinute = await get(`/insights/sales?window=minute&${range}&currency=EUR`);
  expect(byMinute.items.map(({ start }: { start: string }) => start)).toEqual(
    [0, 3 * minute, 2 * hour].map((ms) => at(ms).toISOString()),
  );
  expect((await get(`/insights/sales?window=day&${range}&currency=USD`)).items).toEqual([]);
});

it('the funnel shows how many came into each status, and how many are in it', async () => {
  const { items } = await get('/insights/funnel');
  const rows = items.map((item: Record<string, unknown>) => [item.status, item.reached, item.current, item.share]);
  expect(rows).toEqual([
    ['created', 25, 0, 1],
    ['confirmed', 25, 1, 1],
    ['paid', 24, 0, 24 / 25],
    ['shipped', 22, 0, 22 / 25],
    ['delivered', 22, 22, 22 / 25],
    ['cancelled', 2, 2, 2 / 25],
  ]);
});

it('top SKUs and cancellations show what was paid, and why it was called off', async () => {
  expect(await get(`/insights/top-skus?day=${day}`)).toEqual({
    day,
    items: [{ sku: 'mug', quantity: 48, revenue: { EUR: 48 * 1250 } }],
  });
  expect(await get(`/insights/cancellations?from=${day}&to=${day}`)).toMatchObject({
    total: 2,
    items: [{ reason: 'changed my mind', orders: 2, from: { paid: 2 } }],
  });
});

it('the lifecycle shows where orders go, how long that takes, and when they arrive', async () => {
  const chain = await get(`/insights/lifecycle?from=${day}&to=${day}`);
  const paid = chain.states.find(({ state }: { state: string }) => state === 'paid');
  expect(paid.absorption.delivered).toBeCloseTo(22 / 24, 9);
  expect(paid.dwell.p50Ms / (57 * minute)).toBeCloseTo(1, 1);
  const created = chain.states.find(({ state }: { state: string }) => state === 'created');
  expect(created.expectedMsTo.delivered).toBeCloseTo(5 * hour, 0);
  expect(created.expectedMsTo.cancelled).toBeCloseTo(2 * hour, 0);
  expect(created).toMatchObject({ left: 25, unresolved: 0 });
});

it('anomalies show the order that has not moved for far longer than others did', async () => {
  const { stuck: found } = await get('/insights/anomalies?factor=3');
  expect(found.items).toMatchObject([{ orderId: stuck, status: 'confirmed', since: at(minute).toISOString() }]);
  expect(found.statuses[1]).toMatchObject({ status: 'confirmed', left: 24 });
});

it('a fact that nobody can read ends as a dead letter, and keeps nothing back', async () => {
  // Received five times, each time for as long as a function that has died may have it.
  await cloud.controls.advance(40 * minute);
  const { Messages = [] } = await system.sqs.send(
    new ReceiveMessageCommand({ QueueUrl: system.outputs.InsightsDlqUrl, MaxNumberOfMessages: 10 }),
  );
  expect(Messages.map(({ Body }) => Body).sort()).toEqual([...unreadable].sort());
});
