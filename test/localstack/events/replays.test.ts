import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import { busArn, EventsUnderTest, functionArn, queueArn, ruleArn } from './events-under-test';

const MINUTE = 60_000;
const start = Date.UTC(2026, 0, 1);
const archiveArn = (name: string) => `arn:aws:events:us-east-1:000000000000:archive/${name}`;
const replayArn = (name: string) => `arn:aws:events:us-east-1:000000000000:replay/${name}`;

let events: EventsUnderTest;
beforeEach(async () => {
  events = new EventsUnderTest();
  await events.run('CreateArchive', { ArchiveName: 'a', EventSourceArn: busArn('default') });
});
afterEach(() => events.stop());

const replay = (more: object = {}, Destination: object = {}) =>
  events.run('StartReplay', {
    ReplayName: 'again',
    EventSourceArn: archiveArn('a'),
    EventStartTime: start / 1_000,
    EventEndTime: start / 1_000 + 3_600,
    Destination: { Arn: busArn('default'), ...Destination },
    ...more,
  });
const describeReplay = (ReplayName = 'again') => events.run('DescribeReplay', { ReplayName });
const numbers = () => events.payloads().map(({ detail }) => detail.n);
/** Puts events with the numbers 0, 1, 2, …, a second apart. */
const putNumbered = async (count: number) => {
  for (let n = 0; n < count; n++) await events.put({ Detail: `{"n":${n}}`, Time: start / 1_000 + n });
};

test('a replay sends the events as they were, with its name', async () => {
  await events.rule('r', { source: ['shop'] });
  await events.put({ Resources: ['arn:1'], Detail: '{"n":12345678901234567890,"detail":{"x":1}}' });
  const [before] = events.delivered.splice(0);
  await events.clock.advance(MINUTE);
  expect(await replay()).toEqual({
    ReplayArn: replayArn('again'),
    State: 'STARTING',
    ReplayStartTime: (start + MINUTE) / 1_000,
  });
  await events.activity.quiet();
  expect(events.delivered.map(({ payload }) => payload)).toEqual([
    before?.payload.replace('"resources"', '"replay-name":"again","resources"'),
  ]);
});

test('it is described as AWS describes it', async () => {
  await events.rule('r', { source: ['shop'] });
  await events.put();
  await replay({ Description: 'd' }, { FilterArns: [ruleArn('r')] });
  await events.activity.quiet();
  const summary = {
    ReplayName: 'again',
    EventSourceArn: archiveArn('a'),
    State: 'COMPLETED',
    EventStartTime: start / 1_000,
    EventEndTime: start / 1_000 + 3_600,
    EventLastReplayedTime: start / 1_000,
    ReplayStartTime: start / 1_000,
    ReplayEndTime: start / 1_000,
  };
  expect(await describeReplay()).toEqual({
    ReplayArn: replayArn('again'),
    Description: 'd',
    Destination: { Arn: busArn('default'), FilterArns: [ruleArn('r')] },
    ...summary,
  });
  expect(await events.run('ListReplays', { State: 'COMPLETED' })).toEqual({ Replays: [summary] });
});

test('only the events of its time are replayed, in the order of their own time', async () => {
  await events.rule('r', { source: ['shop'] });
  for (const n of [3, 0, 2, 1, 4]) await events.put({ Detail: `{"n":${n}}`, Time: start / 1_000 + n * 60 });
  events.delivered.length = 0;
  await replay({ EventStartTime: start / 1_000 + 60, EventEndTime: start / 1_000 + 240 });
  await events.activity.quiet();
  expect(numbers()).toEqual([1, 2, 3]);
});

test('only the chosen rules get them', async () => {
  await events.put();
  for (const name of ['r', 's']) await events.rule(name, { source: ['shop'] });
  await events.rule('other', { source: ['other'] });
  await replay({}, { FilterArns: [ruleArn('r'), ruleArn('other')] });
  await events.activity.quiet();
  expect(events.targets()).toEqual([functionArn('r')]);
});

test('rules may leave replayed events out, or take nothing else', async () => {
  await events.rule('live', { source: ['shop'], 'replay-name': [{ exists: false }] });
  await events.rule('replayed', { 'replay-name': ['again'] });
  await events.put();
  await replay();
  await events.activity.quiet();
  expect(events.targets()).toEqual([functionArn('live'), functionArn('replayed')]);
});

test('replayed events are not archived again', async () => {
  await events.put();
  await replay();
  await events.activity.quiet();
  expect(await events.run('DescribeArchive', { ArchiveName: 'a' })).toMatchObject({ EventCount: 1 });
});

test('replayed events that a target does not take are tried again, and end in its dead-letter queue', async () => {
  await events.put();
  const target = {
    Id: 't',
    Arn: functionArn('r'),
    DeadLetterConfig: { Arn: queueArn('dlq') },
    RetryPolicy: { MaximumRetryAttempts: 1 },
  };
  await events.rule('r', { source: ['shop'] }, [target]);
  events.failures.set(functionArn('r'), new AwsError('ServiceException', 'down', { status: 500 }));
  await replay();
  await events.activity.quiet();
  await events.restart();
  await events.clock.advance(MINUTE);
  expect(events.payloads()).toMatchObject([{ 'replay-name': 'again', detail: { orderId: 'o-1' } }]);
});

test('events that have expired are not replayed', async () => {
  await events.run('UpdateArchive', { ArchiveName: 'a', RetentionDays: 1 });
  await events.put();
  await events.rule('r', { source: ['shop'] });
  await events.clock.advance(86_400_001);
  await replay();
  await events.activity.quiet();
  expect(events.targets()).toEqual([]);
});

test('after a restart in the middle it goes on where it was', async () => {
  await putNumbered(250);
  await events.rule('r', { source: ['shop'] });
  await replay();
  while (events.delivered.length < 100) await new Promise((resolve) => setImmediate(resolve));
  await events.restart();
  expect(events.delivered.length).toBeLessThan(250);
  await events.activity.quiet();
  expect(numbers()).toEqual(Array.from({ length: 250 }, (_, n) => n));
  expect(await describeReplay()).toMatchObject({ State: 'COMPLETED' });
});

test('a cancelled replay sends nothing more', async () => {
  await putNumbered(3);
  await events.rule('r', { source: ['shop'] });
  await replay();
  expect(await events.run('CancelReplay', { ReplayName: 'again' })).toEqual({
    ReplayArn: replayArn('again'),
    State: 'CANCELLING',
  });
  expect(await describeReplay()).toMatchObject({ State: 'CANCELLING' });
  await events.activity.quiet();
  expect(await describeReplay()).toMatchObject({ State: 'CANCELLED', ReplayEndTime: start / 1_000 });
  expect(events.targets()).toEqual([]);
  await expect(events.run('CancelReplay', { ReplayName: 'again' })).rejects.toMatchObject({
    code: 'IllegalStatusException',
    message: 'Replay again is not in a valid state for this operation.',
  });
});

test('a replay whose archive is deleted fails', async () => {
  await putNumbered(1);
  await replay();
  await events.run('DeleteArchive', { ArchiveName: 'a' });
  await events.activity.quiet();
  expect(await describeReplay()).toMatchObject({ State: 'FAILED', StateReason: 'Archive a does not exist.' });
});

test('replays are forgotten after 90 days', async () => {
  await replay();
  await events.activity.quiet();
  await events.clock.advance(90 * 86_400_000);
  expect((await events.run('ListReplays', {})).Replays).toHaveLength(1);
  await events.clock.advance(1);
  expect((await events.run('ListReplays', {})).Replays).toEqual([]);
});

test('replays are listed by one filter at a time, page by page', async () => {
  for (const ReplayName of ['x-1', 'x-2', 'y']) await replay({ ReplayName });
  const list = async (input: object) =>
    (await events.run('ListReplays', input)).Replays.map(({ ReplayName }: { ReplayName: string }) => ReplayName);
  expect(await list({ NamePrefix: 'x-' })).toEqual(['x-1', 'x-2']);
  expect(await list({ EventSourceArn: archiveArn('a') })).toEqual(['x-1', 'x-2', 'y']);
  const { NextToken } = await events.run('ListReplays', { Limit: 2 });
  expect(await list({ NextToken })).toEqual(['y']);
  await expect(list({ NamePrefix: 'x', State: 'RUNNING' })).rejects.toThrow('At most one filter');
});

describe('is refused:', () => {
  beforeEach(() => events.run('CreateEventBus', { Name: 'b' }));

  test.each([
    [{ EventSourceArn: archiveArn('none') }, {}, 'Reason: Archive none does not exist.'],
    [{}, { Arn: busArn('none') }, 'Event bus none does not exist.'],
    [{}, { Arn: 'nonsense' }, 'Must contain an event bus ARN.'],
    [{}, { Arn: busArn('b') }, 'Cross event bus replay is not permitted.'],
    [{ EventEndTime: start / 1_000 }, {}, 'EventStartTime must be before EventEndTime.'],
    [{ EventEndTime: 'whenever' }, {}, 'whenever is not a time.'],
    [{}, { FilterArns: [ruleArn('none')] }, 'Rule none does not exist on EventBus default.'],
  ])('a replay with %j to %j', async (more, destination, message) => {
    await expect(replay(more, destination)).rejects.toThrow(message);
    expect(await events.run('ListReplays', {})).toEqual({ Replays: [] });
  });

  test('a second one of the same name', async () => {
    await replay();
    await expect(replay()).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'Replay again already exists.',
    });
  });

  test('more than ten at a time', async () => {
    for (let n = 0; n < 10; n++) await replay({ ReplayName: `r-${n}` });
    await expect(replay({ ReplayName: 'r-10' })).rejects.toMatchObject({ code: 'LimitExceededException' });
    await events.activity.quiet();
    await replay({ ReplayName: 'r-10' });
  });

  test('one that is not there', async () => {
    await expect(describeReplay('none')).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Replay none does not exist.',
    });
  });
});
