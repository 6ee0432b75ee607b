import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LambdaBench, START, zip } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench().start();
});
afterEach(() => bench.stop());

const TAIL = { 'x-amz-log-type': 'Tail' };

describe('what a function sees', () => {
  test('its event, and its result is the answer', async () => {
    await bench.deploy('f', 'export const handler = async (event) => ({ got: event, n: event.n + 1 });');
    expect(await bench.invoke('f', { n: 1 })).toMatchObject({ status: 200, payload: { got: { n: 1 }, n: 2 } });
  });

  test('its context', async () => {
    await bench.deploy(
      'f',
      `export const handler = async (event, context) => ({ ...context, left: context.getRemainingTimeInMillis() });`,
      { MemorySize: 256, Timeout: 7 },
    );
    const { payload } = await bench.invoke('f');
    expect(payload).toMatchObject({
      functionName: 'f',
      functionVersion: '$LATEST',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:000000000000:function:f',
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/f',
      callbackWaitsForEmptyEventLoop: true,
    });
    expect(payload.awsRequestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(payload.logStreamName).toMatch(/^2026\/01\/15\/\[\$LATEST\][0-9a-f]{32}$/);
    expect(payload.left).toBeGreaterThan(6000);
    expect(payload.left).toBeLessThanOrEqual(7000);
  });

  test('its environment, and nothing of this machine', async () => {
    process.env.A_SECRET_OF_THIS_MACHINE = 'x';
    await bench.deploy('f', 'export const handler = async () => process.env;', {
      Environment: { Variables: { TABLE: 'Events' } },
    });
    const { payload } = await bench.invoke('f');
    delete process.env.A_SECRET_OF_THIS_MACHINE;
    expect(payload).toMatchObject({
      TABLE: 'Events',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_ENDPOINT_URL: 'http://127.0.0.1:4566',
      AWS_LAMBDA_FUNCTION_NAME: 'f',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '128',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/f',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      _HANDLER: 'index.handler',
    });
    expect(payload._X_AMZN_TRACE_ID).toMatch(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24};Parent=[0-9a-f]{16};Sampled=0$/);
    expect(payload.A_SECRET_OF_THIS_MACHINE).toBeUndefined();
    expect(payload.HOME).toBeUndefined();
  });

  test('credentials of its role', async () => {
    await bench.deploy('f', 'export const handler = async () => process.env;');
    const { payload } = await bench.invoke('f');
    expect(bench.registry.peer('iam').resolve(payload.AWS_ACCESS_KEY_ID)).toMatchObject({
      kind: 'role',
      roleArn: 'arn:aws:iam::000000000000:role/role-of-f',
    });
    expect(bench.registry.peer('iam').secretOf(payload.AWS_ACCESS_KEY_ID)).toBe(payload.AWS_SECRET_ACCESS_KEY);
    expect(payload.AWS_SESSION_TOKEN).toBeTruthy();
  });

  test('the time of the cloud, also when that was advanced', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => [Date.now(), new Date().getTime(), new Date(0).getTime(), new Date() instanceof Date];',
    );
    await bench.invoke('f');
    await bench.advance(60_000);
    const { payload } = await bench.invoke('f');
    expect(payload[0]).toBeGreaterThanOrEqual(START + 60_000 - 500);
    expect(payload[0]).toBeLessThan(START + 90_000);
    expect(payload[1] - payload[0]).toBeLessThan(1000);
    expect(payload.slice(2)).toEqual([0, true]);
  });

  test('fresh credentials, long before the old ones expire', async () => {
    await bench.deploy('f', 'export const handler = async () => process.env.AWS_ACCESS_KEY_ID;');
    const first = await bench.invoke('f');
    await bench.advance(11.9 * 3_600_000);
    const second = await bench.invoke('f');
    expect(second.payload).not.toBe(first.payload);
    expect(bench.registry.peer('iam').resolve(second.payload)).toBeDefined();
  });
});

describe('how handlers are loaded', () => {
  const HANDLER = 'async () => "loaded"';
  test.each([
    ['an ES module', { 'index.mjs': `export const handler = ${HANDLER};` }, 'index.handler'],
    ['a CommonJS module', { 'index.js': `exports.handler = ${HANDLER};` }, 'index.handler'],
    ['a .cjs file', { 'index.cjs': `exports.handler = ${HANDLER};` }, 'index.handler'],
    [
      '.js of a package of modules',
      { 'index.js': `export const handler = ${HANDLER};`, 'package.json': '{"type":"module"}' },
      'index.handler',
    ],
    ['a file in a folder', { 'a/b/main.mjs': `export const run = ${HANDLER};` }, 'a/b/main.run'],
    ['a member of an export', { 'index.js': `exports.api = { get: ${HANDLER} };` }, 'index.api.get'],
    [
      'a module that imports another',
      {
        'index.mjs': `import { x } from './x.mjs'; export const handler = async () => x;`,
        'x.mjs': 'export const x = "loaded";',
      },
      'index.handler',
    ],
  ])('%s', async (_what, files, Handler) => {
    await bench.deploy('f', '', { Code: { ZipFile: zip(files as Record<string, string>) }, Handler });
    expect((await bench.invoke('f')).payload).toBe('loaded');
  });

  test.each([
    ['a file that is not there', 'nothing.handler', 'Runtime.ImportModuleError', /Cannot find module 'nothing'/],
    [
      'an export that is not there',
      'index.nothing',
      'Runtime.HandlerNotFound',
      /^index.nothing is undefined or not exported$/,
    ],
    ['an export that is no function', 'index.text', 'Runtime.HandlerNotFound', /^index.text is not a function$/],
  ])('%s is an init error, each time', async (_what, Handler, errorType, message) => {
    await bench.deploy('f', 'export const handler = async () => 1; export const text = "x";', { Handler });
    for (let time = 0; time < 2; time++) {
      const { functionError, payload } = await bench.invoke('f');
      expect(functionError).toBe('Unhandled');
      expect(payload).toMatchObject({ errorType, errorMessage: expect.stringMatching(message) });
    }
  });

  test('the log of an init error has its report before START', async () => {
    await bench.deploy('f', 'throw new Error("not today"); export const handler = 1;');
    await bench.invoke('f');
    expect(await bench.logs('f')).toEqual([
      expect.stringMatching(/^INIT_START /),
      expect.stringMatching(/not today/),
      expect.stringMatching(/^INIT_REPORT Init Duration: \d+\.\d\d ms\tPhase: init\tStatus: error\tError Type: Error$/),
      expect.stringMatching(/^START RequestId: /),
      expect.stringMatching(/^END RequestId: /),
      expect.stringMatching(/^REPORT .*Status: error\tError Type: Error$/),
    ]);
  });

  test('a syntax error is named', async () => {
    await bench.deploy('f', 'exports.handler = async () => { this is not code', { file: 'index.js' });
    expect((await bench.invoke('f')).payload.errorType).toBe('Runtime.UserCodeSyntaxError');
  });

  test('callbacks work up to nodejs22.x, with the answer when the event loop is empty', async () => {
    const source = 'exports.handler = (event, context, done) => { setTimeout(() => done(null, event.n * 2), 5); };';
    await bench.deploy('f', source, { file: 'index.js', Runtime: 'nodejs22.x' });
    expect((await bench.invoke('f', { n: 4 })).payload).toBe(8);
    expect((await bench.invoke('f', { n: 5 })).payload).toBe(10);
  });

  test('a handler up to nodejs22.x that neither calls back nor returns a promise answers null', async () => {
    await bench.deploy('f', 'exports.handler = () => { setTimeout(() => {}, 1); };', {
      file: 'index.js',
      Runtime: 'nodejs20.x',
    });
    expect((await bench.invoke('f')).payload).toBeNull();
  });

  test('a callback handler is refused by nodejs24.x', async () => {
    await bench.deploy('f', 'exports.handler = (event, context, done) => done(null, 1);', { file: 'index.js' });
    expect((await bench.invoke('f')).payload).toMatchObject({
      errorType: 'Runtime.CallbackHandlerDeprecated',
      errorMessage: expect.stringContaining('Node.js 24'),
    });
  });
});

describe('how functions fail', () => {
  test('an error that is thrown comes back with type, message and trace', async () => {
    await bench.deploy(
      'f',
      'class OrderError extends Error { name = "OrderError" }; export const handler = async () => { throw new OrderError("no such order"); };',
    );
    const { functionError, payload, log } = await bench.invoke('f', {}, TAIL);
    expect(functionError).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'OrderError', errorMessage: 'no such order' });
    expect(payload.trace[0]).toBe('OrderError: no such order');
    expect(log).toMatch(/\tERROR\tInvoke Error \t\{"errorType":"OrderError","errorMessage":"no such order"/);
  });

  test('what is thrown need not be an error', async () => {
    await bench.deploy('f', 'export const handler = async () => { throw "just text"; };');
    expect((await bench.invoke('f')).payload).toEqual({ errorType: 'string', errorMessage: 'just text', trace: [] });
  });

  test('a timeout ends the environment, and the next invocation gets a new one', async () => {
    await bench.deploy(
      'f',
      'let n = 0; export const handler = async (event) => { console.log("began"); n++; if (event.hang) for (;;); return n; };',
    );
    expect((await bench.invoke('f')).payload).toBe(1);
    const hanging = bench.invoke('f', { hang: true }, TAIL);
    await bench.clock.advance(3000);
    const { functionError, payload, log } = await hanging;
    expect(functionError).toBe('Unhandled');
    expect(payload.errorType).toBe('Sandbox.Timedout');
    expect(payload.errorMessage).toMatch(/^RequestId: [0-9a-f-]{36} Error: Task timed out after 3.00 seconds$/);
    expect(log).toMatch(/ Task timed out after 3.00 seconds\n\nEND RequestId/);
    expect(log).toMatch(/Status: timeout/);
    expect((await bench.invoke('f')).payload).toBe(1);
    expect(bench.notes.map(({ outcome, cold }) => [outcome, cold])).toEqual([
      ['ok', true],
      ['timeout', false],
      ['ok', true],
    ]);
  });

  test('process.exit ends the environment, and what was printed before is in the log', async () => {
    await bench.deploy('f', 'export const handler = async () => { console.log("last words"); process.exit(1); };');
    const { functionError, payload, log } = await bench.invoke('f', {}, TAIL);
    expect(functionError).toBe('Unhandled');
    expect(payload.errorType).toBe('Runtime.ExitError');
    expect(payload.errorMessage).toMatch(/^RequestId: .* Error: Runtime exited with error: exit status 1$/);
    expect(log).toContain('last words');
  });

  test('process.exit(0) is no success', async () => {
    await bench.deploy('f', 'export const handler = async () => process.exit(0);');
    expect((await bench.invoke('f')).payload.errorMessage).toMatch(/Runtime exited without providing a reason$/);
  });

  test('an exception that nobody catches ends the invocation with it', async () => {
    await bench.deploy(
      'f',
      'export const handler = () => new Promise(() => setImmediate(() => { throw new TypeError("loose"); }));',
    );
    expect((await bench.invoke('f')).payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'loose' });
  });

  test('an environment that ended with an exception is not used again', async () => {
    await bench.deploy(
      'f',
      'let n = 0; export const handler = (e) => e.fail ? new Promise(() => setImmediate(() => { throw new Error("loose"); })) : ++n;',
    );
    await bench.invoke('f');
    const answers = [bench.invoke('f', { fail: true }).then(() => bench.invoke('f')), bench.invoke('f')];
    expect((await Promise.all(answers)).map(({ functionError }) => functionError)).toEqual([undefined, undefined]);
  });

  test('what is printed between invocations is in the log too', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => { setTimeout(() => { console.log("late"); process.exit(0); }, 5); };',
    );
    await bench.invoke('f');
    while (!(await bench.logs('f')).some((line) => line.endsWith('late'))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect((await bench.invoke('f')).functionError).toBeUndefined();
  });

  test('a promise that nobody catches ends the invocation with it', async () => {
    await bench.deploy('f', 'export const handler = () => new Promise(() => { Promise.reject(new Error("loose")); });');
    expect((await bench.invoke('f')).payload).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'Error: loose',
    });
  });

  test('more memory than MemorySize ends the environment', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => { const all = []; for (;;) all.push(new Array(1000).fill({})); };',
    );
    expect((await bench.invoke('f')).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('signal: killed'),
    });
  });

  test('an answer above 6 MB is too large', async () => {
    await bench.deploy('f', 'export const handler = async () => "x".repeat(6 * 1024 * 1024);');
    expect((await bench.invoke('f')).payload.errorType).toBe('Function.ResponseSizeTooLarge');
  });

  test('an answer that is no JSON is an error', async () => {
    await bench.deploy('f', 'export const handler = async () => 1n;');
    expect((await bench.invoke('f')).payload.errorType).toBe('Runtime.MarshalError');
  });
});

describe('logs', () => {
  test('START, what was printed, END and REPORT, in one stream', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => { console.log("hello %s", "you"); console.error("bad\\nnews"); process.stdout.write("raw\\nlines\\n"); };',
    );
    await bench.invoke('f');
    await bench.invoke('f');
    const lines = await bench.logs('f');
    expect(lines[0]).toMatch(/^INIT_START Runtime Version: nodejs:24/);
    expect(lines[1]).toMatch(/^START RequestId: [0-9a-f-]{36} Version: \$LATEST$/);
    expect(lines[2]).toMatch(/^2026-01-15T12:00:0\d\.\d{3}Z\t[0-9a-f-]{36}\tINFO\thello you$/);
    expect(lines[3]).toMatch(/\tERROR\tbad\nnews$/);
    expect(lines.slice(4, 6)).toEqual(['raw', 'lines']);
    expect(lines[6]).toMatch(/^END RequestId/);
    expect(lines[7]).toMatch(
      /^REPORT RequestId: .*\tDuration: [\d.]+ ms\tBilled Duration: \d+ ms\tMemory Size: 128 MB\tMax Memory Used: \d+ MB\tInit Duration: [\d.]+ ms$/,
    );
    expect(lines[8]).toMatch(/^START/);
    expect(lines.at(-1)).not.toContain('Init Duration');
    const { logStreams } = await bench.other('logs', 'DescribeLogStreams', { logGroupName: '/aws/lambda/f' });
    expect(logStreams).toHaveLength(1);
  });

  test('the JSON format, with its level', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => { console.debug("quiet"); console.warn("loud", { n: 1 }); console.info({ a: 1 }); };',
      {
        LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'INFO', LogGroup: 'mine' },
      },
    );
    await bench.invoke('f');
    const { events } = await bench.other('logs', 'FilterLogEvents', { logGroupName: 'mine' });
    const lines = events.map(({ message }: { message: string }) => JSON.parse(message));
    expect(lines.map((line: { type?: string; level?: string }) => line.type ?? line.level)).toEqual([
      'platform.initStart',
      'platform.start',
      'WARN',
      'INFO',
      'platform.report',
    ]);
    expect(lines[2]).toMatchObject({ message: 'loud { n: 1 }', requestId: lines[1].record.requestId });
    expect(lines[3].message).toEqual({ a: 1 });
    expect(lines[4].record).toMatchObject({ status: 'success', metrics: { memorySizeMB: 128 } });
  });

  test('the log tail is the end of the log, 4 KB at most', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => { for (let i = 0; i < 100; i++) console.log("x".repeat(100)); };',
    );
    const { log } = await bench.invoke('f', {}, TAIL);
    expect(log.length).toBe(4096);
    expect(log.trimEnd()).toMatch(/Init Duration: [\d.]+ ms$/);
  });
});

describe('environments', () => {
  test('the one used last is used first', async () => {
    await bench.deploy(
      'f',
      'const id = Math.random(); export const handler = async (event) => { if (event.wait) await new Promise((r) => setTimeout(r, 30)); return id; };',
    );
    const together = await Promise.all([bench.invoke('f', { wait: true }), bench.invoke('f', { wait: true })]);
    expect(new Set(together.map(({ payload }) => payload)).size).toBe(2);
    const again = [];
    for (let time = 0; time < 3; time++) again.push((await bench.invoke('f')).payload);
    expect(new Set(again).size).toBe(1);
  });

  test('idle ones end after a while, by the clock', async () => {
    await bench.deploy('f', 'let n = 0; export const handler = async () => ++n;');
    await bench.invoke('f');
    await bench.advance(299_000);
    expect((await bench.invoke('f')).payload).toBe(2);
    await bench.advance(301_000);
    expect((await bench.invoke('f')).payload).toBe(1);
  });

  test('new code and new configuration get new environments', async () => {
    await bench.deploy('f', 'let n = 0; export const handler = async () => [++n, process.env.XX];');
    expect((await bench.invoke('f')).payload).toEqual([1, null]);
    await bench.run('UpdateFunctionConfiguration', { FunctionName: 'f', Environment: { Variables: { XX: '1' } } });
    expect((await bench.invoke('f')).payload).toEqual([1, '1']);
    await bench.run('UpdateFunctionCode', {
      FunctionName: 'f',
      ZipFile: zip({ 'index.mjs': 'export const handler = async () => "new";' }),
    });
    expect((await bench.invoke('f')).payload).toBe('new');
  });

  test('what is running when new code comes ends with the old code', async () => {
    await bench.deploy(
      'f',
      'export const handler = async () => { await new Promise((r) => setTimeout(r, 50)); return "old"; };',
    );
    const running = bench.invoke('f');
    await bench.run('UpdateFunctionCode', {
      FunctionName: 'f',
      ZipFile: zip({ 'index.mjs': 'export const handler = async () => "new";' }),
    });
    expect((await bench.invoke('f')).payload).toBe('new');
    expect((await running).payload).toBe('old');
  });

  test('other changes of a function keep its environments warm', async () => {
    await bench.deploy('f', 'let n = 0; export const handler = async () => ++n;');
    await bench.invoke('f');
    await bench.run('TagResource', { Resource: 'arn:aws:lambda:us-east-1:000000000000:function:f', Tags: { a: 'b' } });
    expect((await bench.invoke('f')).payload).toBe(2);
  });
});

describe('the caps', () => {
  const SLOW =
    'const id = Math.random(); export const handler = async (event) => { await new Promise((r) => setTimeout(r, event.ms ?? 10)); return id; };';

  test('invocations above the cap of a function wait for their turn, and all are answered', async () => {
    await bench.stop();
    bench = await new LambdaBench({ maxEnvironmentsPerFunction: 2 }).start();
    await bench.deploy('f', SLOW);
    const answers = await Promise.all(Array.from({ length: 9 }, () => bench.invoke('f')));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect(new Set(answers.map(({ payload }) => payload)).size).toBe(2);
  });

  test('a function that keeps all environments busy does not starve another', async () => {
    await bench.stop();
    bench = await new LambdaBench({ maxEnvironments: 2, maxEnvironmentsPerFunction: 2 }).start();
    await bench.deploy('busy', SLOW);
    await bench.deploy('other', SLOW);
    const order: string[] = [];
    const busy = Array.from({ length: 8 }, () => bench.invoke('busy', { ms: 150 }).then(() => order.push('busy')));
    const other = bench.invoke('other').then(() => order.push('other'));
    await Promise.all([...busy, other]);
    expect(order.indexOf('other')).toBeLessThan(6);
  });

  test('functions that do not come back keep no other from running, cold or warm', async () => {
    await bench.stop();
    bench = await new LambdaBench({ maxEnvironments: 1, stopGraceMs: 0 }).start();
    await bench.deploy('hangs', 'export const handler = () => new Promise(() => {});');
    await bench.deploy('dies', 'export const handler = async () => process.exit(1);');
    await bench.deploy('works', SLOW);
    const hanging = Promise.allSettled([bench.invoke('hangs'), bench.invoke('hangs')]);
    expect(await Promise.all([bench.invoke('dies'), bench.invoke('dies')])).toHaveLength(2);
    const [first, ...others] = await Promise.all([1, 2, 3].map(() => bench.invoke('works')));
    expect(others.map(({ payload }) => payload)).toEqual([first!.payload, first!.payload]);
    expect((await bench.invoke('works')).payload).toBe(first!.payload);
    await bench.service.stop!();
    await hanging;
  });

  test('functions that take turns keep their environments, even above the limit for all', async () => {
    await bench.stop();
    bench = await new LambdaBench({ maxEnvironments: 1 }).start();
    await bench.deploy('a', SLOW);
    await bench.deploy('b', SLOW);
    for (const name of ['a', 'b', 'a', 'b']) expect((await bench.invoke(name)).status).toBe(200);
    expect(bench.notes.map(({ cold }) => cold)).toEqual([true, true, false, false]);
  });

  test('an environment that has been idle for long gives way to another function', async () => {
    await bench.stop();
    bench = await new LambdaBench({ maxEnvironments: 1 }).start();
    await bench.deploy('a', SLOW);
    await bench.deploy('b', SLOW);
    await bench.invoke('a');
    await bench.advance(10_000);
    await bench.invoke('b');
    await bench.invoke('a');
    expect(bench.notes.map(({ cold }) => cold)).toEqual([true, true, true]);
  });

  test('reserved concurrency is a real limit', async () => {
    await bench.deploy('f', SLOW);
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 });
    const running = bench.invoke('f', { ms: 50 });
    await expect(bench.invoke('f')).rejects.toMatchObject({
      code: 'TooManyRequestsException',
      status: 429,
      fields: { Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded' },
    });
    expect((await running).status).toBe(200);
    expect((await bench.invoke('f')).status).toBe(200);
  });

  test('of many at once, exactly as many run as are reserved, whatever names them', async () => {
    await bench.deploy('f', SLOW, { Publish: true });
    await bench.run('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 3 });
    const names = ['f', 'f:1', 'f:live'];
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.allSettled(Array.from({ length: 12 }, (_, n) => bench.invoke(names[n % 3]!)));
      expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(3);
    }
  });
});

test('DryRun runs nothing', async () => {
  await bench.deploy('f', 'export const handler = async () => 1;');
  expect(await bench.invoke('f', {}, { 'x-amz-invocation-type': 'DryRun' })).toMatchObject({ status: 204 });
  expect(bench.notes).toEqual([]);
});

test('a payload that is no JSON is refused', async () => {
  await bench.deploy('f', 'export const handler = async () => 1;');
  await expect(bench.invoke('f', 'not json')).rejects.toMatchObject({ code: 'InvalidRequestContentException' });
});
