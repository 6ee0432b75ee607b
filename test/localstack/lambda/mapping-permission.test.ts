import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { STREAM } from './fake-streams';
import { LambdaBench, queueArn } from './lambda-bench';

const QUEUE = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];
const STREAMS = ['GetRecords', 'GetShardIterator', 'DescribeStream', 'ListStreams'].map((name) => `dynamodb:${name}`);
const OTHERS = ['logs:*'];

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench({ stopGraceMs: 0 }).start();
  await bench.queue('q', { VisibilityTimeout: '30' });
  const Role = await bench.role('reader', [...QUEUE, ...STREAMS, ...OTHERS]);
  await bench.deploy('f', 'export const handler = async () => console.log("RAN");', {
    Role,
  });
});
afterEach(() => bench.stop());

const allow = (actions: readonly string[]) =>
  bench.other('iam', 'PutRolePolicy', {
    RoleName: 'reader',
    PolicyName: 'p',
    PolicyDocument: JSON.stringify({ Statement: [{ Effect: 'Allow', Action: actions, Resource: '*' }] }),
  });
const without = (action: string) => allow([...QUEUE, ...STREAMS, ...OTHERS].filter((one) => one !== action));
const map = (settings: object) => bench.run('CreateEventSourceMapping', { FunctionName: 'f', ...settings });
const send = (body: string) => bench.registry.peer('sqs').send(queueArn('q'), { body }, bench.call.principal);
const write = (n: number) => bench.streams.write([{ pk: 'a', n }], bench.clock.now());
const result = async (UUID: string) =>
  (await bench.run('GetEventSourceMapping', { UUID })).LastProcessingResult as string;
const grants = () => bench.registry.peer('iam').grants().roles[0]!;
const denied = () => grants().denied.map(({ action }) => action);
const runs = async () => (await bench.logs('f').catch(() => [])).filter((line) => line.includes('RAN')).length;

describe('a queue is read in the name of the function’s role', () => {
  test.each(QUEUE)('a mapping is not made without %s', async (action) => {
    await without(action);
    await expect(map({ EventSourceArn: queueArn('q') })).rejects.toMatchObject({
      code: 'InvalidParameterValueException',
      message: `The function execution role does not have permissions to call ${action.slice(4)} on SQS`,
    });
  });

  test.each(['sqs:ReceiveMessage', 'sqs:GetQueueAttributes'])(
    'one whose role has lost %s stands still, and goes on when it has it again',
    async (action) => {
      await map({ EventSourceArn: queueArn('q') });
      await without(action);
      send('one');
      await bench.idle();
      expect(await runs()).toBe(0);
      expect(denied()).toEqual([action]);
      await allow([...QUEUE, ...OTHERS]);
      await bench.advance(60_000);
      expect(await runs()).toBe(1);
    },
  );

  test('what may not be deleted comes again', async () => {
    await map({ EventSourceArn: queueArn('q') });
    await without('sqs:DeleteMessage');
    send('one');
    await bench.idle();
    expect([await runs(), denied()]).toEqual([1, ['sqs:DeleteMessage']]);
    await bench.advance(31_000);
    expect(await runs()).toBe(2);
  });
});

describe('a stream is read in the name of the function’s role', () => {
  test.each(STREAMS)('without %s no mapping is made, and one that is there stands still', async (action) => {
    const stream = { EventSourceArn: STREAM, StartingPosition: 'TRIM_HORIZON' };
    const { UUID } = await map(stream);
    write(1);
    await bench.idle();
    await without(action);
    await expect(map({ ...stream, FunctionName: 'f', BatchSize: 1 })).rejects.toThrow(
      `Cannot access stream ${STREAM}. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.`,
    );
    write(2);
    await bench.idle();
    expect([await runs(), await result(UUID)]).toEqual([1, expect.stringMatching(`^PROBLEM: .*${action}`)]);
    await allow([...STREAMS, ...OTHERS]);
    await bench.advance(60_000);
    expect([await runs(), await result(UUID)]).toEqual([2, 'OK']);
  });
});

test('what is read, and deleted, counts as used', async () => {
  await map({ EventSourceArn: queueArn('q') });
  send('one');
  await bench.idle();
  const used = grants().granted.filter((grant) => grant.used.length > 0);
  expect(used.map(({ action }) => action)).toEqual([...QUEUE, 'logs:*']);
});

test('without the right to write it a function has no log, and runs all the same', async () => {
  await allow(['logs:CreateLogStream']);
  expect((await bench.invoke('f')).status).toBe(200);
  expect([await runs(), denied()]).toEqual([0, ['logs:PutLogEvents']]);
  await allow(OTHERS);
  await bench.invoke('f');
  expect(await runs()).toBe(1);
});
