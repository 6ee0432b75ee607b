import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({
    port: 0,
    clock: new Clock({ manual: true, startAt: Date.parse('2026-01-01T00:00:00Z') }),
  });
});
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());

/** A resource whose function says nothing when it is asked to make it, and is slow at nothing else. */
const SILENT = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  },
  Fn: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: {
        ZipFile: `
const response = require('cfn-response');
exports.handler = (event, context) =>
  event.RequestType === 'Create' ? undefined : response.send(event, context, 'SUCCESS');`,
      },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
  },
  Slow: { Type: 'Custom::Slow', Properties: { ServiceToken: { 'Fn::GetAtt': ['Fn', 'Arn'] } } },
};

const create = (StackName: string, Resources: object, more: object) =>
  call('cloudformation', 'CreateStack', {
    StackName,
    TemplateBody: JSON.stringify({ Resources }),
    Capabilities: ['CAPABILITY_IAM'],
    ...more,
  });
const stack = async (StackName: string) => (await call('cloudformation', 'DescribeStacks', { StackName })).Stacks[0];
async function events(StackName: string): Promise<string[]> {
  const { StackEvents } = await call('cloudformation', 'DescribeStackEvents', { StackName });
  return StackEvents.reverse().map((event: Record<string, string>) =>
    `${event.LogicalResourceId} ${event.ResourceStatus} ${event.ResourceStatusReason ?? ''}`.trim(),
  );
}
/** Until the function of `Slow` has been asked and says nothing: from here on, only the clock can end it. */
async function waiting(): Promise<void> {
  const isAsked = () => cloud.clock.pending().some(({ label }) => label === 'the answer of custom resource Slow');
  while (!isAsked()) await new Promise((resolve) => setImmediate(resolve));
  await cloud.idle();
}

test('a stack that is not there in time is rolled back', async () => {
  const created = create('late', SILENT, { TimeoutInMinutes: 5 });
  await waiting();
  await cloud.controls.advance(4 * 60_000);
  expect(await stack('late')).toMatchObject({ StackStatus: 'CREATE_IN_PROGRESS', TimeoutInMinutes: 5 });
  await cloud.controls.advance(60_000);
  const { StackId } = await created;
  expect(await stack(StackId)).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
  const happened = await events('late');
  expect(happened).toContain('Slow CREATE_FAILED Resource creation cancelled');
  expect(happened).toContain(
    'late ROLLBACK_IN_PROGRESS Stack creation time exceeded the specified timeout. Rollback requested by user.',
  );
  // Its function is asked to delete whatever it may have made.
  expect(happened).toContain('Slow DELETE_COMPLETE');
});

test('one that is not to be rolled back stays as far as it has come, one that is to be deleted goes', async () => {
  const kept = create('kept', SILENT, { TimeoutInMinutes: 1, OnFailure: 'DO_NOTHING' });
  await waiting();
  await cloud.controls.advance(60_000);
  await kept;
  expect(await stack('kept')).toMatchObject({
    StackStatus: 'CREATE_FAILED',
    StackStatusReason: 'Stack creation time exceeded the specified timeout. ',
  });
  const gone = create('gone', SILENT, { TimeoutInMinutes: 1, OnFailure: 'DELETE' });
  await waiting();
  await cloud.controls.advance(60_000);
  const { StackId } = await gone;
  expect(await stack(StackId)).toMatchObject({ StackStatus: 'DELETE_COMPLETE' });
});

test('stacks within a stack have no more time than it, and may have less', async () => {
  await call('s3', 'CreateBucket', { Bucket: 'templates' });
  await call('s3', 'PutObject', {
    Bucket: 'templates',
    Key: 'inner.json',
    Body: JSON.stringify({ Resources: SILENT }),
  });
  const inner = (TimeoutInMinutes?: number) => ({
    Inner: {
      Type: 'AWS::CloudFormation::Stack',
      Properties: {
        TemplateURL: 'https://s3.amazonaws.com/templates/inner.json',
        ...(TimeoutInMinutes && { TimeoutInMinutes }),
      },
    },
  });
  for (const [name, own, of] of [
    ['outer', undefined, 2],
    ['inner', 2, undefined],
  ] as const) {
    const created = create(name, inner(own), of ? { TimeoutInMinutes: of } : {});
    await waiting();
    await cloud.controls.advance(2 * 60_000);
    await created;
    expect(await stack(name)).toMatchObject({ StackStatus: 'ROLLBACK_COMPLETE' });
    expect((await events(name)).join('\n')).toMatch(
      /Inner CREATE_FAILED Embedded stack arn:\S+ was not successfully created: Stack creation time exceeded the specified timeout/,
    );
  }
  const { StackSummaries } = await call('cloudformation', 'ListStacks', {
    StackStatusFilter: ['CREATE_IN_PROGRESS', 'CREATE_FAILED', 'DELETE_FAILED'],
  });
  expect(StackSummaries.filter(({ ParentId }: { ParentId?: string }) => ParentId)).toEqual([]);
});

test('in time, nothing happens; no time at all is refused', async () => {
  await create(
    'quick',
    { P: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } } },
    { TimeoutInMinutes: 1 },
  );
  await cloud.controls.advance(10 * 60_000);
  expect(await stack('quick')).toMatchObject({ StackStatus: 'CREATE_COMPLETE' });
  await expect(create('never', SILENT, { TimeoutInMinutes: '0' })).rejects.toThrow(
    "Value '0' at 'timeoutInMinutes' failed to satisfy constraint: Member must have value greater than or equal to 1",
  );
});
