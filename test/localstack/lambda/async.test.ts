import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { arnOf, LambdaBench, queueArn, START } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench().start();
});
afterEach(() => bench.stop());

const EVENT = { 'x-amz-invocation-type': 'Event' };
const OK = 'export const handler = async (event) => ({ did: event });';
const FAILS = 'export const handler = async (event) => { throw new Error("no " + event.n); };';
const MINUTE = 60_000;
const outcomes = () => bench.notes.map(({ outcome }) => outcome);

async function destinations(name: string, config: object): Promise<void> {
  await bench.run('PutFunctionEventInvokeConfig', { FunctionName: name, ...config });
}

test('an event is accepted at once and then run', async () => {
  await bench.deploy('f', OK);
  expect(await bench.invoke('f', { n: 1 }, EVENT)).toMatchObject({ status: 202, payload: undefined });
  expect(outcomes()).toEqual([]);
  await bench.idle();
  expect(outcomes()).toEqual(['ok']);
});

test('a failed event is tried again after one and two minutes, and then given up', async () => {
  await bench.deploy('f', FAILS);
  await bench.invoke('f', { n: 1 }, EVENT);
  await bench.idle();
  expect(outcomes()).toHaveLength(1);
  await bench.advance(MINUTE - 1);
  expect(outcomes()).toHaveLength(1);
  await bench.advance(1);
  expect(outcomes()).toHaveLength(2);
  await bench.advance(2 * MINUTE - 1);
  expect(outcomes()).toHaveLength(2);
  await bench.advance(1);
  expect(outcomes()).toEqual(['error', 'error', 'error']);
  await bench.advance(60 * MINUTE);
  expect(outcomes()).toHaveLength(3);
});

test('all tries of an event have the same request id', async () => {
  await bench.deploy('f', FAILS);
  await bench.invoke('f', {}, EVENT);
  await bench.idle();
  await bench.advance(3 * MINUTE);
  expect(bench.notes).toHaveLength(3);
  expect(new Set(bench.notes.map(({ requestId }) => requestId)).size).toBe(1);
});

describe('destinations', () => {
  test('the failure record of an event that was given up', async () => {
    await bench.deploy('f', FAILS);
    await bench.queue('failed');
    await destinations('f', {
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    await bench.invoke('f', { n: 7 }, EVENT);
    await bench.idle();
    expect(bench.messages('failed')).toEqual([]);
    await bench.advance(MINUTE);
    const [body, ...others] = bench.messages('failed').map((text) => JSON.parse(text));
    expect(others).toEqual([]);
    expect(body).toEqual({
      version: '1.0',
      timestamp: new Date(START + MINUTE).toISOString(),
      requestContext: {
        requestId: bench.notes[0]!.requestId,
        functionArn: `${arnOf('f')}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 2,
      },
      requestPayload: { n: 7 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'Error', errorMessage: 'no 7', trace: expect.any(Array) },
    });
  });

  test('the success record, on EventBridge', async () => {
    await bench.deploy('f', OK);
    const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/results';
    await destinations('f', { DestinationConfig: { OnSuccess: { Destination: bus } } });
    await bench.invoke('f', { n: 7 }, EVENT);
    await bench.idle();
    expect(bench.bus.entries).toMatchObject([
      {
        bus,
        source: 'lambda',
        detailType: 'Lambda Function Invocation Result - Success',
        resources: [`${arnOf('f')}:$LATEST`, bus],
      },
    ]);
    expect(JSON.parse(bench.bus.entries[0]!.detail)).toMatchObject({
      requestContext: { condition: 'Success', approximateInvokeCount: 1 },
      requestPayload: { n: 7 },
      responsePayload: { did: { n: 7 } },
    });
  });

  test('another function', async () => {
    await bench.deploy('f', FAILS);
    await bench.deploy('repair', OK);
    await destinations('f', {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: arnOf('repair') } },
    });
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    expect(bench.notes.map(({ functionName, outcome }) => [functionName, outcome])).toEqual([
      ['f', 'error'],
      ['repair', 'ok'],
    ]);
  });

  test('a role that may not send to the destination loses the record, and the log says so', async () => {
    const Role = await bench.role('poor', []);
    await bench.deploy('f', FAILS, { Role });
    await bench.queue('failed');
    await destinations('f', {
      MaximumRetryAttempts: 0,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    expect(bench.messages('failed')).toEqual([]);
    expect((await bench.logs('f')).join('\n')).toMatch(
      /could not deliver to .*:failed: .*not authorized.*sqs:SendMessage/i,
    );
  });

  test('a dead-letter queue gets the event itself, with the error in attributes', async () => {
    await bench.deploy('f', FAILS, { DeadLetterConfig: { TargetArn: queueArn('dead') } });
    await bench.queue('dead');
    await bench.invoke('f', { n: 7 }, EVENT);
    await bench.idle();
    await bench.advance(3 * MINUTE);
    const [message] = bench.registry.peer('sqs').receive(queueArn('dead'), 10);
    expect(message).toMatchObject({
      body: '{"n":7}',
      messageAttributes: {
        RequestID: { StringValue: bench.notes[0]!.requestId },
        ErrorCode: { DataType: 'Number', StringValue: '200' },
        ErrorMessage: { StringValue: 'no 7' },
      },
    });
  });

  test('S3 is refused by name', async () => {
    await bench.deploy('f', OK);
    const Destination = 'arn:aws:s3:::bucket';
    await expect(destinations('f', { DestinationConfig: { OnFailure: { Destination } } })).rejects.toMatchObject({
      code: 'NotImplemented',
      message: expect.stringContaining('s3'),
    });
  });
});

describe('limits', () => {
  test('an event that became too old is not tried any more', async () => {
    await bench.deploy('f', FAILS);
    await bench.queue('failed');
    await destinations('f', {
      MaximumEventAgeInSeconds: 90,
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    await bench.advance(10 * MINUTE);
    expect(outcomes()).toEqual(['error', 'error']);
    const [body] = bench.messages('failed').map((text) => JSON.parse(text));
    expect(body.requestContext.condition).toBe('EventAgeExceeded');
    expect(body.responsePayload).toBeUndefined();
  });

  test('without concurrency, events wait and are tried with back-off; that is no retry', async () => {
    await bench.deploy('f', OK.replace('=> (', '=> (await new Promise((r) => setTimeout(r, 20)), '));
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 });
    await destinations('f', { MaximumRetryAttempts: 0 });
    for (let n = 0; n < 3; n++) await bench.invoke('f', { n }, EVENT);
    await bench.idle();
    expect(outcomes().filter((outcome) => outcome === 'ok').length).toBeLessThan(3);
    await bench.advance(10_000);
    expect(outcomes().filter((outcome) => outcome === 'ok')).toHaveLength(3);
    expect(outcomes()).toContain('throttled');
  });

  test('a reservation of zero sends events straight to the destination', async () => {
    await bench.deploy('f', OK);
    await bench.queue('failed');
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await destinations('f', { DestinationConfig: { OnFailure: { Destination: queueArn('failed') } } });
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    expect(bench.messages('failed').map((text) => JSON.parse(text).requestContext.condition)).toEqual([
      'ZeroReservedConcurrency',
    ]);
  });
});

describe('after a crash', () => {
  test('an event that was accepted is run', async () => {
    await bench.deploy('f', OK);
    await bench.invoke('f', { n: 1 }, EVENT);
    await bench.crash();
    await bench.idle();
    expect(outcomes()).toContain('ok');
  });

  test('an event that was running is run again', async () => {
    await bench.stop();
    bench = await new LambdaBench({ stopGraceMs: 0 }).start();
    const marker = join(bench.dir, 'began');
    await bench.deploy(
      'f',
      `import { existsSync, writeFileSync } from 'node:fs';
       export const handler = async ({ marker }) => {
         if (existsSync(marker)) return;
         writeFileSync(marker, '');
         for (;;);
       };`,
    );
    await bench.invoke('f', { marker }, EVENT);
    while (!existsSync(marker)) await new Promise((resolve) => setImmediate(resolve));
    await bench.crash();
    await bench.idle();
    expect(outcomes().at(-1)).toBe('ok');
  });

  test('retries come when they are due, with the attempts that were made', async () => {
    await bench.deploy('f', FAILS);
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    await bench.crash();
    await bench.idle();
    expect(bench.notes).toHaveLength(1);
    await bench.advance(MINUTE);
    expect(bench.notes).toHaveLength(2);
    await bench.crash();
    await bench.advance(2 * MINUTE);
    expect(bench.notes).toHaveLength(3);
    await bench.advance(60 * MINUTE);
    expect(bench.notes).toHaveLength(3);
  });
});

describe('enqueue by another service', () => {
  const events = { kind: 'service', service: 'events.amazonaws.com', arn: 'events.amazonaws.com' } as const;
  const rule = 'arn:aws:events:us-east-1:000000000000:rule/orders/r';

  test('needs a permission for that service and source', async () => {
    await bench.deploy('f', OK);
    expect(() => bench.peer.enqueue(arnOf('f'), '{}', events, rule)).toThrow(
      'not authorized to perform: lambda:InvokeFunction',
    );
    await bench.run('AddPermission', {
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn: rule,
    });
    expect(() => bench.peer.enqueue(arnOf('f'), '{}', events, `${rule}2`)).toThrow('not authorized');
    bench.peer.enqueue(arnOf('f'), '{}', events, rule);
    await bench.idle();
    expect(bench.notes).toMatchObject([{ outcome: 'ok', trigger: 'events' }]);
  });

  test('throws when there is no such function', () => {
    expect(() => bench.peer.enqueue(arnOf('none'), '{}', events)).toThrow('Function not found');
  });

  test('a thousand events a second are accepted and run', async () => {
    await bench.deploy('f', OK);
    const began = performance.now();
    for (let n = 0; n < 1000; n++) bench.peer.enqueue(arnOf('f'), `{"n":${n}}`, bench.call.principal);
    await bench.idle();
    expect(outcomes().filter((outcome) => outcome === 'ok')).toHaveLength(1000);
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
