import { existsSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { FaultRule } from '../../../localstack/cloud/core/faults';
import { arnOf, LambdaBench } from './lambda-bench';

let bench: LambdaBench;
const mark = join(tmpdir(), `lambda-fault-${process.pid}`);
beforeEach(async () => {
  bench = await new LambdaBench().start();
});
afterEach(async () => {
  rmSync(mark, { force: true });
  await bench.stop();
});

const EVENT = { 'x-amz-invocation-type': 'Event' };
const TAIL = { 'x-amz-log-type': 'Tail' };
/** A handler whose effect can be seen from outside. */
const WRITES = `import { writeFileSync } from 'node:fs';
  let n = 0;
  export const handler = async () => { console.log('at work'); writeFileSync('${mark}', 'x'); return ++n; };`;

const plan = (...rules: Omit<FaultRule, 'service'>[]) =>
  bench.faults.plan({ seed: 7, rules: rules.map((rule) => ({ service: 'lambda', ...rule })) });
const outcomes = () => bench.notes.map(({ outcome }) => outcome);

describe('an invocation', () => {
  const strike = (fault: FaultRule['fault'], more: Partial<FaultRule> = {}) =>
    plan({ fault, operation: 'Invocation', target: 'f', times: 1, ...more });

  test('error: it fails without having run, and the next one is not affected', async () => {
    await bench.deploy('f', WRITES);
    strike('error');
    const { functionError, payload, log } = await bench.invoke('f', {}, TAIL);
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({
      errorType: 'Runtime.Unknown',
      errorMessage: expect.stringMatching(/^RequestId: [0-9a-f-]{36} Error: Unknown application error occurred$/),
    });
    expect(existsSync(mark)).toBe(false);
    expect(log).toMatch(/^START RequestId: (.*) Version: \$LATEST\nRequestId: \1 Error: .*\nRuntime.Unknown\nEND/);
    expect(log).toMatch(/Status: error\tError Type: Runtime.Unknown/);
    expect((await bench.invoke('f')).payload).toBe(1);
  });

  test('error: with the name and words that were asked for', async () => {
    await bench.deploy('f', WRITES);
    strike('error', { code: 'Extension.Crash', message: 'exit code 1' });
    expect((await bench.invoke('f')).payload).toMatchObject({
      errorType: 'Extension.Crash',
      errorMessage: expect.stringMatching(/Error: exit code 1$/),
    });
  });

  test('throttle: refused as when no concurrency is left', async () => {
    await bench.deploy('f', WRITES);
    strike('throttle');
    await expect(bench.invoke('f')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      fields: { Reason: 'ConcurrentInvocationLimitExceeded', Type: 'User' },
    });
    expect(outcomes()).toEqual(['throttled']);
    expect((await bench.invoke('f')).payload).toBe(1);
  });

  test('throttle: an asynchronous event waits with back-off', async () => {
    await bench.deploy('f', WRITES);
    strike('throttle', { times: 2 });
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    await bench.advance(2999);
    expect(outcomes()).toEqual(['throttled', 'throttled']);
    await bench.advance(1);
    expect(outcomes()).toEqual(['throttled', 'throttled', 'ok']);
  });

  test('latency: it begins later, by the clock, and idle does not wait for that', async () => {
    await bench.deploy('f', WRITES);
    strike('latency', { ms: 5000 });
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    await bench.advance(4999);
    expect(existsSync(mark)).toBe(false);
    await bench.advance(1);
    expect(outcomes()).toEqual(['ok']);
  });

  test('latency: what waits behind it does not keep the clock from going on either', async () => {
    const queued = new LambdaBench({ maxEnvironmentsPerFunction: 1 });
    await queued.start();
    await queued.deploy('f', 'export const handler = async () => 1;');
    queued.faults.plan({ seed: 1, rules: [{ service: 'lambda', fault: 'latency', ms: 1000, times: 1 }] });
    for (let n = 0; n < 3; n++) await queued.invoke('f', {}, EVENT);
    await queued.advance(1000);
    expect(queued.notes.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'ok']);
    await queued.stop();
  });

  test('crash-before: the environment dies before the handler does anything', async () => {
    await bench.deploy('f', WRITES);
    await bench.invoke('f');
    rmSync(mark);
    strike('crash-before');
    const { functionError, payload, log } = await bench.invoke('f', {}, TAIL);
    expect(functionError).toBe('Unhandled');
    expect(payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringMatching(/Error: Runtime exited with error: signal: killed$/),
    });
    expect(existsSync(mark)).toBe(false);
    expect(log).not.toContain('at work');
    expect((await bench.invoke('f')).payload).toBe(1);
  });

  test('crash-after: the handler has done all of its work, and nobody hears of it', async () => {
    await bench.deploy('f', WRITES);
    strike('crash-after');
    const { functionError, payload, log } = await bench.invoke('f', {}, TAIL);
    expect(functionError).toBe('Unhandled');
    expect(payload.errorMessage).toMatch(/signal: killed$/);
    expect(existsSync(mark)).toBe(true);
    expect(log).toContain('at work');
    expect((await bench.invoke('f')).payload).toBe(1);
  });

  test('crash-after: an asynchronous event is run again', async () => {
    await bench.deploy('f', WRITES);
    strike('crash-after');
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    await bench.advance(60_000);
    expect(outcomes()).toEqual(['error', 'ok']);
  });

  test('strikes by the name of the caller, too', async () => {
    await bench.deploy('f', WRITES);
    strike('error', { caller: 'events' });
    expect((await bench.invoke('f')).functionError).toBeUndefined();
    await bench.run('AddPermission', {
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    });
    bench.peer.enqueue(arnOf('f'), '{}', { kind: 'service', service: 'events.amazonaws.com', arn: 'events' });
    await bench.idle();
    expect(outcomes()).toEqual(['ok', 'error']);
  });
});

describe('asynchronous events', () => {
  const NOTES = 'export const handler = async (event) => event.n;';
  const order = (): string[] =>
    bench.trace
      .latest(100)
      .filter(({ operation }) => operation === 'Invoke')
      .map(({ id }) => id);
  /** The numbers of the events in the order in which they were run. */
  const run = (count: number): number[] => {
    const found: [number, number][] = [];
    for (let n = 0; n < count; n++) {
      for (const { id } of bench.trace.find(`event-${n}`)) found.push([order().indexOf(id), n]);
    }
    return found.sort(([a], [b]) => a - b).map(([, n]) => n);
  };
  const send = async (count: number) => {
    for (let n = 0; n < count; n++) await bench.invoke('f', { name: `event-${n}` }, EVENT);
    await bench.idle();
  };

  test('duplicate: an event that succeeded is run once more, with the same request id', async () => {
    await bench.deploy('f', NOTES);
    plan({ fault: 'duplicate', operation: 'Async' });
    await send(2);
    expect(outcomes()).toEqual(['ok', 'ok', 'ok', 'ok']);
    expect(new Set(bench.notes.map(({ requestId }) => requestId)).size).toBe(2);
    expect(run(2).sort()).toEqual([0, 0, 1, 1]);
  });

  test('duplicate: the second run outlives a crash', async () => {
    await bench.deploy('f', NOTES);
    plan({ fault: 'duplicate', operation: 'Async', times: 1 }, { fault: 'throttle', operation: 'Invocation', skip: 1 });
    await send(1);
    expect(outcomes()).toEqual(['ok', 'throttled']);
    bench.faults.clear();
    await bench.crash();
    await bench.advance(10_000);
    expect(outcomes()).toEqual(['ok', 'throttled', 'ok']);
  });

  test('reorder: another than the oldest goes first, the same way each time', async () => {
    const seen: number[][] = [];
    for (let time = 0; time < 2; time++) {
      await bench.stop();
      bench = await new LambdaBench({ maxEnvironmentsPerFunction: 1 }).start();
      await bench.deploy('f', NOTES);
      plan({ fault: 'reorder', operation: 'Async' });
      await send(8);
      await bench.advance(1000);
      seen.push(run(8));
    }
    expect([...seen[0]!].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(seen[0]).not.toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(seen[1]).toEqual(seen[0]);
  });

  test('reorder: an event that is alone is held back, so that a later one overtakes it', async () => {
    await bench.deploy('f', NOTES);
    plan({ fault: 'reorder', operation: 'Async', times: 1 });
    await send(1);
    expect(outcomes()).toEqual([]);
    await bench.invoke('f', { name: 'event-1' }, EVENT);
    await bench.idle();
    await bench.advance(1000);
    expect(run(2)).toEqual([1, 0]);
  });
});

describe('what the service tells the adversary', () => {
  test('its points, its data and its files', () => {
    expect(bench.service.faultPoints).toMatchObject({
      Invocation: ['error', 'throttle', 'latency', 'crash-before', 'crash-after'],
      Async: ['duplicate', 'reorder'],
    });
    expect(bench.service.dataSpaces).toContain('lambda-async');
    expect(bench.service.files).toEqual(['lambda/code']);
  });

  test.each([
    ['throttle', 'Invoke', undefined, 'TooManyRequestsException', 429],
    ['throttle', 'GetFunction', undefined, 'TooManyRequestsException', 429],
    ['error', 'Invoke', undefined, 'ServiceException', 500],
    ['error', 'Invoke', 'ResourceNotReadyException', 'ResourceNotReadyException', 502],
  ] as const)('%s of %s (%s) is %s, %d', (kind, operation, asked, code, status) => {
    expect(bench.service.failure!(kind, operation, {}, asked)).toMatchObject({ code, status });
  });
});

test('after stop, nothing of Lambda waits for the clock any more', async () => {
  await bench.deploy('f', 'export const handler = async () => { throw new Error("x"); };');
  await bench.invoke('f', {}, EVENT);
  await bench.idle();
  expect(bench.clock.pending()).not.toEqual([]);
  await bench.service.stop!();
  expect(bench.clock.pending()).toEqual([]);
});
