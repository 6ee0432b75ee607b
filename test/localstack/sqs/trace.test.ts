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

const causeOf = (queue: string) => sqs.peer.receive(arn(queue), 1)[0]?.cause;
const hop = (operation: string) =>
  sqs.trace.note({ service: 'test', operation, target: '', by: 'test', causes: [], about: 'order-1' });

test('a message keeps the call that sent it, across a restart, and does not show it', async () => {
  const sender = hop('send');
  const AWSTraceHeader = { DataType: 'String', StringValue: 'Root=1-5759e988-bd862e3fe1be46a994272793' };
  const plain = await sqs.queue('plain');
  const MessageSystemAttributes = { AWSTraceHeader };
  await sqs.run('SendMessage', { QueueUrl: plain, MessageBody: 'order-1', MessageSystemAttributes }, { hop: sender });
  await sqs.restart();
  const [message] = await sqs.receive(plain, { VisibilityTimeout: 0, MessageAttributeNames: ['All'] });
  expect(message.Attributes.AWSTraceHeader).toBe(AWSTraceHeader.StringValue);
  expect(JSON.stringify(message)).not.toContain(sender);
  expect(causeOf('plain')).toBe(sender);
});

test('what another service sends has that service for its cause', () => {
  const delivery = hop('deliver');
  sqs.trace.within(delivery, () => sqs.peer.send(arn('source'), { body: 'order-1' }, root));
  expect(causeOf('source')).toBe(delivery);
});

test('nothing caused what somebody from outside sends without a hop', () => {
  sqs.peer.send(arn('source'), { body: 'order-1' }, root);
  expect(sqs.peer.receive(arn('source'), 1)[0]).not.toHaveProperty('cause');
});

test('the ways to the dead letters and back are hops', async () => {
  const sender = hop('send');
  await sqs.run('SendMessage', { QueueUrl: source, MessageBody: '{"id":"order-1"}' }, { hop: sender });
  await sqs.receive(source, { VisibilityTimeout: 0 });
  await sqs.receive(source);
  const task = hop('redrive');
  await sqs.run('StartMessageMoveTask', { SourceArn: arn('dead') }, { hop: task });
  const [moved, redriven] = sqs.trace.find('order-1').filter(({ service }) => service === 'sqs');
  expect(moved).toMatchObject({ operation: 'MoveToDeadLetterQueue', target: arn('dead'), causes: [sender], by: 'sqs' });
  expect(redriven).toMatchObject({ operation: 'MoveMessage', target: arn('source'), causes: [moved?.id, task] });
  expect(causeOf('source')).toBe(redriven?.id);
  expect(await sqs.bodies(dead)).toEqual([]);
});
