import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Cloud } from '../../localstack/cloud/cloud';
import type { FaultRule } from '../../localstack/cloud/core/faults';
import type { Hop } from '../../localstack/cloud/core/trace';
import { lifecycle } from '../support/orders';
import { System } from '../support/system';

// What is asked here only a local cloud of our own can answer.
delete process.env.E2E_OUTPUTS;

let system: System;
let cloud: Cloud;
beforeAll(async () => {
  system = await System.start();
  cloud = system.cloud!;
}, 60_000);
afterAll(() => system?.stop());
beforeEach(() => cloud.controls.reset());

const HOUR = 3_600_000;
const steps = (hops: readonly Hop[]) =>
  hops.map(({ service, operation, target }) => `${service}:${operation} ${target}`);

/** Puts the life of some orders, its last step first, each in a call of its own, and lets time pass until nothing is retried any more. */
async function putOrders(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => system.newId('o'));
  for (const id of ids) {
    for (const entry of lifecycle(id).reverse()) {
      let [answer] = await system.put(entry);
      while (answer?.ErrorCode) [answer] = await system.put(entry);
    }
  }
  await cloud.controls.advance(2 * HOUR);
  return ids;
}

async function expectDelivered(ids: readonly string[]): Promise<void> {
  for (const id of ids) {
    const stream = await system.stream(`order#${id}`);
    expect(stream.map(({ version, type }) => [version, type])).toEqual([
      [1, 'OrderCreated'],
      [2, 'OrderConfirmed'],
      [3, 'OrderPaid'],
      [4, 'OrderShipped'],
      [5, 'OrderDelivered'],
    ]);
    expect((await system.get(`/orders/${id}`)).body).toMatchObject({ status: 'delivered', version: 5 });
  }
}

describe('the trace', () => {
  it('shows the way of an order from the bus to the views and the facts, each hop with its cause', async () => {
    const id = system.newId('o');
    await system.put(lifecycle(id)[0]!);
    await cloud.idle();
    const hops = cloud.controls.trace.find(id);
    const way = [
      /^events:PutEvents .*event-bus\/orders-local$/,
      /^events:Deliver .*ingest-orders/,
      /^lambda:Invoke .*ingest-orders/,
      /^dynamodb:PutItem .*table\//,
      /^lambda:Invoke .*project-views/,
      /^lambda:Invoke .*project-feed/,
      /^events:PutEvents /,
    ];
    for (const step of way) expect(steps(hops)).toContainEqual(expect.stringMatching(step));
    const byId = new Map(hops.map((hop) => [hop.id, hop]));
    const origin = (hop: Hop): Hop => {
      const cause = hop.causes.map((one) => byId.get(one)).find(Boolean);
      return cause ? origin(cause) : hop;
    };
    expect(new Set(hops.map((hop) => steps([origin(hop)])[0]))).toEqual(new Set([steps(hops)[0]]));
    expect(hops.every(({ endedAt, outcome }) => endedAt !== undefined && outcome === 'ok')).toBe(true);
  });

  it('finds it by the event id and by the correlation id, too', async () => {
    const id = system.newId('o');
    const [entry] = await system.put(lifecycle(id)[0]!);
    await cloud.idle();
    const [recorded] = await system.stream(`order#${id}`);
    for (const value of [entry!.EventId!, recorded!.correlationId as string]) {
      expect(steps(cloud.controls.trace.find(value))).toContainEqual(expect.stringMatching(/^dynamodb:PutItem/));
    }
  });
});

describe('25 hours of the clock', () => {
  it('pass with everything due in order, and a system at rest', async () => {
    const before = cloud.clock.now();
    await cloud.controls.advance(25 * HOUR);
    expect(cloud.clock.now() - before).toBeGreaterThanOrEqual(25 * HOUR);
    expect(await cloud.idle()).toMatchObject({ idle: true });
    await expectDelivered(await putOrders(1));
  });
});

describe('under the adversary every order is delivered, each step once', () => {
  it.each<[string, FaultRule[]]>([
    [
      'duplicates on every hop',
      [
        { fault: 'duplicate', service: 'events', operation: 'Deliver', rate: 0.5 },
        { fault: 'duplicate', service: 'lambda', operation: 'Async', rate: 0.5 },
        { fault: 'duplicate', service: 'lambda', operation: 'StreamBatch', rate: 0.5 },
        { fault: 'duplicate', service: 'lambda', operation: 'QueueBatch', times: 3 },
      ],
    ],
    [
      'disorder',
      [
        { fault: 'reorder', service: 'events', operation: 'Deliver', rate: 0.5 },
        { fault: 'reorder', service: 'lambda', operation: 'Async', rate: 0.5 },
        { fault: 'reorder', service: 'lambda', operation: 'StreamBatch', rate: 0.5 },
      ],
    ],
    [
      'throttles and errors of DynamoDB and the bus',
      [
        { fault: 'throttle', service: 'dynamodb', caller: 'orders-local-*', rate: 0.2, times: 6 },
        { fault: 'error', service: 'dynamodb', caller: 'orders-local-*', rate: 0.1, times: 6 },
        { fault: 'error', service: 'events', operation: 'PutEvents.Entry', rate: 0.2 },
      ],
    ],
    [
      'functions that die before and after their effects',
      [
        {
          fault: 'crash-before',
          service: 'dynamodb',
          operation: 'PutItem',
          caller: 'orders-local-*',
          skip: 1,
          times: 5,
        },
        {
          fault: 'crash-after',
          service: 'dynamodb',
          operation: 'PutItem',
          caller: 'orders-local-*',
          skip: 2,
          times: 5,
        },
        { fault: 'crash-after', service: 'dynamodb', operation: 'BatchWriteItem', caller: 'orders-local-*', times: 2 },
        {
          fault: 'crash-after',
          service: 'lambda',
          operation: 'Invocation',
          target: 'orders-local-ingest-orders',
          skip: 3,
          times: 2,
        },
      ],
    ],
  ])(
    '%s',
    async (_, rules) => {
      cloud.controls.faults.plan({ seed: 11, rules });
      const ids = await putOrders(3);
      const { rules: struck } = cloud.controls.faults.report();
      cloud.controls.faults.clear();
      await cloud.controls.advance(2 * HOUR);
      expect(struck.filter((rule) => rule.struck === 0)).toEqual([]);
      await expectDelivered(ids);
    },
    60_000,
  );
});

it('the plan in the documentation strikes with every rule', async () => {
  const [, plan] = /-X PUT \S+\/_cloud\/faults -d '([^']+)'/.exec(readFileSync('docs/testing.md', 'utf8'))!;
  const answer = await fetch(`${system.endpoint}/_cloud/faults`, { method: 'PUT', body: plan! });
  expect(answer.status).toBe(200);
  const ids = await putOrders(5);
  const { rules } = cloud.controls.faults.report();
  expect(rules.filter(({ struck }) => struck === 0)).toEqual([]);
  cloud.controls.faults.clear();
  await cloud.controls.advance(2 * HOUR);
  await expectDelivered(ids);
}, 60_000);
