import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { arn, root, SqsUnderTest } from './sqs-under-test';

let sqs: SqsUnderTest;
let dead: string;
let source: string;
beforeEach(async () => {
  sqs = new SqsUnderTest();
  dead = await sqs.queue('dead');
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('dead'), maxReceiveCount: 1 });
  source = await sqs.queue('source', { RedrivePolicy });
});
afterEach(() => sqs.stop());

const die = async (...bodies: string[]) => {
  for (const body of bodies) await sqs.send(source, body);
  await sqs.receive(source, { VisibilityTimeout: 0 });
  expect(await sqs.bodies(source)).toEqual([]);
};
const start = (more: object = {}) => sqs.run('StartMessageMoveTask', { SourceArn: arn('dead'), ...more });
const tasks = async () => (await sqs.run('ListMessageMoveTasks', { SourceArn: arn('dead'), MaxResults: 10 })).Results;

test('messages go back to where they came from, as new ones', async () => {
  await die('a', 'b');
  const [before] = await sqs.receive(dead, { VisibilityTimeout: 0 });
  await sqs.clock.advance(1_000);
  await start();
  const after = await sqs.receive(source);
  expect(after.map(({ Body }) => Body)).toEqual(['a', 'b']);
  expect(after[0].MessageId).not.toBe(before.MessageId);
  expect(after[0].Attributes).toMatchObject({ ApproximateReceiveCount: '1', SentTimestamp: '1767225601000' });
  expect(await sqs.bodies(dead)).toEqual([]);
  expect(await tasks()).toEqual([
    {
      Status: 'COMPLETED',
      SourceArn: arn('dead'),
      ApproximateNumberOfMessagesMoved: 2,
      ApproximateNumberOfMessagesToMove: 2,
      StartedTimestamp: 1_767_225_601_000,
    },
  ]);
});

test('many go back in steps, between which others have their turn', async () => {
  const Entries = Array.from({ length: 10 }, (_, n) => ({ Id: `e${n}`, MessageBody: 'm' }));
  for (let n = 0; n < 110; n++) await sqs.run('SendMessageBatch', { QueueUrl: source, Entries });
  for (let n = 0; n < 110; n++) await sqs.receive(source);
  await sqs.clock.advance(30_000);
  expect(await sqs.bodies(source)).toEqual([]);
  await start();
  expect((await tasks())[0]).toMatchObject({ Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 1_000 });
  await sqs.clock.advance(0);
  expect((await tasks())[0]).toMatchObject({ Status: 'COMPLETED', ApproximateNumberOfMessagesMoved: 1_100 });
});

test('they can go to another queue', async () => {
  const repair = await sqs.queue('repair');
  await die('a');
  await start({ DestinationArn: arn('repair') });
  expect(await sqs.bodies(repair)).toEqual(['a']);
});

test('at a given rate, across a restart, until it is cancelled', async () => {
  await die('a', 'b', 'c', 'd', 'e');
  const { TaskHandle } = await start({ MaxNumberOfMessagesPerSecond: 1 });
  await expect(start()).rejects.toMatchObject({ code: 'UnsupportedOperation' });
  await sqs.clock.advance(1_000);
  expect(await sqs.bodies(source)).toEqual(['a', 'b']);
  await sqs.restart();
  expect((await tasks())[0]).toMatchObject({ TaskHandle, Status: 'RUNNING', ApproximateNumberOfMessagesMoved: 3 });
  expect(await sqs.run('CancelMessageMoveTask', { TaskHandle })).toEqual({ ApproximateNumberOfMessagesMoved: 3 });
  await sqs.clock.advance(10_000);
  expect(await sqs.bodies(dead)).toEqual(['d', 'e']);
  await expect(sqs.run('CancelMessageMoveTask', { TaskHandle })).rejects.toThrow('Only active tasks can be cancelled.');
});

test('a message that nobody knows the source of fails the task and stays', async () => {
  await sqs.send(dead, 'sent here directly');
  await start();
  expect((await tasks())[0]).toMatchObject({ Status: 'FAILED', FailureReason: 'CouldNotDetermineMessageSource' });
  expect(await sqs.bodies(dead)).toEqual(['sent here directly']);
});

test('what only Lambda or EventBridge fill is no dead-letter queue in this sense', async () => {
  const onFailure = await sqs.queue('on-failure');
  sqs.peer.send(arn('on-failure'), { body: 'of a function' }, root);
  await expect(start({ SourceArn: arn('on-failure') })).rejects.toMatchObject({
    code: 'InvalidParameterValueException',
    message: 'Source queue must be configured as a Dead Letter Queue.',
  });
  expect(await sqs.bodies(onFailure)).toEqual(['of a function']);
  // It becomes one as soon as a queue names it.
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: arn('on-failure'), maxReceiveCount: 1 });
  await sqs.queue('another', { RedrivePolicy });
  await start({ SourceArn: arn('on-failure'), DestinationArn: arn('source') });
});

test.each([
  [{ SourceArn: arn('none') }, "specified for the SourceArn parameter doesn't exist"],
  [{ DestinationArn: arn('none') }, "specified for the DestinationArn parameter doesn't exist"],
  [{ SourceArn: arn('source') }, 'Source queue must be configured as a Dead Letter Queue.'],
  [{ MaxNumberOfMessagesPerSecond: 501 }, 'Must be between 1 and 500'],
])('refuses %j', async (input, message) => {
  await expect(start(input)).rejects.toThrow(message);
});
