import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { LambdaBench, queueArn } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
  await bench.queue('q');
});
afterEach(() => bench.stop());

const HANDLER = `
  export const handler = async ({ Records }) => {
    const bodies = Records.map((r) => r.body);
    console.log('BATCH ' + JSON.stringify(bodies));
    if (process.env.MS) await new Promise((r) => setTimeout(r, Number(process.env.MS)));
    const bad = Records.filter((r) => r.body.startsWith('bad'));
    if (process.env.MODE === 'report') return { batchItemFailures: bad.map((r) => ({ itemIdentifier: r.messageId })) };
    if (bad.length > 0) throw new Error('bad');
  };`;

const deploy = (variables: Record<string, string> = {}, settings: Record<string, unknown> = {}) =>
  bench.deploy('f', HANDLER, { Environment: { Variables: variables }, ...settings });

const map = (settings: object = {}) =>
  bench.run('CreateEventSourceMapping', { EventSourceArn: queueArn('q'), FunctionName: 'f', ...settings });

const send = (...bodies: string[]) => {
  for (const body of bodies) bench.registry.peer('sqs').send(queueArn('q'), { body }, bench.call.principal);
};

async function batches(): Promise<string[][]> {
  const lines = await bench.logs('f').catch(() => []);
  return lines.flatMap((line) => {
    const match = /BATCH (.*)$/.exec(line);
    return match ? [JSON.parse(match[1]!) as string[]] : [];
  });
}

/** How many messages the queue has: that can be received, and in flight. */
async function left(): Promise<string[]> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
  const QueueUrl = 'http://127.0.0.1:4566/000000000000/q';
  const { Attributes } = await bench.other('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: names });
  return names.map((name) => Attributes[name]);
}

describe('what the function gets', () => {
  test('messages as SQS sends them to Lambda', async () => {
    await bench.deploy(
      'f',
      'export const handler = async (event) => { console.log("EVENT " + JSON.stringify(event)); };',
    );
    await map();
    bench.registry
      .peer('sqs')
      .send(
        queueArn('q'),
        { body: 'hello', attributes: { kind: { DataType: 'String', StringValue: 'greeting' } } },
        bench.call.principal,
      );
    await bench.idle();
    const line = (await bench.logs('f')).find((text) => text.includes('EVENT '))!;
    const { Records } = JSON.parse(line.slice(line.indexOf('EVENT ') + 6));
    expect(Records).toHaveLength(1);
    expect(Records[0]).toMatchObject({
      messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      receiptHandle: expect.any(String),
      body: 'hello',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: String(bench.clock.now()),
        ApproximateFirstReceiveTimestamp: String(bench.clock.now()),
        SenderId: expect.any(String),
      },
      messageAttributes: {
        kind: { stringValue: 'greeting', stringListValues: [], binaryListValues: [], dataType: 'String' },
      },
      md5OfBody: '5d41402abc4b2a76b9719d911017c592',
      eventSource: 'aws:sqs',
      eventSourceARN: queueArn('q'),
      awsRegion: 'us-east-1',
    });
  });

  test('what was there before and what comes later', async () => {
    await deploy();
    send('before');
    await map();
    await bench.idle();
    send('later');
    await bench.idle();
    expect((await batches()).flat()).toEqual(['before', 'later']);
  });

  test('at most BatchSize messages at once', async () => {
    await deploy();
    send('a', 'b', 'c', 'd', 'e');
    await map({ BatchSize: 2 });
    await bench.idle();
    expect((await batches()).map((batch) => batch.length).sort()).toEqual([1, 2, 2]);
  });

  test('with a batching window, up to 10,000 messages, gathered until it is full or the window ends', async () => {
    await deploy();
    await map({ BatchSize: 25, MaximumBatchingWindowInSeconds: 10 });
    send(...Array.from({ length: 24 }, (_, n) => String(n)));
    await bench.idle();
    expect(await batches()).toEqual([]);
    await bench.advance(10_000);
    expect((await batches()).map((batch) => batch.length)).toEqual([24]);
    send(...Array.from({ length: 25 }, (_, n) => String(n)));
    await bench.idle();
    expect((await batches()).map((batch) => batch.length)).toEqual([24, 25]);
  });

  test('at most 6 MB at once', async () => {
    await bench.deploy('f', 'export const handler = async () => {};');
    send(...Array.from({ length: 10 }, (_, n) => String(n) + 'x'.repeat(1_000_000)));
    await map();
    await bench.idle();
    expect(bench.notes.map(({ records, outcome }) => [records, outcome]).sort()).toEqual([
      [4, 'ok'],
      [6, 'ok'],
    ]);
  });

  test.each([
    ['{"body":{"type":["order"]}}', ['{"type":"order","n":1}']],
    // A body that is JSON is no plain text, nor the other way round: what does not fit is gone.
    ['{"body":["hello"]}', ['hello']],
    ['{"body":[{"prefix":"{"}]}', []],
    ['{"body":{"type":[{"exists":false}]}}', ['{"other":true}', '[1]']],
    // No word about the body: the other members decide.
    ['{"eventSource":["aws:sqs"]}', ['{"type":"order","n":1}', 'hello', '{"other":true}', '[1]']],
    ['{"messageAttributes":{"kind":{"stringValue":["x"]}}}', []],
  ])('what fits the filter %s', async (Pattern, fitting) => {
    await deploy();
    send('{"type":"order","n":1}', 'hello', '{"other":true}', '[1]');
    await map({ FilterCriteria: { Filters: [{ Pattern }] } });
    await bench.idle();
    expect((await batches()).flat()).toEqual(fitting);
    expect(await left()).toEqual(['0', '0']);
  });

  test('only what fits a filter; the rest is deleted', async () => {
    await deploy();
    await map({ FilterCriteria: { Filters: [{ Pattern: '{"body":{"type":["order"]}}' }] } });
    send('{"type":"order"}', '{"type":"user"}', 'plain text');
    await bench.idle();
    expect((await batches()).flat()).toEqual(['{"type":"order"}']);
    expect(await left()).toEqual(['0', '0']);
  });
});

describe('failure', () => {
  test('a message that succeeded is deleted', async () => {
    await deploy();
    await map();
    send('good');
    await bench.idle();
    await bench.advance(60_000);
    expect(await batches()).toEqual([['good']]);
    expect(bench.messages('q')).toEqual([]);
  });

  test('a failed batch comes again when the visibility timeout has passed', async () => {
    await deploy();
    await map();
    send('bad');
    await bench.idle();
    await bench.advance(29_999);
    expect(await batches()).toEqual([['bad']]);
    await bench.advance(1);
    expect(await batches()).toEqual([['bad'], ['bad']]);
  });

  test('ReportBatchItemFailures keeps only what failed', async () => {
    await deploy({ MODE: 'report' });
    await map({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    send('one', 'bad', 'two');
    await bench.idle();
    await bench.advance(30_000);
    expect(await batches()).toEqual([['one', 'bad', 'two'], ['bad']]);
  });

  test.each([
    ['null', true],
    ['undefined', true],
    ['{}', true],
    ['{"batchItemFailures":[]}', true],
    ['{"batchItemFailures":null}', true],
    ['{"batchItemFailures":[{"itemIdentifier":""}]}', false],
    ['{"batchItemFailures":[{"itemIdentifier":null}]}', false],
    ['{"batchItemFailures":[{"foo":"notvalid"}]}', false],
    ['{"batchItemFailures":[{"itemIdentifier":"unknown"}]}', false],
    ['"text"', false],
  ])('with ReportBatchItemFailures, %s means that all succeeded: %s', async (answer, success) => {
    await bench.deploy('f', `export const handler = async () => (${answer});`);
    await map({ FunctionResponseTypes: ['ReportBatchItemFailures'] });
    send('one', 'two');
    await bench.idle();
    await bench.advance(30_000);
    expect(bench.notes).toHaveLength(success ? 1 : 2);
  });

  test('without the setting, what the function reports counts for nothing', async () => {
    await deploy({ MODE: 'report' });
    await map();
    send('bad');
    await bench.idle();
    await bench.advance(60_000);
    expect(await batches()).toEqual([['bad']]);
  });

  test('a batch that is throttled comes again after a moment, not after the visibility timeout', async () => {
    await deploy();
    bench.faults.plan({
      seed: 1,
      rules: [{ service: 'lambda', operation: 'Invocation', fault: 'throttle', times: 2 }],
    });
    await map();
    send('a');
    await bench.idle();
    await bench.advance(200);
    await bench.advance(400);
    expect(await batches()).toEqual([['a']]);
  });

  test('a function that is gone leaves the messages; they come when it is there again', async () => {
    await deploy();
    await map();
    await bench.run('DeleteFunction', { FunctionName: 'f' });
    send('patient');
    await bench.idle();
    await bench.advance(10_000);
    await bench.deploy('f', HANDLER, { Role: 'arn:aws:iam::000000000000:role/role-of-f' });
    await bench.advance(60_000);
    expect(await batches()).toEqual([['patient']]);
  });

  test('after maxReceiveCount a message goes to the dead-letter queue', async () => {
    await bench.queue('dead');
    await bench.other('sqs', 'SetQueueAttributes', {
      QueueUrl: 'http://127.0.0.1:4566/000000000000/q',
      Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: queueArn('dead'), maxReceiveCount: 2 }) },
    });
    await deploy();
    await map();
    send('bad');
    await bench.idle();
    await bench.advance(120_000);
    expect(await batches()).toEqual([['bad'], ['bad']]);
    expect(bench.messages('dead')).toEqual(['bad']);
  });

  test('what was received but not done comes again after a crash', async () => {
    await deploy({ MS: '300' });
    await map();
    send('precious');
    while (!bench.activity.running().includes('f on its queue')) await new Promise((resolve) => setImmediate(resolve));
    await bench.crash();
    await bench.idle();
    await bench.advance(30_000);
    expect(bench.notes.at(-1)).toMatchObject({ outcome: 'ok', trigger: 'sqs' });
    expect(bench.messages('q')).toEqual([]);
  });
});

describe('concurrency', () => {
  const most = async (work: () => Promise<void>): Promise<number> => {
    let highest = 0;
    const count = setInterval(() => {
      const now = bench.activity.running().filter((label) => label === 'f on its queue').length;
      highest = Math.max(highest, now);
    }, 1);
    await work();
    clearInterval(count);
    return highest;
  };

  test('several batches at once, up to MaximumConcurrency', async () => {
    await deploy({ MS: '30' });
    send(...Array.from({ length: 12 }, (_, n) => String(n)));
    const highest = await most(async () => {
      await map({ BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } });
      await bench.idle();
    });
    expect((await batches()).flat()).toHaveLength(12);
    expect(highest).toBe(2);
  });

  test('no message is taken for which the reserved concurrency leaves no room', async () => {
    await deploy({ MS: '20' });
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 1 });
    send(...Array.from({ length: 5 }, (_, n) => String(n)));
    await map({ BatchSize: 1 });
    await bench.idle();
    expect((await batches()).flat()).toHaveLength(5);
    expect(bench.notes.map(({ outcome }) => outcome)).not.toContain('throttled');
  });

  test('a reservation of zero leaves the messages in the queue until it is lifted', async () => {
    await deploy();
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    await map();
    send('patient');
    await bench.idle();
    await bench.advance(5_000);
    expect(await batches()).toEqual([]);
    await bench.run('DeleteFunctionConcurrency', { FunctionName: 'f' });
    await bench.advance(60_000);
    expect(await batches()).toEqual([['patient']]);
  });
});

describe('a FIFO queue', () => {
  const put = (...bodies: string[]) => {
    const sqs = bench.registry.peer('sqs');
    for (const body of bodies) {
      // The group is the last letter.
      sqs.send(queueArn('o.fifo'), { body, groupId: body.at(-1)! }, bench.call.principal);
    }
  };
  beforeEach(() => bench.queue('o.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' }));

  test('gives each group in order', async () => {
    await deploy();
    await map({ EventSourceArn: queueArn('o.fifo'), BatchSize: 2 });
    put('0g', '1g', '2g', '3g', '4g', '5g');
    await bench.idle();
    expect(await batches()).toEqual([
      ['0g', '1g'],
      ['2g', '3g'],
      ['4g', '5g'],
    ]);
  });

  test('waits with a group for the message that failed, and goes on with the others', async () => {
    await deploy();
    put('bad a', '2 a', '1 b', '2 b');
    await map({ EventSourceArn: queueArn('o.fifo'), BatchSize: 1 });
    await bench.idle();
    expect(await groups()).toEqual({ a: ['bad a'], b: ['1 b', '2 b'] });
    await bench.advance(30_000);
    expect(await groups()).toEqual({ a: ['bad a', 'bad a'], b: ['1 b', '2 b'] });
  });

  test('gives what was reported as failed again before what comes later in its group', async () => {
    await deploy({ MODE: 'report' });
    put('1 a', 'bad a', '1 b');
    await map({ EventSourceArn: queueArn('o.fifo'), FunctionResponseTypes: ['ReportBatchItemFailures'] });
    await bench.idle();
    put('3 a', '2 b');
    await bench.idle();
    expect(await groups()).toEqual({ a: ['1 a', 'bad a'], b: ['1 b', '2 b'] });
    await bench.run('DeleteFunction', { FunctionName: 'f' });
    await bench.deploy('f', HANDLER.replaceAll("'bad'", "'never'"), {
      Role: 'arn:aws:iam::000000000000:role/role-of-f',
    });
    await bench.advance(60_000);
    expect((await groups()).a.slice(2).join()).toBe('bad a,3 a');
  });

  async function groups(): Promise<{ a: string[]; b: string[] }> {
    const all = (await batches()).flat();
    return { a: all.filter((body) => body.endsWith('a')), b: all.filter((body) => body.endsWith('b')) };
  }
});

test('messages that a batching window held are given back when the mapping is switched off', async () => {
  await deploy();
  const { UUID } = await map({ MaximumBatchingWindowInSeconds: 100 });
  send('early');
  await bench.idle();
  await bench.run('UpdateEventSourceMapping', { UUID, Enabled: false });
  await bench.idle();
  expect(bench.messages('q')).toEqual(['early']);
  expect(await batches()).toEqual([]);
});

describe('a mapping is refused', () => {
  test('when the queue is not there', async () => {
    await deploy();
    const mapped = map({ EventSourceArn: queueArn('none') });
    await expect(mapped).rejects.toThrow('SQS Error Code: AWS.SimpleQueueService.NonExistentQueue');
  });

  test('when the queue hides messages for less time than the function may take', async () => {
    await deploy({}, { Timeout: 31 });
    await expect(map()).rejects.toThrow(
      'Queue visibility timeout: 30 seconds is less than Function timeout: 31 seconds',
    );
  });

  test('when the role may not read the queue', async () => {
    await deploy({}, { Role: await bench.role('poor', ['sqs:ReceiveMessage', 'sqs:DeleteMessage']) });
    await expect(map()).rejects.toThrow('does not have permissions to call GetQueueAttributes on SQS');
  });
});
