import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aws, describeWithAwsCli } from '../../support/aws-cli';
import { queueArn, SnsCloud, topicArn } from './sns-cloud';

let cloud: SnsCloud;
beforeAll(async () => {
  cloud = await SnsCloud.start();
});
afterAll(() => cloud.stop());

/** A request as SDKs send it, with a signature that nobody checks for the developer's keys. */
async function send(Action: string, input: Record<string, string>): Promise<[number, string]> {
  const response = await fetch(cloud.cloud.endpoint, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded; charset=utf-8',
      authorization:
        'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/sns/aws4_request, SignedHeaders=host, Signature=0',
    },
    body: new URLSearchParams({ Action, Version: '2010-03-31', ...input }).toString(),
  });
  expect(response.headers.get('content-type')).toBe('text/xml');
  return [response.status, await response.text()];
}

test('SNS speaks the query protocol, with its maps', async () => {
  const [, made] = await send('CreateTopic', {
    Name: 'wire.fifo',
    'Attributes.entry.1.key': 'FifoTopic',
    'Attributes.entry.1.value': 'true',
    'Attributes.entry.2.key': 'ContentBasedDeduplication',
    'Attributes.entry.2.value': 'true',
    'Tags.member.1.Key': 'team',
    'Tags.member.1.Value': 'shop',
  });
  expect(made).toMatch(
    /^<CreateTopicResponse xmlns="http:\/\/sns\.amazonaws\.com\/doc\/2010-03-31\/"><CreateTopicResult><TopicArn>arn:aws:sns:us-east-1:000000000000:wire\.fifo<\/TopicArn><\/CreateTopicResult><ResponseMetadata>/,
  );
  const TopicArn = topicArn('wire.fifo');
  const [, shown] = await send('GetTopicAttributes', { TopicArn });
  expect(shown).toContain('<entry><key>ContentBasedDeduplication</key><value>true</value></entry>');
  await cloud.subscribe('wire.fifo', 'wire', { RawMessageDelivery: 'true' });
  const [status, sent] = await send('PublishBatch', {
    TopicArn,
    'PublishBatchRequestEntries.member.1.Id': 'one',
    'PublishBatchRequestEntries.member.1.Message': 'a & b',
    'PublishBatchRequestEntries.member.1.MessageGroupId': 'g',
    'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Name': 'kind',
    'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.DataType': 'String',
    'PublishBatchRequestEntries.member.1.MessageAttributes.entry.1.Value.StringValue': 'placed',
  });
  expect([status, sent]).toEqual([200, expect.stringMatching(/<Successful><member><Id>one<\/Id><MessageId>/)]);
  const [message] = await cloud.take('wire');
  expect(message).toMatchObject({
    Body: 'a & b',
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'placed' } },
  });
});

test('errors are XML, and what is not there is refused by name', async () => {
  const missing = await send('GetTopicAttributes', { TopicArn: topicArn('none') });
  expect(missing).toEqual([
    404,
    expect.stringContaining('<Error><Type>Sender</Type><Code>NotFound</Code><Message>Topic does not exist</Message>'),
  ]);
  expect(await send('CreatePlatformApplication', {})).toEqual([501, expect.stringContaining('NotImplemented')]);
  expect(await send('ConfirmSubscription', {})).toEqual([501, expect.stringContaining('sns:ConfirmSubscription')]);
});

describeWithAwsCli('aws sns', () => {
  test('makes a topic, subscribes a queue, publishes', async () => {
    const run = <T = Record<string, string>>(...args: string[]) => aws<T>(cloud.cloud.endpoint, 'sns', ...args);
    const { TopicArn } = await run('create-topic', '--name', 'cli', '--attributes', 'DisplayName=From the CLI');
    const topic = ['--topic-arn', TopicArn!];
    const { Attributes } = await run<{ Attributes: object }>('get-topic-attributes', ...topic);
    expect(Attributes).toMatchObject({ DisplayName: 'From the CLI', TopicArn });
    await cloud.queue('cli', 'cli');
    const to = ['--protocol', 'sqs', '--notification-endpoint', queueArn('cli')];
    const filter = ['--attributes', '{"RawMessageDelivery":"true","FilterPolicy":"{\\"kind\\":[\\"placed\\"]}"}'];
    await run('subscribe', ...topic, ...to, ...filter, '--return-subscription-arn');
    const kind = (StringValue: string) => JSON.stringify({ kind: { DataType: 'String', StringValue } });
    for (const value of ['placed', 'paid']) {
      await run('publish', ...topic, '--message', value, '--message-attributes', kind(value));
    }
    expect(await cloud.bodies('cli')).toEqual(['placed']);
  }, 60_000);
});
