import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Hop } from '../../../localstack/cloud/core/trace';
import { arnOf, LambdaBench, queueArn, requestOf } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench().start();
});
afterEach(() => bench.stop());

const OK = 'export const handler = async (event) => ({ did: event });';
const FAILS = 'export const handler = async () => { throw new Error("no"); };';
const EVENT = { 'x-amz-invocation-type': 'Event' };
const MINUTE = 60_000;

/** Whatever Lambda did, without ids and times. */
const hops = () => bench.trace.latest(100).map(({ operation, by, outcome }) => [operation, by, outcome]);
const operations = (...names: string[]): Hop[] =>
  bench.trace.latest(100).filter(({ operation }) => names.includes(operation));

/** A hop as the front door begins it, in which `run` happens. */
function within<T>(run: () => T): T {
  const id = bench.trace.note({ service: 'test', operation: 'Call', target: '', by: 'root', about: '' });
  return bench.trace.within(id, run);
}

const callHop = () => operations('Call')[0]!.id;

describe('an invocation', () => {
  test('is a hop, caused by the call, by its caller', async () => {
    await bench.deploy('f', OK);
    const hop = bench.trace.note({ service: 'lambda', operation: 'Call', target: '', by: 'root', about: '' });
    const request = requestOf({ method: 'POST', body: Buffer.from('{"order":"o-1"}') });
    await bench.service.rawOperations!.Invoke!(request, { FunctionName: 'f' }, { ...bench.call, hop });
    expect(bench.trace.find('o-1').map(({ operation }) => operation)).toEqual(['Call', 'Invoke']);
    expect(operations('Invoke')).toMatchObject([{ causes: [hop], target: arnOf('f'), by: 'root', outcome: 'ok' }]);
  });

  test('is the parent segment in the trace header that the function sees', async () => {
    await bench.deploy('f', 'export const handler = async () => process.env._X_AMZN_TRACE_ID;');
    const { payload } = await bench.invoke('f');
    expect(payload).toMatch(new RegExp(`;Parent=${operations('Invoke')[0]!.id};Sampled=0$`));
  });

  test('is sampled where tracing is active', async () => {
    await bench.deploy('f', 'export const handler = async () => process.env._X_AMZN_TRACE_ID;', {
      TracingConfig: { Mode: 'Active' },
    });
    expect((await bench.invoke('f')).payload).toMatch(/;Sampled=1$/);
    const shown = await bench.run('UpdateFunctionConfiguration', {
      FunctionName: 'f',
      TracingConfig: { Mode: 'PassThrough' },
    });
    expect(shown.TracingConfig).toEqual({ Mode: 'PassThrough' });
    expect((await bench.invoke('f')).payload).toMatch(/;Sampled=0$/);
  });

  test('that is throttled is shown', async () => {
    await bench.deploy('f', OK);
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await expect(bench.invoke('f')).rejects.toMatchObject({ code: 'TooManyRequestsException' });
    expect(operations('Invoke')).toMatchObject([
      { outcome: 'throttled', error: 'TooManyRequestsException: Rate Exceeded.' },
    ]);
  });

  test('that fails says why', async () => {
    await bench.deploy('f', FAILS);
    await bench.invoke('f');
    expect(operations('Invoke')).toMatchObject([{ outcome: 'error', error: 'Error: no' }]);
  });
});

describe('an asynchronous event', () => {
  const enqueue = (name: string) =>
    within(() => bench.peer.enqueue(arnOf(name), '{"order":"o-1"}', bench.call.principal));

  test('keeps its cause, through retries and a crash, to its dead-letter queue', async () => {
    await bench.queue('dead');
    await bench.deploy('f', FAILS, { DeadLetterConfig: { TargetArn: queueArn('dead') } });
    enqueue('f');
    await bench.idle();
    await bench.advance(MINUTE);
    await bench.crash();
    await bench.advance(2 * MINUTE);
    const tries = operations('Invoke');
    expect(tries.map(({ causes, outcome }) => [causes, outcome])).toEqual(Array(3).fill([[callHop()], 'error']));
    expect(operations('DeadLetter')).toMatchObject([
      { causes: [tries[2]!.id], target: queueArn('dead'), by: 'f', outcome: 'ok' },
    ]);
    expect(bench.trace.find('o-1').map(({ operation }) => operation)).toEqual([
      'Call',
      'Invoke',
      'Invoke',
      'Invoke',
      'DeadLetter',
    ]);
  });

  test('its destination is a hop, and what that invokes is its consequence', async () => {
    await bench.deploy('f', OK);
    await bench.deploy('g', OK);
    await bench.run('PutFunctionEventInvokeConfig', {
      FunctionName: 'f',
      DestinationConfig: { OnSuccess: { Destination: arnOf('g') } },
    });
    enqueue('f');
    await bench.idle();
    const [first, second] = operations('Invoke');
    const [destination] = operations('Destination');
    expect(destination).toMatchObject({ causes: [first!.id], target: arnOf('g'), by: 'f', outcome: 'ok' });
    expect(second).toMatchObject({ causes: [destination!.id], target: arnOf('g'), by: 'f' });
  });

  test('a delivery that fails says why', async () => {
    await bench.deploy('f', OK);
    await bench.run('PutFunctionEventInvokeConfig', {
      FunctionName: 'f',
      DestinationConfig: { OnSuccess: { Destination: queueArn('nowhere') } },
    });
    enqueue('f');
    await bench.idle();
    expect(operations('Destination')).toMatchObject([
      { outcome: expect.stringMatching(/NonExistentQueue|DoesNotExist/) },
    ]);
  });

  test('that is given up without a try is caused by the call', async () => {
    await bench.queue('failed');
    await bench.deploy('f', OK);
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await bench.run('PutFunctionEventInvokeConfig', {
      FunctionName: 'f',
      DestinationConfig: { OnFailure: { Destination: queueArn('failed') } },
    });
    enqueue('f');
    await bench.idle();
    expect(operations('Invoke', 'Destination')).toMatchObject([{ operation: 'Destination', causes: [callHop()] }]);
  });

  test('sent by a call of the API names its caller', async () => {
    await bench.deploy('f', OK);
    await bench.invoke('f', {}, EVENT);
    await bench.idle();
    expect(hops()).toEqual([['Invoke', 'root', 'ok']]);
  });
});

describe('a request to a function URL', () => {
  const ask = async (headers: Record<string, string> = {}) => {
    await bench.deploy(
      'f',
      'export const handler = async (e) => ({ statusCode: Number(e.queryStringParameters.code) });',
    );
    const url = await bench.run('CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE' });
    for (const [Action, condition] of [
      ['lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'NONE' }],
      ['lambda:InvokeFunction', { InvokedViaFunctionUrl: true }],
    ] as const) {
      await bench.run('AddPermission', {
        FunctionName: 'f',
        StatementId: Action.split(':')[1],
        Action,
        Principal: '*',
        ...condition,
      });
    }
    const id = url.FunctionUrl.split('/').at(-2);
    const request = requestOf({
      method: 'POST',
      path: '/orders/o-1/pay',
      rawQuery: 'code=409',
      query: new URLSearchParams('code=409'),
      headers,
      body: Buffer.from('{"payment":"p-1"}'),
    });
    return bench.peer.handleUrl(id, request, bench.call);
  };

  test.each(['o-1', 'p-1'])('is found by what stands in its path or its body: %s', async (value) => {
    await ask();
    expect(bench.trace.find(value).map(({ operation, by, outcome }) => [operation, by, outcome])).toEqual([
      ['InvokeFunctionUrl', 'anonymous', '409'],
      ['Invoke', 'anonymous', 'ok'],
    ]);
  });

  test('is caused by the invocation that sent it', async () => {
    await ask({ 'x-amzn-trace-id': 'Root=1-00000000-000000000000000000000000;Parent=0123456789abcdef;Sampled=0' });
    const [request] = operations('InvokeFunctionUrl');
    expect(request!.causes).toEqual(['0123456789abcdef']);
    expect(operations('Invoke')[0]!.causes).toEqual([request!.id]);
  });
});
