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

  test('only what fits a filter; the rest is deleted', async () => {
    await deploy();
    await map({ FilterCriteria: { Filters: [{ Pattern: '{"body":{"type":["order"]}}' }] } });
    send('{"type":"order"}', '{"type":"user"}', 'plain text');
    await bench.idle();
    expect((await batches()).flat()).toEqual(['{"type":"order"}']);
    await bench.advance(60_000);
    expect(bench.messages('q')).toEqual([]);
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

test('messages of a FIFO group come in order', async () => {
  await bench.queue('o.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
  await deploy();
  await map({ EventSourceArn: queueArn('o.fifo'), BatchSize: 2 });
  const sqs = bench.registry.peer('sqs');
  for (let n = 0; n < 6; n++) sqs.send(queueArn('o.fifo'), { body: String(n), groupId: 'g' }, bench.call.principal);
  await bench.idle();
  expect((await batches()).flat()).toEqual(['0', '1', '2', '3', '4', '5']);
});

describe('a mapping is refused', () => {
  test.each([
    [{ StartingPosition: 'LATEST' }, 'StartingPosition is not valid'],
    [{ BatchSize: 11 }, 'Maximum batch window'],
    [
      { BisectBatchOnFunctionError: true },
      'Unsupported BisectBatchOnFunctionError parameter for given event source mapping type.',
    ],
    [{ ScalingConfig: { MaximumConcurrency: 1 } }, 'maximumConcurrency'],
    [{ EventSourceArn: queueArn('none') }, 'AWS.SimpleQueueService.NonExistentQueue'],
  ])('%j', async (settings, message) => {
    await deploy();
    await expect(map(settings)).rejects.toThrow(message);
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
