import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  paginateListSchedules,
  SchedulerClient,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT, MINUTE, queueArn, roleArn, SchedulerCloud, scheduleArn, trusting } from './scheduler-cloud';

let cloud: SchedulerCloud;
beforeAll(async () => {
  cloud = await SchedulerCloud.start();
  await cloud.executionRole();
});
afterAll(() => cloud.stop());

const LATER = 'at(2030-01-01T00:00:00)';
const groupArn = (name: string) => `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule-group/${name}`;
const given = (more: Partial<CreateScheduleCommandInput> = {}): CreateScheduleCommandInput => ({
  Name: 'given',
  ScheduleExpression: LATER,
  FlexibleTimeWindow: { Mode: 'OFF' },
  Target: { Arn: queueArn('q'), RoleArn: roleArn('scheduler') },
  ...more,
});

describe('a schedule', () => {
  test('is described as it was made, with the defaults of AWS', async () => {
    await cloud.scheduler.send(
      new CreateScheduleCommand(
        given({
          Name: 'full',
          Description: 'all of it',
          ScheduleExpression: 'rate(2 hours)',
          ScheduleExpressionTimezone: 'Asia/Tokyo',
          StartDate: new Date('2026-06-01T00:00:00Z'),
          EndDate: new Date('2027-06-01T00:00:00.500Z'),
          FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
          State: 'DISABLED',
          ActionAfterCompletion: 'DELETE',
          Target: {
            Arn: queueArn('q.fifo'),
            RoleArn: roleArn('scheduler'),
            Input: '{}',
            RetryPolicy: { MaximumRetryAttempts: 0 },
            DeadLetterConfig: { Arn: queueArn('dlq') },
            SqsParameters: { MessageGroupId: 'g' },
          },
        }),
      ),
    );
    const { $metadata: _, ...full } = await cloud.scheduler.send(new GetScheduleCommand({ Name: 'full' }));
    expect(full).toEqual({
      Arn: scheduleArn('full'),
      GroupName: 'default',
      Name: 'full',
      Description: 'all of it',
      ScheduleExpression: 'rate(2 hours)',
      ScheduleExpressionTimezone: 'Asia/Tokyo',
      StartDate: new Date('2026-06-01T00:00:00Z'),
      EndDate: new Date('2027-06-01T00:00:00.500Z'),
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 15 },
      State: 'DISABLED',
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: queueArn('q.fifo'),
        RoleArn: roleArn('scheduler'),
        Input: '{}',
        RetryPolicy: { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 86_400 },
        DeadLetterConfig: { Arn: queueArn('dlq') },
        SqsParameters: { MessageGroupId: 'g' },
      },
      CreationDate: new Date(cloud.clock.now()),
      LastModificationDate: new Date(cloud.clock.now()),
    });
  });

  test('keeps the date of its creation through updates', async () => {
    await cloud.scheduler.send(new CreateScheduleCommand(given({ Name: 'dates' })));
    const CreationDate = new Date(cloud.clock.now());
    await cloud.pass(MINUTE);
    await cloud.scheduler.send(new UpdateScheduleCommand(given({ Name: 'dates', Description: 'changed' })));
    expect(await cloud.scheduler.send(new GetScheduleCommand({ Name: 'dates' }))).toMatchObject({
      Description: 'changed',
      CreationDate,
      LastModificationDate: new Date(CreationDate.getTime() + MINUTE),
    });
  });

  test('has a name of its own within its group', async () => {
    await cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: 'names' }));
    await cloud.scheduler.send(new CreateScheduleCommand(given({ Name: 'one' })));
    const { ScheduleArn } = await cloud.scheduler.send(
      new CreateScheduleCommand(given({ Name: 'one', GroupName: 'names' })),
    );
    expect(ScheduleArn).toBe(scheduleArn('one', 'names'));
    await expect(cloud.scheduler.send(new CreateScheduleCommand(given({ Name: 'one' })))).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule one already exists.',
      $metadata: { httpStatusCode: 409 },
    });
  });

  test('that is not there is named', async () => {
    const missing = { name: 'ResourceNotFoundException', $metadata: { httpStatusCode: 404 } };
    const Name = 'nothing';
    for (const command of [new GetScheduleCommand({ Name }), new UpdateScheduleCommand(given({ Name }))]) {
      await expect(cloud.scheduler.send(command as GetScheduleCommand)).rejects.toMatchObject({
        ...missing,
        message: 'Schedule nothing does not exist.',
      });
    }
    await expect(cloud.scheduler.send(new DeleteScheduleCommand({ Name, GroupName: 'nowhere' }))).rejects.toMatchObject(
      { ...missing, message: 'Schedule group nowhere does not exist.' },
    );
    await expect(cloud.scheduler.send(new CreateScheduleCommand(given({ GroupName: 'nowhere' })))).rejects.toThrow(
      'Schedule group nowhere does not exist.',
    );
  });
});

describe('a request that comes twice with one client token', () => {
  test('is done once, and answered twice', async () => {
    const create = new CreateScheduleCommand(given({ Name: 'twice', ClientToken: 'create-1' }));
    const first = await cloud.scheduler.send(create);
    expect((await cloud.scheduler.send(create)).ScheduleArn).toBe(first.ScheduleArn);
    const remove = () => cloud.scheduler.send(new DeleteScheduleCommand({ Name: 'twice', ClientToken: 'delete-1' }));
    await remove();
    await remove();
    await expect(cloud.scheduler.send(new GetScheduleCommand({ Name: 'twice' }))).rejects.toThrow('does not exist');
    // A schedule that was deleted meanwhile is not made again by a late repetition.
    await cloud.scheduler.send(create);
    await expect(cloud.scheduler.send(new GetScheduleCommand({ Name: 'twice' }))).rejects.toThrow('does not exist');
  });

  test('is refused when it says something else', async () => {
    await cloud.scheduler.send(new CreateScheduleCommand(given({ Name: 'token', ClientToken: 't' })));
    await expect(
      cloud.scheduler.send(new CreateScheduleCommand(given({ Name: 'another', ClientToken: 't' }))),
    ).rejects.toMatchObject({ name: 'ConflictException' });
  });

  test('is a new one after some hours', async () => {
    const create = new CreateScheduleCommand(given({ Name: 'aged', ClientToken: 'aged' }));
    await cloud.scheduler.send(create);
    await cloud.pass(9 * 60 * MINUTE);
    await expect(cloud.scheduler.send(create)).rejects.toThrow('Schedule aged already exists.');
  });
});

test('schedules are listed by group, prefix and state, page by page', async () => {
  for (const group of ['list-a', 'list-b']) {
    await cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: group }));
    for (let n = 1; n <= 3; n++) {
      const State = n === 2 ? 'DISABLED' : 'ENABLED';
      await cloud.scheduler.send(new CreateScheduleCommand(given({ Name: `${group}-${n}`, GroupName: group, State })));
    }
  }
  const list = async (input: object) =>
    (await cloud.scheduler.send(new ListSchedulesCommand(input))).Schedules!.map(({ Name }) => Name);
  expect(await list({ GroupName: 'list-a' })).toEqual(['list-a-1', 'list-a-2', 'list-a-3']);
  expect(await list({ NamePrefix: 'list-', State: 'DISABLED' })).toEqual(['list-a-2', 'list-b-2']);
  const pages: (string | undefined)[][] = [];
  const pager = paginateListSchedules({ client: cloud.scheduler, pageSize: 4 }, { NamePrefix: 'list-' });
  for await (const { Schedules = [] } of pager) pages.push(Schedules.map(({ Name }) => Name));
  expect(pages).toEqual([
    ['list-a-1', 'list-a-2', 'list-a-3', 'list-b-1'],
    ['list-b-2', 'list-b-3'],
  ]);
  const { Schedules = [] } = await cloud.scheduler.send(new ListSchedulesCommand({ GroupName: 'list-b' }));
  expect(Schedules[1]).toEqual({
    Arn: scheduleArn('list-b-2', 'list-b'),
    GroupName: 'list-b',
    Name: 'list-b-2',
    State: 'DISABLED',
    Target: { Arn: queueArn('q') },
    CreationDate: expect.any(Date),
    LastModificationDate: expect.any(Date),
  });
  await expect(list({ GroupName: 'nowhere' })).rejects.toThrow('Schedule group nowhere does not exist.');
});

describe('a group', () => {
  test('takes its schedules with it', async () => {
    await cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: 'leaving' }));
    await cloud.scheduler.send(new CreateScheduleCommand(given({ Name: 'inside', GroupName: 'leaving' })));
    await cloud.scheduler.send(new DeleteScheduleGroupCommand({ Name: 'leaving' }));
    expect(cloud.clock.pending().some(({ label }) => label.includes('leaving/'))).toBe(false);
    await expect(cloud.scheduler.send(new GetScheduleGroupCommand({ Name: 'leaving' }))).rejects.toThrow(
      'Schedule group leaving does not exist.',
    );
    // A new group of that name is empty.
    await cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: 'leaving' }));
    const { Schedules } = await cloud.scheduler.send(new ListSchedulesCommand({ GroupName: 'leaving' }));
    expect(Schedules).toEqual([]);
  });

  test('has a name of its own; the default one is always there, and stays', async () => {
    const { ScheduleGroupArn } = await cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: 'g-1' }));
    expect(ScheduleGroupArn).toBe(groupArn('g-1'));
    await expect(cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: 'g-1' }))).rejects.toMatchObject({
      name: 'ConflictException',
      message: 'Schedule group g-1 already exists.',
    });
    const { State, CreationDate } = await cloud.scheduler.send(new GetScheduleGroupCommand({ Name: 'g-1' }));
    expect([State, CreationDate]).toEqual(['ACTIVE', new Date(cloud.clock.now())]);
    const { Arn } = await cloud.scheduler.send(new GetScheduleGroupCommand({ Name: 'default' }));
    expect(Arn).toBe(groupArn('default'));
    for (const command of [CreateScheduleGroupCommand, DeleteScheduleGroupCommand]) {
      await expect(
        cloud.scheduler.send(new command({ Name: 'default' }) as DeleteScheduleGroupCommand),
      ).rejects.toMatchObject({
        name: 'ValidationException',
        message: 'This operation cannot be performed on schedule group default.',
      });
    }
    const { ScheduleGroups = [], NextToken } = await cloud.scheduler.send(
      new ListScheduleGroupsCommand({ NamePrefix: 'd', MaxResults: 1 }),
    );
    expect([ScheduleGroups.map(({ Name }) => Name), NextToken]).toEqual([['default'], undefined]);
  });

  test('has tags', async () => {
    const Tags = [
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '2' },
    ];
    await cloud.scheduler.send(new CreateScheduleGroupCommand({ Name: 'tagged', Tags }));
    const ResourceArn = groupArn('tagged');
    await cloud.scheduler.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'c', Value: '3' }] }));
    await cloud.scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['a', 'b'] }));
    const list = () => cloud.scheduler.send(new ListTagsForResourceCommand({ ResourceArn }));
    expect((await list()).Tags).toEqual([{ Key: 'c', Value: '3' }]);
    await cloud.scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['c'] }));
    expect((await list()).Tags).toEqual([]);
    await expect(
      cloud.scheduler.send(new ListTagsForResourceCommand({ ResourceArn: scheduleArn('full') })),
    ).rejects.toThrow("at 'resourceArn' failed to satisfy constraint");
  });
});

describe('what AWS does not take is refused in its words', () => {
  const target = (more: object) => given({ Target: { Arn: queueArn('q'), RoleArn: roleArn('scheduler'), ...more } });
  const lambda = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
  const refused: [string, CreateScheduleCommandInput, string][] = [
    ['an expression', given({ ScheduleExpression: 'rate(5 weeks)' }), 'Invalid Schedule Expression rate(5 weeks).'],
    ['a zone', given({ ScheduleExpressionTimezone: 'Mars/Base' }), 'Invalid ScheduleExpressionTimezone Mars/Base.'],
    [
      'a name',
      given({ Name: 'a b' }),
      "1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[0-9a-zA-Z-_.]+$",
    ],
    [
      'several members',
      given({ State: 'ON' as 'ENABLED', ActionAfterCompletion: 'STOP' as 'NONE' }),
      "2 validation errors detected: Value 'ON' at 'state' failed to satisfy constraint: Member must satisfy enum value set: [ENABLED, DISABLED]; Value 'STOP' at 'actionAfterCompletion' failed to satisfy constraint: Member must satisfy enum value set: [NONE, DELETE]",
    ],
    [
      'no target',
      given({ Target: undefined }),
      "1 validation error detected: Value null at 'target' failed to satisfy constraint: Member must not be null",
    ],
    [
      'a window without a length',
      given({ FlexibleTimeWindow: { Mode: 'FLEXIBLE' } }),
      'MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.',
    ],
    [
      'a length without a window',
      given({ FlexibleTimeWindow: { Mode: 'OFF', MaximumWindowInMinutes: 5 } }),
      'MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.',
    ],
    [
      'a window that is too long',
      given({ FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1_441 } }),
      "1 validation error detected: Value '1441' at 'flexibleTimeWindow.maximumWindowInMinutes' failed to satisfy constraint: Member must have value less than or equal to 1440",
    ],
    [
      'an end before the start',
      given({ StartDate: new Date('2028-01-01'), EndDate: new Date('2027-01-01') }),
      'The StartDate you specify must come before the EndDate.',
    ],
    [
      'a start in the past',
      given({ ScheduleExpression: 'rate(1 days)', StartDate: new Date('2025-01-01') }),
      'The StartDate you specify cannot be earlier than 5 minutes ago.',
    ],
    [
      'a dead-letter queue that is first-in-first-out',
      target({ DeadLetterConfig: { Arn: queueArn('dlq.fifo') } }),
      `1 validation error detected: Value '${queueArn('dlq.fifo')}' at 'target.deadLetterConfig.arn' failed to satisfy constraint: Member must satisfy regular expression pattern: ^arn:aws(-[a-z]+)?:sqs:[a-z0-9\\-]+:\\d{12}:[a-zA-Z0-9\\-_]+$`,
    ],
    ['an ARN', target({ Arn: 'queue' }), 'Provided Arn is not in correct format.'],
    [
      'a service',
      target({ Arn: `arn:aws:rds:us-east-1:${ACCOUNT}:db:x` }),
      'rds is not a supported service for a target.',
    ],
    [
      'a region',
      target({ Arn: `arn:aws:sqs:eu-west-1:${ACCOUNT}:q` }),
      'The target ARN provided does not match the current region us-east-1.',
    ],
    ['an input', target({ Arn: lambda, Input: 'hello' }), 'JSON syntax error in input for the target.'],
    [
      'a group of messages',
      target({ SqsParameters: { MessageGroupId: 'g' } }),
      'Parameters MessageGroupId not valid for the target.',
    ],
    ['no group of messages', target({ Arn: queueArn('q.fifo') }), 'Parameters SqsParameters must be specified.'],
    [
      'parameters of another service',
      target({ Arn: lambda, SqsParameters: { MessageGroupId: 'g' } }),
      'Parameters SqsParameters not supported for the target.',
    ],
    [
      'a call that reads',
      target({ Arn: 'arn:aws:scheduler:::aws-sdk:sqs:getQueueUrl', Input: '{}' }),
      'getQueueUrl API is not supported.',
    ],
    [
      'a call without input',
      target({ Arn: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage' }),
      'You must provide an input to set this target for your schedule.',
    ],
    [
      'retries',
      target({ RetryPolicy: { MaximumRetryAttempts: 186 } }),
      "1 validation error detected: Value '186' at 'target.retryPolicy.maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 185",
    ],
  ];

  test.each(refused)('%s', async (_what, request, message) => {
    await expect(cloud.scheduler.send(new CreateScheduleCommand(request))).rejects.toMatchObject({
      name: 'ValidationException',
      message,
      $metadata: { httpStatusCode: 400 },
    });
  });

  test.each<[string, CreateScheduleCommandInput, string]>([
    ['a key', given({ KmsKeyArn: `arn:aws:kms:us-east-1:${ACCOUNT}:key/k` }), 'scheduler:CreateSchedule: KmsKeyArn'],
    ['a state machine', target({ Arn: `arn:aws:states:us-east-1:${ACCOUNT}:stateMachine:m` }), 'a target of states'],
    [
      'a call of a service that is not there',
      target({ Arn: 'arn:aws:scheduler:::aws-sdk:sfn:startExecution', Input: '{}' }),
      'a target of sfn:startExecution',
    ],
  ])('%s that AWS would take is refused by name', async (_what, request, message) => {
    await expect(cloud.scheduler.send(new CreateScheduleCommand(request))).rejects.toMatchObject({
      name: 'NotImplemented',
      message: expect.stringContaining(message),
    });
  });
});

test('a role may manage only the schedules that its policies name, and pass only the roles that they name', async () => {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'scheduler:CreateSchedule', Resource: scheduleArn('mine-*') },
      { Effect: 'Allow', Action: 'iam:PassRole', Resource: roleArn('scheduler') },
    ],
  };
  const root = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sts:AssumeRole' }] };
  const RoleArn = await cloud.role('planner', root, policy);
  await cloud.role('forbidden', trusting('scheduler.amazonaws.com'));
  const settings = { endpoint: cloud.cloud.endpoint, region: 'us-east-1', maxAttempts: 1 };
  const sts = new STSClient({ ...settings, credentials: { accessKeyId: 'test', secretAccessKey: 'test' } });
  const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 'session' }));
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = Credentials!;
  const planner = new SchedulerClient({
    ...settings,
    credentials: { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken },
  });
  const create = (Name: string, role: string) =>
    planner.send(new CreateScheduleCommand(given({ Name, Target: { Arn: queueArn('q'), RoleArn: roleArn(role) } })));
  await expect(create('mine-1', 'scheduler')).resolves.toMatchObject({ ScheduleArn: scheduleArn('mine-1') });
  await expect(create('yours', 'scheduler')).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: expect.stringContaining(`perform: scheduler:CreateSchedule on resource: ${scheduleArn('yours')}`),
  });
  await expect(create('mine-2', 'forbidden')).rejects.toThrow('iam:PassRole');
  planner.destroy();
  sts.destroy();
});
