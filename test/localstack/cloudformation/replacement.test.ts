import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
});
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
type Any = any;

const call = (service: string, operation: string, input: object = {}): Promise<Any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());
const run = (operation: string, StackName: string, Resources?: object, more: object = {}) =>
  call('cloudformation', operation, {
    StackName,
    ...(Resources && { TemplateBody: JSON.stringify({ Resources }), Capabilities: ['CAPABILITY_NAMED_IAM'] }),
    ...more,
  });
const status = async (name: string) => (await run('DescribeStacks', name)).Stacks[0].StackStatus as string;
const idOf = async (name: string, LogicalResourceId: string) =>
  (await run('DescribeStackResource', name, undefined, { LogicalResourceId })).StackResourceDetail.PhysicalResourceId;
/** Of the last deployment, oldest first. */
const events = async (name: string): Promise<string[]> => {
  const { StackEvents } = await run('DescribeStackEvents', name);
  const begin = StackEvents.findIndex((event: Any) => event.ResourceStatusReason === 'User Initiated');
  return StackEvents.slice(0, begin)
    .reverse()
    .map((event: Any) =>
      `${event.LogicalResourceId} ${event.ResourceStatus} ${event.ResourceStatusReason ?? ''}`.trim(),
    );
};
const table = (key: string, more: object = {}, attributes: object = {}) => ({
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    AttributeDefinitions: [{ AttributeName: key, AttributeType: 'S' }],
    KeySchema: [{ AttributeName: key, KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
    ...more,
  },
  ...attributes,
});
const tables = async (): Promise<string[]> => (await call('dynamodb', 'ListTables')).TableNames;
const reader = {
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Name: '/reader', Value: { Ref: 'Table' } },
};

describe('a resource that has to be replaced', () => {
  test('is made first, then those that refer to it change, and the old one goes at the end', async () => {
    await run('CreateStack', 'swap', { Table: table('id'), Reader: reader });
    const before = await idOf('swap', 'Table');
    await run('UpdateStack', 'swap', { Table: table('pk'), Reader: reader });
    const after = await idOf('swap', 'Table');
    expect(after).not.toBe(before);
    expect((await call('ssm', 'GetParameter', { Name: '/reader' })).Parameter.Value).toBe(after);
    expect(await tables()).toEqual([after]);
    expect(await events('swap')).toEqual([
      'Table UPDATE_IN_PROGRESS Requested update requires the creation of a new physical resource; hence creating one.',
      'Table UPDATE_IN_PROGRESS Resource creation Initiated',
      'Table UPDATE_COMPLETE',
      'Reader UPDATE_IN_PROGRESS',
      'Reader UPDATE_COMPLETE',
      'swap UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'Table DELETE_IN_PROGRESS',
      'Table DELETE_COMPLETE',
      'swap UPDATE_COMPLETE',
    ]);
    await run('DeleteStack', 'swap');
    expect(await tables()).toEqual([]);
  });

  test('cannot be when it has a name of its own', async () => {
    await run('CreateStack', 'named', { Table: table('id', { TableName: 'orders' }) });
    await run('UpdateStack', 'named', { Table: table('pk', { TableName: 'orders' }) });
    expect(await status('named')).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await events('named')).toContain(
      'Table UPDATE_FAILED CloudFormation cannot update a stack when a custom-named resource requires replacing. Rename orders and update the stack again.',
    );
    await run('UpdateStack', 'named', { Table: table('pk', { TableName: 'orders-2' }) });
    expect(await tables()).toEqual(['orders-2']);
    await run('DeleteStack', 'named');
  });

  test('stays, without the stack, under UpdateReplacePolicy Retain', async () => {
    const kept = { UpdateReplacePolicy: 'Retain', DeletionPolicy: 'Delete' };
    await run('CreateStack', 'kept', { Table: table('id', { TableName: 'first' }, kept) });
    await run('UpdateStack', 'kept', { Table: table('id', { TableName: 'second' }, kept) });
    expect(await events('kept')).toContain('Table DELETE_SKIPPED');
    expect(await tables()).toEqual(['first', 'second']);
    await run('DeleteStack', 'kept');
    expect(await tables()).toEqual(['first']);
    await call('dynamodb', 'DeleteTable', { TableName: 'first' });
  });

  test('depends on what changes: an attribute of another type, a bus said in another way', async () => {
    const rule = (bus: unknown) => ({
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName: bus, EventPattern: { source: ['shop'] } },
    });
    const Bus = { Type: 'AWS::Events::EventBus', Properties: { Name: 'goods' } };
    await run('CreateStack', 'bus', { Bus, Rule: rule({ Ref: 'Bus' }) });
    const before = await idOf('bus', 'Rule');
    await run('UpdateStack', 'bus', { Bus, Rule: rule({ 'Fn::GetAtt': ['Bus', 'Arn'] }) });
    expect(await idOf('bus', 'Rule')).toBe(before);
    await run('UpdateStack', 'bus', { Bus, Rule: rule('default') });
    expect(await idOf('bus', 'Rule')).toMatch(/^bus-Rule-/);
    await run('DeleteStack', 'bus');

    await run('CreateStack', 'types', { Table: table('id') });
    const [first] = await tables();
    const numbers = { AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'N' }] };
    await run('UpdateStack', 'types', { Table: table('id', numbers) });
    expect(await tables()).toEqual([expect.not.stringMatching(first!)]);
    await run('DeleteStack', 'types');
  });
});

describe('deletion policies', () => {
  const parameter = (Name: string, DeletionPolicy?: string) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Name, Value: 'v' },
    ...(DeletionPolicy && { DeletionPolicy }),
  });
  const Fails = (DependsOn: string) => ({
    Type: 'AWS::SSM::Parameter',
    Properties: { Type: 'String', Value: 'x', AllowedPattern: '\\d' },
    DependsOn,
  });
  const names = async () => (await call('ssm', 'DescribeParameters')).Parameters.map(({ Name }: Any) => Name).sort();
  const drop = (...all: string[]) => Promise.all(all.map((Name) => call('ssm', 'DeleteParameter', { Name })));

  test('Retain keeps what the stack is deleted around', async () => {
    await run('CreateStack', 'retain', { A: parameter('/a', 'Retain'), B: parameter('/b') });
    await run('DeleteStack', 'retain');
    expect(await names()).toEqual(['/a']);
    await drop('/a');
  });

  test('RetainExceptOnCreate keeps it too, but not when the very deployment that made it fails', async () => {
    const A = parameter('/a', 'RetainExceptOnCreate');
    await run('CreateStack', 'except', { A, Bad: Fails('A') });
    expect([await status('except'), await names()]).toEqual(['ROLLBACK_COMPLETE', []]);
    await run('DeleteStack', 'except');
    await run('CreateStack', 'except', { A });
    await run('UpdateStack', 'except', { A, B: parameter('/b', 'RetainExceptOnCreate'), Bad: Fails('B') });
    expect([await status('except'), await names()]).toEqual(['UPDATE_ROLLBACK_COMPLETE', ['/a']]);
    await run('DeleteStack', 'except');
    expect(await names()).toEqual(['/a']);
    await drop('/a');
  });
});

describe('what AWS refuses', () => {
  const reason = async (name: string) =>
    (await run('DescribeStackEvents', name)).StackEvents.reverse().find((event: Any) =>
      /FAILED/.test(event.ResourceStatus),
    ).ResourceStatusReason;

  test('a resource that somebody else has made, and which is still there afterwards', async () => {
    await call('sqs', 'CreateQueue', { QueueName: 'mine' });
    await run('CreateStack', 'taken', { Q: { Type: 'AWS::SQS::Queue', Properties: { QueueName: 'mine' } } });
    expect(await reason('taken')).toMatch(
      /^Resource handler returned message: "Resource of type 'AWS::SQS::Queue' with identifier 'mine' already exists\." \(RequestToken: [-0-9a-f]{36}, HandlerErrorCode: AlreadyExists\)$/,
    );
    expect((await call('sqs', 'GetQueueUrl', { QueueName: 'mine' })).QueueUrl).toMatch(/mine$/);
    await call('sqs', 'DeleteQueue', { QueueUrl: (await call('sqs', 'GetQueueUrl', { QueueName: 'mine' })).QueueUrl });
  });

  test('properties that no such resource has, and those that are missing; what is only not here is said so', async () => {
    const broken = (Properties: object) => ({ R: { Type: 'AWS::Events::EventBus', Properties } });
    await run('CreateStack', 'extra', broken({ Nme: 'x' }));
    expect(await reason('extra')).toBe(
      'Properties validation failed for resource R with message:\n#: required key [Name] not found\n#: extraneous key [Nme] is not permitted',
    );
    await run('CreateStack', 'refused', broken({ Name: 'x', LogConfig: {} }));
    expect(await reason('refused')).toMatch(/^AWS::Events::EventBus: LogConfig is not implemented by the local cloud/);
  });

  test('an update that would make one resource another', async () => {
    await run('CreateStack', 'turned', { R: { Type: 'AWS::SQS::Queue' } });
    await expect(run('UpdateStack', 'turned', { R: { Type: 'AWS::Logs::LogGroup' } })).rejects.toMatchObject({
      code: 'ValidationError',
      message:
        'Update of resource type is not permitted. The new template modifies resource type of the following resources: [R]',
    });
    await run('DeleteStack', 'turned');
  });

  test('more than one index of a table at a time', async () => {
    const indexed = (...names: string[]) => ({
      Table: table('id', {
        AttributeDefinitions: ['id', ...names].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
        GlobalSecondaryIndexes: names.map((name) => ({
          IndexName: name,
          KeySchema: [{ AttributeName: name, KeyType: 'HASH' }],
          Projection: { ProjectionType: 'ALL' },
        })),
      }),
    });
    await run('CreateStack', 'indexes', indexed('one'));
    await run('UpdateStack', 'indexes', indexed('one', 'two', 'three'));
    expect(await events('indexes')).toContain(
      'Table UPDATE_FAILED Cannot perform more than one GSI creation or deletion in a single update',
    );
    await run('UpdateStack', 'indexes', indexed('one', 'two'));
    expect(await status('indexes')).toBe('UPDATE_COMPLETE');
    await run('DeleteStack', 'indexes');
  });
});
