import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from './small-cloud';

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await smallCloud();
});
afterAll(() => cloud.stop());

type Change = { ResourceChange: Record<string, string> };

const parameter = (Name: string, Value: unknown) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name, Value },
});
const run = (operation: string, input: object) => cloud.call('cloudformation', operation, input);
const create = (StackName: string, ChangeSetName: string, Resources: object, more: object = {}) =>
  run('CreateChangeSet', { StackName, ChangeSetName, TemplateBody: JSON.stringify({ Resources }), ...more });
const describeChangeSet = (StackName: string, ChangeSetName: string) =>
  run('DescribeChangeSet', { StackName, ChangeSetName });
const execute = (StackName: string, ChangeSetName: string) => run('ExecuteChangeSet', { StackName, ChangeSetName });
const status = async (StackName: string) => (await run('DescribeStacks', { StackName })).Stacks![0].StackStatus;

test('a change set says what would be done, and does it when it is executed', async () => {
  await create(
    'shop',
    'first',
    { A: parameter('/a', '1'), B: parameter('/b', { Ref: 'A' }) },
    { ChangeSetType: 'CREATE' },
  );
  expect(await status('shop')).toBe('REVIEW_IN_PROGRESS');
  const first = await describeChangeSet('shop', 'first');
  expect(first).toMatchObject({ Status: 'CREATE_COMPLETE', ExecutionStatus: 'AVAILABLE' });
  expect(first.Changes.map(({ ResourceChange: c }: Change) => [c.Action, c.LogicalResourceId])).toEqual([
    ['Add', 'A'],
    ['Add', 'B'],
  ]);
  await execute('shop', 'first');
  expect(await status('shop')).toBe('CREATE_COMPLETE');

  await create('shop', 'second', {
    A: parameter('/a2', '1'),
    B: parameter('/b', { Ref: 'A' }),
    C: parameter('/c', '3'),
  });
  const { Changes } = await describeChangeSet('shop', 'second');
  const shown = Changes.map(({ ResourceChange: c }: Change) => [c.Action, c.LogicalResourceId, c.Replacement]);
  expect(shown).toEqual([
    ['Modify', 'A', 'True'],
    ['Modify', 'B', 'False'],
    ['Add', 'C', undefined],
  ]);
  expect(await status('shop')).toBe('CREATE_COMPLETE');
  await execute('shop', 'second');
  expect(await status('shop')).toBe('UPDATE_COMPLETE');
  const { TemplateBody } = await run('GetTemplate', { StackName: 'shop' });
  expect(Object.keys(JSON.parse(TemplateBody).Resources)).toEqual(['A', 'B', 'C']);
  await expect(execute('shop', 'second')).rejects.toMatchObject({ code: 'InvalidChangeSetStatus' });
});

test('it says of every property why it changes, what that does to the resource, and from what to what', async () => {
  const secured = { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' };
  const Parameters = { Stage: { Type: 'String' } };
  const template = (Resources: object) => ({ TemplateBody: JSON.stringify({ Parameters, Resources }) });
  const stage = (ParameterValue: string) => ({ Parameters: [{ ParameterKey: 'Stage', ParameterValue }] });
  const { Type, Properties } = parameter('/why/d', '1');
  await run('CreateStack', {
    StackName: 'why',
    ...template({
      A: { ...parameter('/why/a', '1'), ...secured },
      B: parameter('/why/b', { Ref: 'A' }),
      C: parameter('/why/c', { 'Fn::Join': [' ', ['in', { Ref: 'Stage' }]] }),
      D: { Type, Properties, ...secured },
      E: parameter('/why/e', '1'),
    }),
    ...stage('test'),
  });
  await run('CreateChangeSet', {
    StackName: 'why',
    ChangeSetName: 'all',
    ...template({
      A: { ...parameter('/why/a2', '1'), ...secured },
      B: parameter('/why/b', { Ref: 'A' }),
      C: parameter('/why/c', { 'Fn::Join': [' ', ['in', { Ref: 'Stage' }]] }),
      E: { ...parameter('/why/e', '1'), DeletionPolicy: 'Retain' },
    }),
    ...stage('prod'),
  });
  const { Changes } = await run('DescribeChangeSet', {
    StackName: 'why',
    ChangeSetName: 'all',
    IncludePropertyValues: true,
  });
  const value = { Attribute: 'Properties', Name: 'Value', RequiresRecreation: 'Never', Path: '/Properties/Value' };
  const changed = { AttributeChangeType: 'Modify' };
  expect(Changes.map(({ ResourceChange }: Change) => ResourceChange)).toEqual([
    {
      PolicyAction: 'ReplaceAndRetain',
      Action: 'Modify',
      LogicalResourceId: 'A',
      PhysicalResourceId: '/why/a',
      ResourceType: 'AWS::SSM::Parameter',
      Replacement: 'True',
      Scope: ['Properties'],
      Details: [
        {
          Target: {
            Attribute: 'Properties',
            Name: 'Name',
            RequiresRecreation: 'Always',
            Path: '/Properties/Name',
            BeforeValue: '/why/a',
            AfterValue: '/why/a2',
            ...changed,
          },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        },
      ],
      BeforeContext: JSON.stringify({ Properties: parameter('/why/a', '1').Properties }),
      AfterContext: JSON.stringify({ Properties: parameter('/why/a2', '1').Properties }),
    },
    expect.objectContaining({
      LogicalResourceId: 'B',
      Replacement: 'False',
      Details: [
        {
          Target: { ...value, BeforeValue: '/why/a', AfterValue: '{{changeSet:KNOWN_AFTER_APPLY}}', ...changed },
          Evaluation: 'Static',
          ChangeSource: 'ResourceReference',
          CausingEntity: 'A',
        },
      ],
    }),
    expect.objectContaining({
      LogicalResourceId: 'C',
      Details: [
        {
          Target: { ...value, BeforeValue: 'in test', AfterValue: 'in prod', ...changed },
          Evaluation: 'Dynamic',
          ChangeSource: 'DirectModification',
        },
        {
          Target: { ...value, BeforeValue: 'in test', AfterValue: 'in prod', ...changed },
          Evaluation: 'Static',
          ChangeSource: 'ParameterReference',
          CausingEntity: 'Stage',
        },
      ],
    }),
    expect.objectContaining({
      LogicalResourceId: 'E',
      Replacement: 'False',
      Scope: ['DeletionPolicy'],
      Details: [
        {
          Target: { Attribute: 'DeletionPolicy', RequiresRecreation: 'Never' },
          Evaluation: 'Static',
          ChangeSource: 'DirectModification',
        },
      ],
    }),
    expect.objectContaining({ Action: 'Remove', LogicalResourceId: 'D', PolicyAction: 'Retain' }),
  ]);
});

test('one without changes has failed, in the words that tools compare', async () => {
  await create('same', 'first', { A: parameter('/same', '1') }, { ChangeSetType: 'CREATE' });
  await execute('same', 'first');
  await create('same', 'none', { A: parameter('/same', '1') });
  expect(await describeChangeSet('same', 'none')).toMatchObject({
    Status: 'FAILED',
    StatusReason:
      "The submitted information didn't contain changes. Submit different information to create a change set.",
    ExecutionStatus: 'UNAVAILABLE',
  });
  await run('DeleteChangeSet', { StackName: 'same', ChangeSetName: 'none' });
  await run('DeleteChangeSet', { StackName: 'same', ChangeSetName: 'never-was' });
  const { Summaries } = await run('ListChangeSets', { StackName: 'same' });
  expect(Summaries.map(({ ChangeSetName }: { ChangeSetName: string }) => ChangeSetName)).toEqual(['first']);
});

test('what is missing is said as AWS says it', async () => {
  await expect(describeChangeSet('same', 'nothing')).rejects.toMatchObject({
    code: 'ChangeSetNotFound',
    status: 404,
  });
  await expect(create('nobody', 'c', {})).rejects.toMatchObject({ message: 'Stack [nobody] does not exist' });
  await expect(status('nobody')).rejects.toMatchObject({
    code: 'ValidationError',
    message: 'Stack with id nobody does not exist',
  });
});

test('a resource that exists already is taken over when that is asked for', async () => {
  await cloud.call('s3', 'CreateBucket', { Bucket: 'already-there' });
  await cloud.call('s3', 'PutObject', { Bucket: 'already-there', Key: 'k', Body: Buffer.from('kept') });
  const Bucket = {
    Type: 'AWS::S3::Bucket',
    DeletionPolicy: 'Retain',
    Properties: { BucketName: 'already-there' },
  };
  const options = { ChangeSetType: 'CREATE', ImportExistingResources: true };
  await create('taking', 'import', { Bucket }, options);
  const { Changes } = await describeChangeSet('taking', 'import');
  expect(Changes[0].ResourceChange).toMatchObject({ Action: 'Import', PhysicalResourceId: 'already-there' });
  await execute('taking', 'import');
  expect(await status('taking')).toBe('CREATE_COMPLETE');
  expect(cloud.registry.peer('s3').read('already-there', 'k').toString()).toBe('kept');

  await create('clashing', 'plain', { Bucket }, { ChangeSetType: 'CREATE' });
  await execute('clashing', 'plain');
  expect(await status('clashing')).toBe('ROLLBACK_COMPLETE');
  expect(cloud.registry.peer('s3').read('already-there', 'k').toString()).toBe('kept');
});

test('stack policies are refused by name', async () => {
  await expect(run('SetStackPolicy', { StackName: 'same', StackPolicyBody: '{}' })).rejects.toThrow(
    /^cloudformation:SetStackPolicy is not implemented/,
  );
});

test('a change set has a name such as stacks have', async () => {
  await expect(create('named', '1st', {}, { ChangeSetType: 'CREATE' })).rejects.toThrow(
    "Value '1st' at 'changeSetName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*",
  );
});

test('the name of a change set is free again when it cannot be carried out any more, and only then', async () => {
  const again = (value: string) => create('again', 'name', { A: parameter('/again', value) });
  await create('again', 'name', { A: parameter('/again', '1') }, { ChangeSetType: 'CREATE' });
  await execute('again', 'name');
  await again('1');
  expect(await describeChangeSet('again', 'name')).toMatchObject({ Status: 'FAILED' });
  await again('2');
  await expect(again('3')).rejects.toMatchObject({ code: 'AlreadyExistsException' });
  await execute('again', 'name');
  expect((await cloud.call('ssm', 'GetParameter', { Name: '/again' })).Parameter.Value).toBe('2');
});
