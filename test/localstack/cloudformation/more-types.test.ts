import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({
    port: 0,
    clock: new Clock({ manual: true, startAt: Date.parse('2026-01-01T00:00:00Z') }),
  });
  await call('s3', 'CreateBucket', { Bucket: 'templates' });
});
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());

const describeStack = async (StackName: string) =>
  (await call('cloudformation', 'DescribeStacks', { StackName })).Stacks[0];
const outputsOf = (stack: { Outputs: { OutputKey: string; OutputValue: string }[] }): Record<string, string> =>
  Object.fromEntries(stack.Outputs.map(({ OutputKey, OutputValue }) => [OutputKey, OutputValue]));
async function deploy(operation: 'CreateStack' | 'UpdateStack', name: string, resources: object, outputs: object = {}) {
  const template = { Resources: resources, Outputs: outputs };
  const input = { StackName: name, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_NAMED_IAM'] };
  const { StackId } = await call('cloudformation', operation, input);
  return describeStack(StackId);
}
async function deleted(name: string): Promise<string> {
  const { StackId } = await describeStack(name);
  await call('cloudformation', 'DeleteStack', { StackName: name });
  return (await describeStack(StackId)).StackStatus;
}
const reasons = async (name: string): Promise<string[]> =>
  (await call('cloudformation', 'DescribeStackEvents', { StackName: name })).StackEvents.flatMap(
    (event: Record<string, string>) => (event.ResourceStatus?.endsWith('_FAILED') ? [event.ResourceStatusReason] : []),
  );
const output = (value: unknown) => ({ Value: value });
const parameter = (name: string, value: unknown, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: name, Value: value, ...more },
});
const stored = async (Name: string) => (await call('ssm', 'GetParameter', { Name })).Parameter.Value;

describe('a stack within a stack', () => {
  const CHILD = {
    Parameters: { Value: { Type: 'String' }, Pattern: { Type: 'String', Default: '.*' } },
    Resources: { P: parameter('/child', { Ref: 'Value' }, { AllowedPattern: { Ref: 'Pattern' } }) },
    Outputs: { Value: { Value: { 'Fn::Sub': 'is $' + '{Value}' } } },
  };
  const TemplateURL = 'https://s3.us-east-1.amazonaws.com/templates/child.json';
  const child = (parameters: object) => ({
    Type: 'AWS::CloudFormation::Stack',
    Properties: { TemplateURL, Parameters: parameters },
  });
  const childOf = async (StackName: string): Promise<string> => {
    const { StackResources } = await call('cloudformation', 'DescribeStackResources', { StackName });
    return StackResources.find(({ LogicalResourceId }: Record<string, string>) => LogicalResourceId === 'Child')
      .PhysicalResourceId;
  };
  beforeAll(() =>
    call('s3', 'PutObject', { Bucket: 'templates', Key: 'child.json', Body: Buffer.from(JSON.stringify(CHILD)) }),
  );

  test('is made, changed and deleted with it, and gives it its outputs', async () => {
    const outputs = { Value: output({ 'Fn::GetAtt': ['Child', 'Outputs.Value'] }), Id: output({ Ref: 'Child' }) };
    const parent = await deploy('CreateStack', 'outer', { Child: child({ Value: 'one' }) }, outputs);
    expect(parent.StackStatus).toBe('CREATE_COMPLETE');
    const { Id, Value } = outputsOf(parent) as { Id: string; Value: string };
    expect(Value).toBe('is one');
    expect(Id).toMatch(/^arn:aws:cloudformation:us-east-1:000000000000:stack\/outer-Child-[A-Z2-7]{12}\//);
    const { ParentId, RootId } = await describeStack(Id);
    expect([ParentId, RootId]).toEqual([parent.StackId, parent.StackId]);
    const changed = await deploy('UpdateStack', 'outer', { Child: child({ Value: 'two' }) }, outputs);
    expect(outputsOf(changed)).toEqual({ Id, Value: 'is two' });
    expect(await stored('/child')).toBe('two');
    expect(await deleted('outer')).toBe('DELETE_COMPLETE');
    expect((await describeStack(Id)).StackStatus).toBe('DELETE_COMPLETE');
    await expect(stored('/child')).rejects.toMatchObject({ code: 'ParameterNotFound' });
  });

  test('knows the outermost stack of all', async () => {
    const middle = JSON.stringify({ Resources: { Child: child({ Value: 'deep' }) } });
    await call('s3', 'PutObject', { Bucket: 'templates', Key: 'middle.json', Body: Buffer.from(middle) });
    const url = TemplateURL.replace('child', 'middle');
    const root = await deploy('CreateStack', 'root', {
      Child: { Type: 'AWS::CloudFormation::Stack', Properties: { TemplateURL: url } },
    });
    const middleId = await childOf('root');
    expect(await describeStack(await childOf(middleId))).toMatchObject({ ParentId: middleId, RootId: root.StackId });
    expect(await deleted('root')).toBe('DELETE_COMPLETE');
  });

  test('that fails fails its parent, and leaves nothing', async () => {
    const parent = await deploy('CreateStack', 'bad', { Child: child({ Value: 'one', Pattern: '[0-9]+' }) });
    expect(parent.StackStatus).toBe('ROLLBACK_COMPLETE');
    expect(await reasons('bad')).toEqual([
      expect.stringMatching(
        /^Embedded stack arn:.* was not successfully created: The following resource\(s\) failed to create: \[P\]/,
      ),
    ]);
    const { StackSummaries } = await call('cloudformation', 'ListStacks', {});
    const ofBad = StackSummaries.filter(({ ParentId }: { ParentId?: string }) => ParentId === parent.StackId);
    expect(ofBad).toEqual([expect.objectContaining({ StackStatus: 'DELETE_COMPLETE' })]);
  });

  test('goes back with its parent when another resource fails', async () => {
    await deploy('CreateStack', 'back', { Child: child({ Value: 'one' }) });
    const parent = await deploy('UpdateStack', 'back', {
      Child: child({ Value: 'two' }),
      Bad: { ...parameter('/bad', 'x', { AllowedPattern: '[0-9]+' }), DependsOn: 'Child' },
    });
    expect(parent.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await stored('/child')).toBe('one');
    expect(await deleted('back')).toBe('DELETE_COMPLETE');
  });
});

describe('versions', () => {
  const ROLE = {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
    },
  };
  const fn = (answer: string) => ({
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { ZipFile: `exports.handler = async () => '${answer}';` },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
    },
  });
  const version = { Type: 'AWS::Lambda::Version', Properties: { FunctionName: { Ref: 'Fn' } } };
  const alias = (logicalId: string, more: object = {}) => ({
    Type: 'AWS::Lambda::Alias',
    Properties: {
      FunctionName: { Ref: 'Fn' },
      Name: 'live',
      FunctionVersion: { 'Fn::GetAtt': [logicalId, 'Version'] },
      ...more,
    },
  });
  const outputs = { Alias: output({ Ref: 'Live' }), Fn: output({ Ref: 'Fn' }) };
  const answerOf = async (arn: string) => JSON.parse((await cloud.registry.peer('lambda').invoke(arn, '{}')).payload);

  test('and aliases follow the function as its code changes, as CDK lets them', async () => {
    const first = await deploy(
      'CreateStack',
      'fn',
      { Role: ROLE, Fn: fn('one'), V1: version, Live: alias('V1') },
      outputs,
    );
    expect(first.StackStatus).toBe('CREATE_COMPLETE');
    const { Alias: arn = '', Fn: name = '' } = outputsOf(first);
    expect(arn).toBe(`arn:aws:lambda:us-east-1:000000000000:function:${name}:live`);
    expect(await answerOf(arn)).toBe('one');
    await deploy('UpdateStack', 'fn', { Role: ROLE, Fn: fn('two'), V2: version, Live: alias('V2') }, outputs);
    expect(await answerOf(arn)).toBe('two');
    const { Versions } = await call('lambda', 'ListVersionsByFunction', { FunctionName: name });
    expect(Versions.map(({ Version }: { Version: string }) => Version)).toEqual(['$LATEST', '2']);
    const weighted = alias('V2', {
      Description: 'shared',
      RoutingConfig: {
        AdditionalVersionWeights: [{ FunctionVersion: { 'Fn::GetAtt': ['V3', 'Version'] }, FunctionWeight: '0.5' }],
      },
    });
    await deploy(
      'UpdateStack',
      'fn',
      { Role: ROLE, Fn: fn('three'), V2: version, V3: version, Live: weighted },
      outputs,
    );
    expect(await call('lambda', 'GetAlias', { FunctionName: name, Name: 'live' })).toMatchObject({
      FunctionVersion: '2',
      Description: 'shared',
      RoutingConfig: { AdditionalVersionWeights: { 3: 0.5 } },
    });
    await deploy('UpdateStack', 'fn', { Role: ROLE, Fn: fn('three'), V3: version, Live: alias('V3') }, outputs);
    expect(await call('lambda', 'GetAlias', { FunctionName: name, Name: 'live' })).not.toHaveProperty('RoutingConfig');
    expect(await deleted('fn')).toBe('DELETE_COMPLETE');
  });

  test('of a function are made only of what has changed', async () => {
    await deploy('CreateStack', 'same', {
      Role: ROLE,
      Fn: fn('one'),
      V1: version,
      V2: { ...version, DependsOn: 'V1' },
    });
    expect(await reasons('same')).toEqual([
      expect.stringMatching(
        /A version for this Lambda function exists \( 1 \). Modify the function to create a new version./,
      ),
    ]);
  });

  test('of a layer are made anew for each change, and functions follow', async () => {
    const layer = (Key: string) => ({
      Type: 'AWS::Lambda::LayerVersion',
      Properties: { Content: { S3Bucket: 'templates', S3Key: Key }, LayerName: 'shared', Description: Key },
    });
    for (const name of ['one', 'two']) {
      const Body = Buffer.from(
        zipSync({ 'nodejs/node_modules/shared/index.js': strToU8(`module.exports = '${name}';`) }),
      );
      await call('s3', 'PutObject', { Bucket: 'templates', Key: name, Body });
    }
    const function_ = fn('');
    const using = {
      ...function_,
      Properties: {
        ...function_.Properties,
        Code: { ZipFile: "exports.handler = async () => require('shared');" },
        Layers: [{ Ref: 'Layer' }],
      },
    };
    const outputs = { Layer: output({ Ref: 'Layer' }), Fn: output({ 'Fn::GetAtt': ['Fn', 'Arn'] }) };
    const first = outputsOf(
      await deploy('CreateStack', 'layered', { Role: ROLE, Fn: using, Layer: layer('one') }, outputs),
    );
    expect(first.Layer).toBe('arn:aws:lambda:us-east-1:000000000000:layer:shared:1');
    expect(await answerOf(first.Fn!)).toBe('one');
    const second = outputsOf(
      await deploy('UpdateStack', 'layered', { Role: ROLE, Fn: using, Layer: layer('two') }, outputs),
    );
    expect(second.Layer).toBe('arn:aws:lambda:us-east-1:000000000000:layer:shared:2');
    expect(await answerOf(first.Fn!)).toBe('two');
    const { LayerVersions } = await call('lambda', 'ListLayerVersions', { LayerName: 'shared' });
    expect(LayerVersions.map(({ Version }: { Version: number }) => Version)).toEqual([2]);
    expect(await deleted('layered')).toBe('DELETE_COMPLETE');
  });
});

describe('a global table', () => {
  const table = (more: object = {}, replica: object = {}) => ({
    Type: 'AWS::DynamoDB::GlobalTable',
    Properties: {
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      Replicas: [{ Region: 'us-east-1', ...replica }],
      ...more,
    },
  });

  test('of this region is a table', async () => {
    const outputs = {
      Name: output({ Ref: 'Table' }),
      Arn: output({ 'Fn::GetAtt': ['Table', 'Arn'] }),
      Stream: output({ 'Fn::GetAtt': ['Table', 'StreamArn'] }),
      Id: output({ 'Fn::GetAtt': ['Table', 'TableId'] }),
    };
    const stack = await deploy('CreateStack', 'global', { Table: table() }, outputs);
    const { Name = '', Arn, Stream, Id } = outputsOf(stack);
    expect(Arn).toBe(`arn:aws:dynamodb:us-east-1:000000000000:table/${Name}`);
    expect(Stream).toContain(`${Arn}/stream/`);
    expect(Id).toMatch(/^[0-9a-f-]{36}$/);
    const indexed = table(
      {
        AttributeDefinitions: [
          { AttributeName: 'id', AttributeType: 'S' },
          { AttributeName: 'by', AttributeType: 'S' },
        ],
        GlobalSecondaryIndexes: [
          {
            IndexName: 'ByOne',
            KeySchema: [{ AttributeName: 'by', KeyType: 'HASH' }],
            Projection: { ProjectionType: 'ALL' },
          },
        ],
      },
      { DeletionProtectionEnabled: true, Tags: [{ Key: 'a', Value: 'b' }] },
    );
    await deploy('UpdateStack', 'global', { Table: indexed }, outputs);
    expect(await reasons('global')).toEqual([]);
    const { Table } = await call('dynamodb', 'DescribeTable', { TableName: Name });
    expect(Table).toMatchObject({ DeletionProtectionEnabled: true, GlobalSecondaryIndexes: [{ IndexName: 'ByOne' }] });
    await deploy('UpdateStack', 'global', { Table: table() }, outputs);
    expect(await deleted('global')).toBe('DELETE_COMPLETE');
  });

  test.each([
    [
      'replicas elsewhere',
      table({ Replicas: [{ Region: 'us-east-1' }, { Region: 'eu-west-1' }] }),
      /Replicas in other regions/,
    ],
    ['provisioned capacity', table({ BillingMode: 'PROVISIONED' }), /BillingMode PROVISIONED/],
    [
      'a stream of Kinesis',
      table({}, { KinesisStreamSpecification: { StreamArn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' } }),
      /KinesisStreamSpecification/,
    ],
  ])('with %s is refused by name', async (what, resource, reason) => {
    const name = `refused-${what.replaceAll(' ', '-')}`;
    await deploy('CreateStack', name, { Table: resource });
    expect(await reasons(name)).toEqual([expect.stringMatching(reason)]);
  });
});

test('log streams, the policy of one queue and the policy of one role come and go with their stack', async () => {
  const statement = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*' };
  const document = (more: object = {}) => ({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] });
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const resources = (action: string) => ({
    Group: { Type: 'AWS::Logs::LogGroup', Properties: { LogGroupName: '/g' } },
    Stream: { Type: 'AWS::Logs::LogStream', Properties: { LogGroupName: { Ref: 'Group' }, LogStreamName: 's' } },
    Queue: { Type: 'AWS::SQS::Queue' },
    QueuePolicy: {
      Type: 'AWS::SQS::QueueInlinePolicy',
      Properties: { Queue: { Ref: 'Queue' }, PolicyDocument: document({ Principal: '*', Action: action }) },
    },
    Role: {
      Type: 'AWS::IAM::Role',
      Properties: { RoleName: 'r', AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] } },
    },
    RolePolicy: {
      Type: 'AWS::IAM::RolePolicy',
      Properties: { RoleName: { Ref: 'Role' }, PolicyName: 'p', PolicyDocument: document({ Action: action }) },
    },
  });
  const outputs = {
    Queue: output({ Ref: 'Queue' }),
    Stream: output({ Ref: 'Stream' }),
    Policy: output({ Ref: 'RolePolicy' }),
  };
  await deploy('CreateStack', 'small', resources('sqs:SendMessage'), outputs);
  const stack = await deploy('UpdateStack', 'small', resources('sqs:ReceiveMessage'), outputs);
  expect(stack.StackStatus).toBe('UPDATE_COMPLETE');
  const { Queue: QueueUrl, ...others } = outputsOf(stack);
  expect(others).toEqual({ Stream: 's', Policy: 'p|r' });
  const { Attributes } = await call('sqs', 'GetQueueAttributes', { QueueUrl, AttributeNames: ['Policy'] });
  expect(Attributes.Policy).toContain('sqs:ReceiveMessage');
  const { PolicyDocument } = await call('iam', 'GetRolePolicy', { RoleName: 'r', PolicyName: 'p' });
  expect(decodeURIComponent(PolicyDocument)).toContain('sqs:ReceiveMessage');
  expect((await call('logs', 'DescribeLogStreams', { logGroupName: '/g' })).logStreams).toHaveLength(1);
  expect(await deleted('small')).toBe('DELETE_COMPLETE');
});

test('a wait condition that waits for nothing is only a place in the order; one for signals is refused by name', async () => {
  const handle = { Type: 'AWS::CloudFormation::WaitConditionHandle' };
  const wait = (Count: number) => ({
    Type: 'AWS::CloudFormation::WaitCondition',
    Properties: { Handle: { Ref: 'Handle' }, Count, Timeout: '10' },
  });
  const stack = await deploy('CreateStack', 'waiting', { Handle: handle, Wait: wait(0) });
  expect(stack.StackStatus).toBe('CREATE_COMPLETE');
  expect(await deleted('waiting')).toBe('DELETE_COMPLETE');
  await deploy('CreateStack', 'signalled', { Handle: handle, Wait: wait(1) });
  expect(await reasons('signalled')).toEqual([expect.stringMatching(/WaitCondition: Count 1/)]);
});
