import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { App, Duration, Stack } from 'aws-cdk-lib';
import { Schedule, ScheduleExpression, ScheduleGroup, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SqsSendMessage } from 'aws-cdk-lib/aws-scheduler-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ACCOUNT, MINUTE, SchedulerCloud, scheduleArn, trusting } from '../scheduler/scheduler-cloud';

let cloud: SchedulerCloud;
beforeAll(async () => {
  cloud = await SchedulerCloud.start();
});
afterAll(() => cloud.stop());

const call = (service: string, operation: string, input: object) =>
  cloud.cloud.registry.call(service, operation, input, cloud.cloud.rootCall());
const deploy = async (operation: 'CreateStack' | 'UpdateStack', StackName: string, template: object) => {
  const Capabilities = ['CAPABILITY_NAMED_IAM'];
  await call('cloudformation', operation, { StackName, TemplateBody: JSON.stringify(template), Capabilities });
  const { Stacks } = await call('cloudformation', 'DescribeStacks', { StackName });
  return Stacks[0];
};
/** Oldest first: the root cause, then what was cancelled because of it. */
const failures = async (StackName: string): Promise<string[]> => {
  const { StackEvents } = await call('cloudformation', 'DescribeStackEvents', { StackName });
  return StackEvents.filter((event: Record<string, string>) => /FAILED/.test(event.ResourceStatus!))
    .map((event: Record<string, string>) => event.ResourceStatusReason)
    .reverse();
};

const queue = (QueueName: string) => ({ Type: 'AWS::SQS::Queue', Properties: { QueueName } });
const role = {
  Type: 'AWS::IAM::Role',
  Properties: {
    AssumeRolePolicyDocument: trusting('scheduler.amazonaws.com'),
    Policies: [
      {
        PolicyName: 'send',
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' }],
        },
      },
    ],
  },
};
const schedule = (properties: object) => ({
  Type: 'AWS::Scheduler::Schedule',
  Properties: {
    Name: 'sweep',
    GroupName: { Ref: 'Group' },
    ScheduleExpression: 'rate(5 minutes)',
    StartDate: '2026-01-01T01:00:00.000Z',
    // Templates may write numbers as text.
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: '1' },
    Target: {
      Arn: { 'Fn::GetAtt': ['Queue', 'Arn'] },
      RoleArn: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Input: 'sweep',
      RetryPolicy: { MaximumRetryAttempts: '3', MaximumEventAgeInSeconds: 120 },
    },
    ...properties,
  },
});
const template = (properties: object, groupTags: object[] = []) => ({
  Resources: {
    Queue: queue('swept'),
    Role: role,
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: { Tags: groupTags } },
    Sweep: schedule(properties),
  },
  Outputs: {
    Name: { Value: { Ref: 'Sweep' } },
    Arn: { Value: { 'Fn::GetAtt': ['Sweep', 'Arn'] } },
    Group: { Value: { Ref: 'Group' } },
    GroupState: { Value: { 'Fn::GetAtt': ['Group', 'State'] } },
  },
});
const outputs = (stack: { Outputs: { OutputKey: string; OutputValue: string }[] }) =>
  Object.fromEntries(stack.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));

test('a stack makes, changes and deletes a schedule and its group', async () => {
  const created = await deploy('CreateStack', 'plan', template({}, [{ Key: 'team', Value: 'orders' }]));
  expect(created.StackStatus).toBe('CREATE_COMPLETE');
  const { Name, Arn, Group, GroupState } = outputs(created);
  expect(Group).toMatch(/^plan-Group-[A-Z2-7]{12}$/);
  expect([Name, Arn, GroupState]).toEqual(['sweep', scheduleArn('sweep', Group), 'ACTIVE']);
  const get = () => call('scheduler', 'GetSchedule', { Name: 'sweep', GroupName: Group });
  expect(await get()).toMatchObject({
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 1 },
    StartDate: Date.parse('2026-01-01T01:00:00Z') / 1_000,
    Target: { RetryPolicy: { MaximumRetryAttempts: 3, MaximumEventAgeInSeconds: 120 } },
  });
  await cloud.pass(62 * MINUTE);
  expect(await cloud.bodies('swept')).toEqual(['sweep']);

  const updated = await deploy('UpdateStack', 'plan', template({ State: 'DISABLED' }));
  expect(updated.StackStatus).toBe('UPDATE_COMPLETE');
  expect((await get()).State).toBe('DISABLED');
  const ResourceArn = `arn:aws:scheduler:us-east-1:${ACCOUNT}:schedule-group/${Group}`;
  expect(await call('scheduler', 'ListTagsForResource', { ResourceArn })).toEqual({ Tags: [] });

  const moved = await deploy('UpdateStack', 'plan', template({ GroupName: 'default' }));
  expect(moved.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
  expect((await failures('plan'))[0]).toMatch(
    /^Resource handler returned message: "Resource of type 'AWS::Scheduler::Schedule' with identifier 'sweep' was not found\."/,
  );
  expect((await get()).State).toBe('DISABLED');

  await call('cloudformation', 'DeleteStack', { StackName: 'plan' });
  expect(await call('scheduler', 'ListSchedules', {})).toEqual({ Schedules: [] });
  const { ScheduleGroups } = await call('scheduler', 'ListScheduleGroups', {});
  expect(ScheduleGroups).toHaveLength(1);
});

test('a stack fails with what Scheduler says, and with what CloudFormation adds', async () => {
  await deploy('CreateStack', 'seconds', template({ StartDate: '2026-06-01T00:00:00Z' }));
  expect((await failures('seconds'))[0]).toContain('StartDate needs to follow the format yyyy-MM-ddTHH:mm:ss.SSSZ');
  await deploy('CreateStack', 'weeks', template({ ScheduleExpression: 'rate(5 weeks)' }));
  expect((await failures('weeks'))[0]).toContain('Invalid Schedule Expression rate(5 weeks).');
});

test('a schedule of the CDK is deployed and runs', async () => {
  // CDK's own validator takes seconds.
  process.env.CDK_VALIDATION = 'false';
  const app = new App();
  const stack = new Stack(app, 'Cdk');
  const target = new Queue(stack, 'Target', { queueName: 'from-cdk' });
  const scheduleGroup = new ScheduleGroup(stack, 'Group');
  new Schedule(stack, 'Schedule', {
    schedule: ScheduleExpression.rate(Duration.minutes(10)),
    scheduleGroup,
    start: new Date(cloud.clock.now() + 10 * MINUTE),
    target: new SqsSendMessage(target, {
      input: ScheduleTargetInput.fromObject({ hello: 'world' }),
      retryAttempts: 2,
      deadLetterQueue: new Queue(stack, 'Dead'),
    }),
  });
  const { Parameters: _, Rules: __, ...synthesised } = app.synth().getStackByName('Cdk').template;
  const { StackStatus } = await deploy('CreateStack', 'Cdk', synthesised);
  expect(await failures('Cdk')).toEqual([]);
  expect(StackStatus).toBe('CREATE_COMPLETE');
  await cloud.pass(20 * MINUTE);
  expect(await cloud.bodies('from-cdk')).toEqual(['{"hello":"world"}', '{"hello":"world"}']);
});
