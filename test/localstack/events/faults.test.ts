import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { busArn, EventsUnderTest, functionArn, queueArn } from './events-under-test';

let events: EventsUnderTest;
beforeEach(() => {
  events = new EventsUnderTest();
});
afterEach(() => events.stop());

const shop = { source: ['shop'] };
const plan = (rule: Omit<FaultRule, 'service'>, seed = 1) =>
  events.faults.plan({ seed, rules: [{ service: 'events', ...rule }] });
const numbers = () => events.payloads().map(({ detail }) => detail.n);
const putNumbered = async (count: number) => {
  for (let n = 0; n < count; n++) await events.put({ Detail: `{"n":${n}}` });
};
const letters = () =>
  events.delivered
    .splice(0)
    .map(({ message }) => Object.values(message?.attributes ?? {}).map(({ StringValue }) => StringValue));

describe('a delivery', () => {
  const r = functionArn('r');
  const withDlq = [
    { Id: 't', Arn: r, DeadLetterConfig: { Arn: queueArn('dlq') }, RetryPolicy: { MaximumRetryAttempts: 1 } },
  ];
  beforeEach(() => events.rule('r', shop, withDlq));

  test('fails once, and is tried again', async () => {
    plan({ operation: 'Deliver', fault: 'error', times: 1 });
    await events.put();
    expect(events.targets()).toEqual([]);
    await events.clock.advance(1_000);
    expect(events.targets()).toEqual([r]);
    expect(events.hops('o-1')).toEqual([`Deliver ${r} INTERNAL_ERROR`, `Deliver ${r} ok`]);
  });

  test.each([
    ['error', {}, 'INTERNAL_ERROR'],
    ['throttle', {}, 'THROTTLING'],
    ['error', { code: 'TIMEOUT' }, 'TIMEOUT'],
  ] as const)('fails for good by %s %j', async (fault, more, code) => {
    plan({ operation: 'Deliver', target: 'r', fault, ...more });
    await events.put();
    await events.clock.advance(1_000);
    expect(letters()).toEqual([expect.arrayContaining([code, 'MaximumRetryAttempts', '1'])]);
  });

  test('fails without another try when the error is one that lasts', async () => {
    plan({ operation: 'Deliver', fault: 'error', code: 'AccessDeniedException', message: 'no' });
    await events.put();
    expect(letters()).toEqual([expect.arrayContaining(['NO_PERMISSIONS', 'no'])]);
    expect(events.clock.pending()).toEqual([]);
  });

  test('is late, also after a restart, and is seen to come', async () => {
    plan({ operation: 'Deliver', fault: 'latency', ms: 5_000 });
    await events.put();
    expect(events.clock.pending().map(({ label }) => label)).toEqual([`events: late delivery of rule r to ${r}`]);
    await events.clock.advance(4_999);
    await events.restart();
    expect(events.targets()).toEqual([]);
    await events.clock.advance(1);
    expect(events.targets()).toEqual([r]);
    expect(events.hops('o-1')).toEqual([`Deliver ${r} late`, `Deliver ${r} ok`]);
    await events.restart();
    await events.clock.advance(10_000);
    expect(events.targets()).toEqual([]);
  });

  test('happens twice, at once or later', async () => {
    plan({ operation: 'Deliver', fault: 'duplicate' });
    await events.put();
    expect(events.targets()).toEqual([r, r]);
    plan({ operation: 'Deliver', fault: 'duplicate', ms: 1_000 });
    await events.put();
    expect(events.targets()).toEqual([r]);
    await events.restart();
    await events.clock.advance(1_000);
    expect(events.targets()).toEqual([r]);
  });

  test('is held back while others overtake it, in an order that the seed decides', async () => {
    const order = async (seed: number) => {
      plan({ operation: 'Deliver', fault: 'reorder', rate: 0.5 }, seed);
      await putNumbered(10);
      expect(events.clock.pending()[0]?.label).toBe(`events: held back delivery of rule r to ${r}`);
      await events.restart();
      await events.clock.advance(1_000);
      return numbers();
    };
    const first = await order(7);
    expect(first).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect([...first].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(await order(7)).toEqual(first);
    expect(await order(8)).not.toEqual(first);
  });

  test('to another bus is struck too, and goes on from the store', async () => {
    await events.run('CreateEventBus', { Name: 'b' });
    await events.rule('on-b', shop, undefined, { EventBusName: 'b' });
    await events.rule('forward', shop, [{ Id: 'b', Arn: busArn('b') }]);
    plan({ operation: 'Deliver', target: busArn('b'), fault: 'throttle', times: 1 });
    const { EventId } = await events.put();
    expect(events.targets()).toEqual([r]);
    await events.restart();
    await events.clock.advance(1_000);
    expect(events.payloads()).toMatchObject([{ id: EventId, source: 'shop', detail: { orderId: 'o-1' } }]);
  });
});

describe('an entry', () => {
  test.each([
    ['error', 'InternalFailure'],
    ['throttle', 'ThrottlingException'],
  ] as const)('fails by %s in an answer that is a success, and is not taken', async (fault, ErrorCode) => {
    await events.rule('r', shop);
    plan({ operation: 'PutEvents.Entry', target: 'default', caller: 'root', fault, skip: 1, times: 1 });
    const entry = { Source: 'shop', DetailType: 'd', Detail: '{}' };
    expect(await events.run('PutEvents', { Entries: [entry, entry, entry] })).toEqual({
      FailedEntryCount: 1,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode, ErrorMessage: expect.any(String) },
        { EventId: expect.any(String) },
      ],
    });
    expect(events.targets()).toHaveLength(2);
  });
});

test('every point at which the adversary may strike is declared, and API calls fail as at AWS', () => {
  expect(events.service.faultPoints).toEqual({
    Deliver: ['error', 'throttle', 'latency', 'duplicate', 'reorder'],
    'PutEvents.Entry': ['error', 'throttle'],
  });
  expect(events.service.failure?.('error', 'PutRule', {})).toMatchObject({ code: 'InternalException', status: 500 });
  expect(events.service.failure?.('throttle', 'PutRule', {})).toMatchObject({ code: 'ThrottlingException' });
});

test('a reset empties what flows through, and leaves what is deployed', async () => {
  await events.run('CreateArchive', { ArchiveName: 'a', EventSourceArn: busArn('default') });
  await events.rule('r', shop);
  plan({ operation: 'Deliver', fault: 'latency', ms: 1_000, times: 1 });
  await events.put();
  await events.run('StartReplay', {
    ReplayName: 'again',
    EventSourceArn: 'arn:aws:events:us-east-1:000000000000:archive/a',
    EventStartTime: 0,
    EventEndTime: 4e9,
    Destination: { Arn: busArn('default') },
  });
  await events.reset();
  await events.clock.advance(10_000);
  expect(events.targets()).toEqual([]);
  expect(await events.run('DescribeArchive', { ArchiveName: 'a' })).toMatchObject({ EventCount: 0, SizeBytes: 0 });
  expect(await events.run('ListReplays', {})).toEqual({ Replays: [] });
  await events.put();
  expect(events.targets()).toEqual([functionArn('r')]);
});
