import {
  CreateArchiveCommand,
  CreateConnectionCommand,
  CreateEventBusCommand,
  DescribeArchiveCommand,
  DescribeEventBusCommand,
  DescribeReplayCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  StartReplayCommand,
  TestEventPatternCommand,
} from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;

let cloud: Cloud;
let events: EventBridgeClient;
let sqs: SQSClient;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  const config = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  events = new EventBridgeClient(config);
  sqs = new SQSClient(config);
});
afterAll(async () => {
  events.destroy();
  sqs.destroy();
  await cloud.stop();
});

const receive = async (QueueUrl: string) =>
  (await sqs.send(new ReceiveMessageCommand({ QueueUrl, MessageAttributeNames: ['All'] }))).Messages ?? [];

test('an event goes from the SDK over a bus to a queue, once the queue lets EventBridge send', async () => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'target' }));
  const { QueueUrl: dlqUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'dlq' }));
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'wire' }));
  expect(EventBusArn).toBe(arn('events', 'event-bus/wire'));
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: 'r', EventBusName: 'wire', EventPattern: '{"detail-type":[{"prefix":"Order"}]}' }),
  );
  await events.send(
    new PutTargetsCommand({
      Rule: 'r',
      EventBusName: 'wire',
      Targets: [{ Id: 't', Arn: arn('sqs', 'target'), DeadLetterConfig: { Arn: arn('sqs', 'dlq') } }],
    }),
  );
  const allow = (queue: string) =>
    JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: arn('sqs', queue),
          Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
        },
      ],
    });
  const put = () =>
    events.send(
      new PutEventsCommand({
        Entries: [
          {
            Source: 'shop',
            DetailType: 'OrderCreated',
            Detail: '{"orderId":"o-1"}',
            EventBusName: 'wire',
            Time: new Date(0),
          },
          { Source: 'shop', DetailType: 'OrderCreated', Detail: '{', EventBusName: 'wire' },
        ],
      }),
    );

  await sqs.send(new SetQueueAttributesCommand({ QueueUrl: dlqUrl, Attributes: { Policy: allow('dlq') } }));
  await put();
  expect(await receive(QueueUrl)).toEqual([]);
  const [letter] = await receive(dlqUrl);
  expect(letter?.MessageAttributes?.ERROR_CODE?.StringValue).toBe('NO_PERMISSIONS');

  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy: allow('target') } }));
  const { FailedEntryCount, Entries = [] } = await put();
  expect(FailedEntryCount).toBe(1);
  expect(Entries[1]).toEqual({ ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' });
  const [message] = await receive(QueueUrl);
  expect(JSON.parse(message?.Body as string)).toMatchObject({
    id: Entries[0]?.EventId,
    time: '1970-01-01T00:00:00Z',
    detail: { orderId: 'o-1' },
  });
});

test('a bus policy denies a source to everybody but one role', async () => {
  await events.send(new CreateEventBusCommand({ Name: 'guarded' }));
  const Statement = {
    Sid: 'only-the-feed',
    Effect: 'Deny',
    Principal: '*',
    Action: 'events:PutEvents',
    Resource: arn('events', 'event-bus/guarded'),
    Condition: {
      StringEquals: { 'events:source': 'orderstream' },
      ArnNotEquals: { 'aws:PrincipalArn': 'arn:aws:iam::000000000000:role/feed' },
    },
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
  await events.send(new PutPermissionCommand({ EventBusName: 'guarded', Policy }));
  expect((await events.send(new DescribeEventBusCommand({ Name: 'guarded' }))).Policy).toContain('only-the-feed');
  const entry = { DetailType: 'OrderPaid', Detail: '{}', EventBusName: 'guarded' };
  const { Entries } = await events.send(
    new PutEventsCommand({
      Entries: [
        { ...entry, Source: 'shop' },
        { ...entry, Source: 'orderstream' },
      ],
    }),
  );
  expect(Entries).toMatchObject([{ EventId: expect.any(String) }, { ErrorCode: 'AccessDeniedException' }]);
});

test('patterns are tried, and refused with the words of AWS', async () => {
  const run = (EventPattern: string) => events.send(new TestEventPatternCommand({ EventPattern, Event: '{"a":1}' }));
  expect((await run('{"a":[1]}')).Result).toBe(true);
  await expect(run('{"a":1}')).rejects.toMatchObject({
    name: 'InvalidEventPatternException',
    message:
      'Event pattern is not valid. Reason: "a" must be an object or an array\n at [Source: (String)"{"a":1}"; line: 1, column: 7]',
  });
});

test('an archive replays what it kept, and then is done', async () => {
  const { QueueUrl = '' } = await sqs.send(new CreateQueueCommand({ QueueName: 'replayed' }));
  const Statement = {
    Effect: 'Allow',
    Principal: { Service: 'events.amazonaws.com' },
    Action: 'sqs:SendMessage',
    Resource: arn('sqs', 'replayed'),
  };
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [Statement] });
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  const { EventBusArn } = await events.send(new CreateEventBusCommand({ Name: 'archived' }));
  const { ArchiveArn } = await events.send(new CreateArchiveCommand({ ArchiveName: 'a', EventSourceArn: EventBusArn }));
  const entry = { Source: 'shop', DetailType: 'OrderCreated', Detail: '{}', EventBusName: 'archived' };
  const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [{ ...entry, Time: new Date(5_500) }] }));
  await events.send(new PutRuleCommand({ Name: 'r', EventBusName: 'archived', EventPattern: '{"source":["shop"]}' }));
  const target = { Id: 't', Arn: arn('sqs', 'replayed') };
  await events.send(new PutTargetsCommand({ Rule: 'r', EventBusName: 'archived', Targets: [target] }));
  expect((await events.send(new DescribeArchiveCommand({ ArchiveName: 'a' }))).EventCount).toBe(1);
  const started = await events.send(
    new StartReplayCommand({
      ReplayName: 'again',
      EventSourceArn: ArchiveArn,
      EventStartTime: new Date(5_000),
      EventEndTime: new Date(6_000),
      Destination: { Arn: EventBusArn },
    }),
  );
  expect(started).toMatchObject({ State: 'STARTING', ReplayArn: arn('events', 'replay/again') });
  await cloud.idle();
  const described = await events.send(new DescribeReplayCommand({ ReplayName: 'again' }));
  expect(described).toMatchObject({ State: 'COMPLETED', EventLastReplayedTime: new Date(5_500) });
  expect(JSON.parse((await receive(QueueUrl))[0]?.Body as string)).toMatchObject({
    id: Entries[0]?.EventId,
    time: '1970-01-01T00:00:05Z',
    'replay-name': 'again',
  });
});

test('what is not there is refused by name', async () => {
  const connection = new CreateConnectionCommand({
    Name: 'c',
    AuthorizationType: 'API_KEY',
    AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'n', ApiKeyValue: 'v' } },
  });
  await expect(events.send(connection)).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('events:CreateConnection'),
  });
});
