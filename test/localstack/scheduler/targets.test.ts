import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateTableCommand, DynamoDBClient, ScanCommand } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { DeleteRoleCommand, DeleteRolePolicyCommand } from '@aws-sdk/client-iam';
import { CreateFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { zip } from '../lambda/lambda-bench';
import {
  ACCOUNT,
  allowing,
  HOUR,
  MINUTE,
  queueArn,
  roleArn,
  SchedulerCloud,
  scheduleArn,
  trusting,
} from './scheduler-cloud';

let cloud: SchedulerCloud;
let settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
beforeAll(async () => {
  cloud = await SchedulerCloud.start();
  await cloud.executionRole();
  settings = {
    endpoint: cloud.cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
});
afterAll(() => cloud.stop());

const SCHEDULER = trusting('scheduler.amazonaws.com');
const ATTRIBUTES = JSON.stringify({
  arn: '<aws.scheduler.schedule-arn>',
  time: '<aws.scheduler.scheduled-time>',
  id: '<aws.scheduler.execution-id>',
  attempt: '<aws.scheduler.attempt-number>',
  other: '<aws.scheduler.other>',
});
const NOW = 'at(2026-01-01T00:00:00)';
const function_ = (name: string) => `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${name}`;

describe('a queue', () => {
  test('gets the input, with what is known of the invocation filled in', async () => {
    await cloud.queue('context');
    await cloud.schedule('context', NOW, { Target: { Input: ATTRIBUTES } });
    const [body] = await cloud.bodies('context');
    expect(JSON.parse(body!)).toEqual({
      arn: scheduleArn('context'),
      time: '2026-01-01T00:00:00Z',
      id: expect.stringMatching(/^[0-9a-f]{16}$/),
      attempt: '1',
      other: '<aws.scheduler.other>',
    });
  });

  test('gets a notification when there is no input, as text that need not be JSON otherwise', async () => {
    await cloud.queue('default');
    await cloud.queue('text');
    await cloud.schedule('default', NOW, { Target: { Input: undefined } });
    await cloud.schedule('text', NOW, { Target: { Input: 'Message for <aws.scheduler.schedule-arn>' } });
    expect(await cloud.bodies('text')).toEqual([`Message for ${scheduleArn('text')}`]);
    expect(JSON.parse((await cloud.bodies('default'))[0]!)).toEqual({
      version: '0',
      id: expect.any(String),
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account: ACCOUNT,
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: [scheduleArn('default')],
      detail: '{}',
    });
  });

  test('that is first-in-first-out has to deduplicate by content', async () => {
    await cloud.queue('own-ids.fifo', { FifoQueue: 'true' });
    await cloud.queue('by-content.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' });
    await cloud.queue('fifo-dlq');
    const target = (name: string) => ({
      Arn: queueArn(name),
      SqsParameters: { MessageGroupId: 'g' },
      DeadLetterConfig: { Arn: queueArn('fifo-dlq') },
    });
    await cloud.schedule('fifo', NOW, { Target: target('by-content.fifo') });
    expect(await cloud.bodies('by-content.fifo')).toEqual(['2026-01-01T00:00:00Z']);
    await cloud.schedule('no-ids', NOW, { Target: target('own-ids.fifo') });
    expect(await cloud.bodies('own-ids.fifo')).toEqual([]);
    expect((await cloud.letters('fifo-dlq'))[0]!.attributes.ERROR_CODE).toBe('InvalidParameterValue');
  });
});

test('a function is invoked asynchronously, if the role allows it', async () => {
  const lambda = new LambdaClient(settings);
  const logs = new CloudWatchLogsClient(settings);
  await lambda.send(
    new CreateFunctionCommand({
      FunctionName: 'echo',
      Role: await cloud.role('echo', trusting('lambda.amazonaws.com'), allowing('logs:*')),
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: {
        ZipFile: Buffer.from(
          zip({
            'index.mjs': 'export const handler = async (event) => console.log("EVENT " + JSON.stringify(event));',
          }),
          'base64',
        ),
      },
    }),
  );
  const RoleArn = await cloud.role('invoker', SCHEDULER, allowing('lambda:InvokeFunction', function_('echo')));
  await cloud.schedule('invoke', NOW, { Target: { Arn: function_('echo'), RoleArn, Input: ATTRIBUTES } });
  // Scheduler's own call of the API: here the payload is an object of the input.
  await cloud.schedule('sdk-invoke', NOW, {
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:lambda:invoke',
      RoleArn,
      Input: JSON.stringify({ FunctionName: 'echo', InvocationType: 'Event', Payload: '{"from":"the api"}' }),
    },
  });
  await cloud.cloud.idle();
  const { events = [] } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/echo', filterPattern: 'EVENT' }),
  );
  const seen = events.map(({ message = '' }) => JSON.parse(message.slice(message.indexOf('{'))));
  expect(seen).toContainEqual(expect.objectContaining({ arn: scheduleArn('invoke'), attempt: '1' }));
  expect(seen).toContainEqual({ from: 'the api' });
  expect(seen).toHaveLength(2);
});

test('an event bus gets an event of the given source and type', async () => {
  const events = new EventBridgeClient(settings);
  const bus = `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/default`;
  const QueueUrl = await cloud.queue('from-bus');
  const { RuleArn } = await events.send(
    new PutRuleCommand({ Name: 'ticks', EventPattern: '{"source":["clock"],"detail":{"n":[1]}}' }),
  );
  const Policy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'events.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: '*',
        Condition: { ArnEquals: { 'aws:SourceArn': RuleArn } },
      },
    ],
  });
  await cloud.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { Policy } }));
  await events.send(new PutTargetsCommand({ Rule: 'ticks', Targets: [{ Id: 'q', Arn: queueArn('from-bus') }] }));
  const RoleArn = await cloud.role('putter', SCHEDULER, allowing('events:PutEvents', bus));
  const EventBridgeParameters = { Source: 'clock', DetailType: 'Tick' };
  await cloud.schedule('tick', NOW, { Target: { Arn: bus, RoleArn, Input: '{"n":1}', EventBridgeParameters } });
  await cloud.schedule('sdk-tick', NOW, {
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:eventbridge:putEvents',
      RoleArn,
      Input: JSON.stringify({ Entries: [{ Source: 'clock', DetailType: 'Tock', Detail: '{"n":1}' }] }),
    },
  });
  const received = (await cloud.bodies('from-bus')).map((body) => JSON.parse(body));
  expect(received).toEqual([
    expect.objectContaining({ source: 'clock', 'detail-type': 'Tick', resources: [scheduleArn('tick')] }),
    expect.objectContaining({ source: 'clock', 'detail-type': 'Tock' }),
  ]);
});

test('a universal target is a call of the API, as the role may make it', async () => {
  const dynamodb = new DynamoDBClient(settings);
  await dynamodb.send(
    new CreateTableCommand({
      TableName: 'Ticks',
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      BillingMode: 'PAY_PER_REQUEST',
    }),
  );
  const table = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Ticks`;
  const policy = { ...allowing('dynamodb:PutItem', table) };
  policy.Statement.push(...allowing('sqs:SendMessage', queueArn('put-dlq')).Statement);
  const RoleArn = await cloud.role('writer', SCHEDULER, policy);
  await cloud.queue('put-dlq');
  const QueueUrl = await cloud.queue('by-sdk');
  const put = (id: string, TableName: string) => ({
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:dynamodb:putItem',
      RoleArn,
      Input: JSON.stringify({ TableName, Item: { id: { S: `${id} <aws.scheduler.scheduled-time>` } } }),
      DeadLetterConfig: { Arn: queueArn('put-dlq') },
    },
  });
  await cloud.schedule('put', NOW, put('one', 'Ticks'));
  await cloud.schedule('sdk-send', NOW, {
    Target: {
      Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
      Input: JSON.stringify({ QueueUrl, MessageBody: 'at <aws.scheduler.scheduled-time>' }),
    },
  });
  expect(await cloud.bodies('by-sdk')).toEqual(['at 2026-01-01T00:00:00Z']);
  const { Items } = await dynamodb.send(new ScanCommand({ TableName: 'Ticks' }));
  expect(Items).toEqual([{ id: { S: 'one 2026-01-01T00:00:00Z' } }]);

  await cloud.schedule('put-elsewhere', NOW, put('two', 'Others'));
  const [letter] = await cloud.letters('put-dlq');
  expect(JSON.parse(letter!.body)).toEqual({ TableName: 'Others', Item: { id: { S: 'two 2026-01-01T00:00:00Z' } } });
  expect(letter!.attributes).toMatchObject({
    ERROR_CODE: 'AccessDeniedException',
    TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:dynamodb:putItem',
  });
});

describe('the role', () => {
  test('must trust Scheduler before a schedule is taken', async () => {
    const message = 'The execution role you provide must allow AWS EventBridge Scheduler to assume the role.';
    await cloud.role('stranger', trusting('lambda.amazonaws.com'));
    for (const name of ['stranger', 'nobody']) {
      await expect(cloud.schedule('x', NOW, { Target: { RoleArn: roleArn(name) } })).rejects.toMatchObject({
        name: 'ValidationException',
        message,
      });
    }
  });

  test('may ask for the group of the schedule', async () => {
    const group = (name: string) => ({
      ArnEquals: { 'aws:SourceArn': `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule-group/${name}` },
      StringEquals: { 'aws:SourceAccount': ACCOUNT },
    });
    await cloud.queue('grouped');
    const own = await cloud.role('own', trusting('scheduler.amazonaws.com', group('default')), allowing('sqs:*'));
    const other = await cloud.role('other', trusting('scheduler.amazonaws.com', group('other')), allowing('sqs:*'));
    await cloud.schedule('grouped', NOW, { Target: { RoleArn: own } });
    expect(await cloud.bodies('grouped')).toHaveLength(1);
    await expect(cloud.schedule('x', NOW, { Target: { RoleArn: other } })).rejects.toThrow(
      'must allow AWS EventBridge',
    );
  });

  test('must allow the call: otherwise it goes to the dead-letter queue at once', async () => {
    await cloud.queue('closed');
    await cloud.queue('closed-dlq');
    const RoleArn = await cloud.role('narrow', SCHEDULER, allowing('sqs:SendMessage', queueArn('closed-dlq')));
    await cloud.schedule('closed', NOW, {
      Target: { RoleArn, Input: 'hello', DeadLetterConfig: { Arn: queueArn('closed-dlq') } },
    });
    expect(await cloud.bodies('closed')).toEqual([]);
    const [letter] = await cloud.letters('closed-dlq');
    expect(letter).toEqual({
      body: 'hello',
      attributes: {
        ERROR_CODE: expect.stringMatching(/^AccessDenied/),
        ERROR_MESSAGE: expect.stringContaining('is not authorized to perform: sqs:sendmessage'),
        EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
        IS_PAYLOAD_TRUNCATED: 'false',
        RETRY_ATTEMPTS: '0',
        SCHEDULED_TIME: '2026-01-01T00:00:00Z',
        SCHEDULE_ARN: scheduleArn('closed'),
        TARGET_ARN: queueArn('closed'),
      },
    });
    expect(letter!.attributes.ERROR_MESSAGE).toContain(`arn:aws:sts::${ACCOUNT}:assumed-role/narrow/`);
  });

  test('that is gone takes the schedule with it: nothing is delivered any more', async () => {
    await cloud.queue('orphan');
    const RoleArn = await cloud.role('brief', SCHEDULER, allowing('sqs:SendMessage'));
    await cloud.schedule('orphan', 'cron(0 * * * ? *)', { Target: { RoleArn } });
    expect(await cloud.bodies('orphan')).toHaveLength(1);
    await cloud.iam.send(new DeleteRolePolicyCommand({ RoleName: 'brief', PolicyName: 'own' }));
    await cloud.iam.send(new DeleteRoleCommand({ RoleName: 'brief' }));
    await cloud.pass(HOUR);
    expect(await cloud.bodies('orphan')).toEqual([]);
  });
});

describe('an invocation that fails', () => {
  const fail = (target: string, more: object = {}) =>
    cloud.cloud.controls.faults.plan({
      seed: 1,
      rules: [{ fault: 'error', service: 'scheduler', operation: 'Deliver', target, ...more }],
    });

  test('because the queue is not there goes to the dead-letter queue with the code that AWS gives', async () => {
    await cloud.queue('missing-dlq');
    await cloud.schedule('missing', NOW, { Target: { DeadLetterConfig: { Arn: queueArn('missing-dlq') } } });
    const [letter] = await cloud.letters('missing-dlq');
    expect(letter!.attributes).toMatchObject({
      ERROR_CODE: 'AWS.SimpleQueueService.NonExistentQueue',
      RETRY_ATTEMPTS: '0',
    });
    expect(letter!.attributes).not.toHaveProperty('EXHAUSTED_RETRY_CONDITION');
  });

  test('is tried again after 1, 2, 4 … seconds, as the same execution', async () => {
    await cloud.queue('flaky');
    fail('flaky', { times: 3 });
    const began = cloud.clock.now();
    await cloud.schedule('flaky', 'rate(1 days)', { Target: { Input: ATTRIBUTES } });
    await cloud.cloud.idle();
    const waits: number[] = [];
    for (const attempt of [1, 2, 3]) {
      const timer = cloud.clock.pending().find(({ label }) => label.includes('schedule default/flaky to'))!;
      expect(timer.label).toBe(`scheduler: retry ${attempt} of schedule default/flaky to ${queueArn('flaky')}`);
      waits.push(timer.dueAt - cloud.clock.now());
      await cloud.pass(timer.dueAt - cloud.clock.now());
    }
    expect(waits).toEqual([1_000, 2_000, 4_000]);
    const [body, ...others] = await cloud.bodies('flaky');
    expect(others).toEqual([]);
    expect(JSON.parse(body!)).toMatchObject({
      attempt: '4',
      time: new Date(began).toISOString().replace('.000', ''),
    });
  });

  test('is given up after the retries that its policy allows', async () => {
    await cloud.queue('tired');
    await cloud.queue('tired-dlq');
    fail('tired');
    await cloud.schedule('tired', NOW, {
      Target: { RetryPolicy: { MaximumRetryAttempts: 2 }, DeadLetterConfig: { Arn: queueArn('tired-dlq') } },
      ActionAfterCompletion: 'DELETE',
    });
    await cloud.pass(2_999);
    expect(await cloud.letters('tired-dlq')).toEqual([]);
    // The schedule stays until its last invocation has come to an end.
    expect(cloud.clock.pending().some(({ label }) => label.includes('default/tired'))).toBe(true);
    await cloud.pass(1);
    const [letter] = await cloud.letters('tired-dlq');
    expect(letter!.attributes).toMatchObject({
      ERROR_CODE: 'InternalFailure',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '2',
    });
    await expect(cloud.schedule('tired', NOW)).resolves.toBe(scheduleArn('tired'));
  });

  test('is given up when it is too old', async () => {
    await cloud.queue('old');
    await cloud.queue('old-dlq');
    fail('old');
    await cloud.schedule('old', NOW, {
      Target: { RetryPolicy: { MaximumEventAgeInSeconds: 60 }, DeadLetterConfig: { Arn: queueArn('old-dlq') } },
    });
    await cloud.pass(MINUTE);
    const [letter] = await cloud.letters('old-dlq');
    // After 1 + 2 + 4 + 8 + 16 seconds; the next would be after 63.
    expect(letter!.attributes).toMatchObject({
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: '5',
    });
  });

  test('by default is tried 185 times in about a day', async () => {
    await cloud.queue('stubborn');
    await cloud.queue('stubborn-dlq');
    fail('stubborn');
    await cloud.schedule('stubborn', NOW, { Target: { DeadLetterConfig: { Arn: queueArn('stubborn-dlq') } } });
    await cloud.pass(24 * HOUR);
    const [letter] = await cloud.letters('stubborn-dlq');
    expect(Number(letter!.attributes.RETRY_ATTEMPTS)).toBeGreaterThan(180);
  });
});
