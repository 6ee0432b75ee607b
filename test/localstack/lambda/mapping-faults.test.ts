import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { STREAM } from './fake-streams';
import { LambdaBench, queueArn } from './lambda-bench';
import { seenEvents, seenVariable, writeDown } from './seen-events';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
});
afterEach(() => bench.stop());

const deploy = (body = '') =>
  bench.deploy(
    'f',
    `export const handler = async (event) => {
      const seen = event.Records.map((r) => r.body ?? r.dynamodb.Keys.pk.S + r.dynamodb.NewImage.n.N);
      ${writeDown('seen')}
      ${body}
    };`,
    { Environment: { Variables: seenVariable(bench) } },
  );
const seen = (): string[][] => seenEvents(bench);

const plan = (operation: string, rule: Partial<FaultRule> & Pick<FaultRule, 'fault'>, seed = 1) =>
  bench.faults.plan({ seed, rules: [{ service: 'lambda', operation, target: 'f', ...rule }] });

test('both points are named, so that a rule for them is taken', () => {
  expect(bench.service.faultPoints).toMatchObject({
    StreamBatch: ['duplicate', 'reorder', 'latency'],
    QueueBatch: ['duplicate', 'reorder', 'latency'],
  });
});

describe('a batch of a stream', () => {
  beforeEach(() => {
    bench.streams.key = 'pk';
  });
  const map = (settings: object = {}) =>
    bench.run('CreateEventSourceMapping', {
      EventSourceArn: STREAM,
      FunctionName: 'f',
      StartingPosition: 'TRIM_HORIZON',
      ...settings,
    });
  /** `a1 b2`: the record with number 1 of item a, then … */
  const write = (text: string) =>
    bench.streams.write(
      text.split(' ').map((word) => ({ pk: word[0]!, n: Number(word.slice(1)) })),
      bench.clock.now(),
    );

  test('that succeeded comes again, once', async () => {
    await deploy();
    plan('StreamBatch', { fault: 'duplicate' });
    write('a1 a2 a3');
    await map({ BatchSize: 2 });
    await bench.idle();
    expect(seen()).toEqual([['a1', 'a2'], ['a1', 'a2'], ['a3'], ['a3']]);
  });

  test('that comes again, and fails then, is tried again like any other', async () => {
    await deploy(`
      const tries = (await import('node:fs')).readFileSync(process.env.SEEN, 'utf8').trim().split('\\n').length;
      if (tries === 2) throw new Error('the second time');`);
    plan('StreamBatch', { fault: 'duplicate' });
    await map();
    write('a1');
    await bench.idle();
    expect(seen()).toHaveLength(2);
    await bench.advance(200);
    expect(seen()).toHaveLength(3);
  });

  test('lets records of one item overtake those of another, never their own', async () => {
    await deploy();
    write('a1 b1 a2 c1 b2 a3');
    const orders = new Set<string>();
    for (let seed = 0; seed < 8; seed++) {
      plan('StreamBatch', { fault: 'reorder' }, seed);
      const before = seen().length;
      const { UUID } = await map();
      await bench.idle();
      await bench.run('DeleteEventSourceMapping', { UUID });
      const order = seen().slice(before).flat();
      orders.add(order.join(' '));
      for (const item of 'abc') {
        const own = order.filter((word) => word.startsWith(item));
        expect(own).toEqual([...own].sort());
      }
      expect([...order].sort()).toEqual(['a1', 'a2', 'a3', 'b1', 'b2', 'c1']);
      expect(order[0]).not.toBe('a1');
    }
    expect(orders.size).toBeGreaterThan(1);
  });

  test('keeps its place when only those that overtook are done', async () => {
    await deploy(`if (seen.includes('a1')) throw new Error('not yet');`);
    plan('StreamBatch', { fault: 'reorder' });
    await map();
    write('a1 b1');
    await bench.idle();
    expect(seen()).toEqual([['b1'], ['a1']]);
    bench.faults.clear();
    await bench.crash();
    await bench.idle();
    expect(seen().slice(2)).toEqual([['a1', 'b1']]);
  });

  test('is late by the clock', async () => {
    await deploy();
    plan('StreamBatch', { fault: 'latency', ms: 5_000 });
    await map();
    write('a1');
    await bench.idle();
    await bench.advance(4_999);
    expect(seen()).toEqual([]);
    await bench.advance(1);
    expect(seen()).toEqual([['a1']]);
  });

  test('that is late is not begun any more when the mapping is switched off', async () => {
    await deploy();
    plan('StreamBatch', { fault: 'latency', ms: 5_000 });
    const { UUID } = await map();
    write('a1');
    await bench.idle();
    await bench.run('UpdateEventSourceMapping', { UUID, Enabled: false });
    await bench.advance(10_000);
    expect(seen()).toEqual([]);
  });

  test('meets the same faults under the same seed', async () => {
    await deploy();
    write('a1 b1 c1 a2 b2 c2 a3 b3');
    const runs: string[][][] = [];
    for (let run = 0; run < 2; run++) {
      bench.faults.plan({
        seed: 7,
        rules: [
          { service: 'lambda', operation: 'StreamBatch', fault: 'duplicate', rate: 0.5 },
          { service: 'lambda', operation: 'StreamBatch', fault: 'reorder', rate: 0.5 },
        ],
      });
      const before = seen().length;
      const { UUID } = await map({ BatchSize: 2 });
      await bench.idle();
      await bench.run('DeleteEventSourceMapping', { UUID });
      runs.push(seen().slice(before));
    }
    expect(runs[1]).toEqual(runs[0]);
    expect(runs[0]!.length).toBeGreaterThan(4);
  });
});

describe('a batch of a queue', () => {
  const map = (name = 'q') =>
    bench.run('CreateEventSourceMapping', { EventSourceArn: queueArn(name), FunctionName: 'f' });
  const send = (queue: string, ...messages: string[]) => {
    const sqs = bench.registry.peer('sqs');
    for (const body of messages) {
      const groupId = queue.endsWith('.fifo') ? { groupId: body[0]! } : {};
      sqs.send(queueArn(queue), { body, ...groupId }, bench.call.principal);
    }
  };

  test('that succeeded comes again, once, and is deleted then', async () => {
    await bench.queue('q');
    await deploy();
    plan('QueueBatch', { fault: 'duplicate' });
    send('q', 'a', 'b');
    await map();
    await bench.idle();
    await bench.advance(120_000);
    expect(seen()).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(bench.messages('q')).toEqual([]);
  });

  test('has its messages in another order', async () => {
    await bench.queue('q');
    await deploy();
    plan('QueueBatch', { fault: 'reorder' });
    const bodies = ['a', 'b', 'c', 'd', 'e', 'f'];
    send('q', ...bodies);
    await map();
    await bench.idle();
    expect(seen()[0]).not.toEqual(bodies);
    expect([...seen()[0]!].sort()).toEqual(bodies);
  });

  test('of a FIFO queue keeps the order of each group', async () => {
    await bench.queue('q.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await deploy();
    const bodies = ['a1', 'a2', 'b1', 'b2', 'a3', 'b3'];
    const { UUID } = await map('q.fifo');
    await bench.run('UpdateEventSourceMapping', { UUID, Enabled: false });
    const orders = new Set<string>();
    for (let seed = 0; seed < 6; seed++) {
      plan('QueueBatch', { fault: 'reorder' }, seed);
      const before = seen().length;
      send('q.fifo', ...bodies.map((body) => `${body}.${seed}`));
      await bench.run('UpdateEventSourceMapping', { UUID, Enabled: true });
      await bench.idle();
      await bench.run('UpdateEventSourceMapping', { UUID, Enabled: false });
      await bench.idle();
      const order = seen().slice(before).flat();
      expect(order).toHaveLength(6);
      for (const group of 'ab') {
        const own = order.filter((word) => word.startsWith(group));
        expect(own).toEqual([...own].sort());
      }
      orders.add(order.map((word) => word.slice(0, 2)).join(' '));
    }
    expect(orders.size).toBeGreaterThan(1);
  });

  test('is late by the clock; when the visibility timeout is shorter, its messages come to somebody else too', async () => {
    await bench.queue('q', { VisibilityTimeout: '10' });
    await deploy();
    plan('QueueBatch', { fault: 'latency', ms: 12_000, times: 1 });
    send('q', 'a');
    await map();
    await bench.idle();
    expect(seen()).toEqual([]);
    await bench.advance(10_000);
    expect(seen()).toEqual([['a']]);
    await bench.advance(2_000);
    expect(seen()).toEqual([['a'], ['a']]);
  });
});
