import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from './small-cloud';

let cloud: SmallCloud;
beforeAll(async () => {
  cloud = await smallCloud();
});
afterAll(() => cloud.stop());

const parameter = (value: unknown, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Type: 'String', Value: value, ...more },
});
const deploy = (operation: 'CreateStack' | 'UpdateStack', name: string, template: object, more: object = {}) =>
  cloud.call('cloudformation', operation, { StackName: name, TemplateBody: JSON.stringify(template), ...more });
const describeStack = async (name: string) =>
  (await cloud.call('cloudformation', 'DescribeStacks', { StackName: name })).Stacks[0];
const eventsOf = async (name: string): Promise<string[]> =>
  (await cloud.call('cloudformation', 'DescribeStackEvents', { StackName: name })).StackEvents.reverse().map(
    (event: Record<string, string>) => `${event.LogicalResourceId} ${event.ResourceStatus}`,
  );
const physicalIds = async (name: string): Promise<Record<string, string>> => {
  const { StackResourceSummaries } = await cloud.call('cloudformation', 'ListStackResources', { StackName: name });
  return Object.fromEntries(
    StackResourceSummaries.map((r: Record<string, string>) => [r.LogicalResourceId, r.PhysicalResourceId]),
  );
};
/** A variable in `Fn::Sub`. */
const use = (name: string) => `\${${name}}`;
const storedValue = async (name: string) => (await cloud.call('ssm', 'GetParameter', { Name: name })).Parameter.Value;

describe('creating a stack', () => {
  test('makes resources in the order of their references, with names like AWS makes them', async () => {
    await deploy('CreateStack', 'order', {
      Resources: {
        Second: parameter({ 'Fn::Sub': `after ${use('First')} of ${use('AWS::StackName')} in ${use('AWS::Region')}` }),
        First: parameter('one', { Description: 'the first' }),
      },
      Outputs: { Name: { Value: { Ref: 'First' } }, Value: { Value: { 'Fn::GetAtt': ['Second', 'Value'] } } },
    });
    const stack = await describeStack('order');
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    const { First: first } = await physicalIds('order');
    expect(first).toMatch(/^CFN-First-[A-Z2-7]{12}$/);
    expect(stack.Outputs).toEqual([
      expect.objectContaining({ OutputKey: 'Name', OutputValue: first }),
      expect.objectContaining({ OutputKey: 'Value', OutputValue: `after ${first} of order in us-east-1` }),
    ]);
    expect(await eventsOf('order')).toEqual([
      'order CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS',
      'First CREATE_IN_PROGRESS',
      'First CREATE_COMPLETE',
      'Second CREATE_IN_PROGRESS',
      'Second CREATE_IN_PROGRESS',
      'Second CREATE_COMPLETE',
      'order CREATE_COMPLETE',
    ]);
  });

  test('rolls everything back when one resource fails, and says why', async () => {
    await deploy('CreateStack', 'broken', {
      Resources: {
        Good: parameter('good', { Name: '/broken/good' }),
        Bad: { ...parameter('bad', { AllowedPattern: '\\d+' }), DependsOn: 'Good' },
      },
    });
    const stack = await describeStack('broken');
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    await expect(storedValue('/broken/good')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    const { StackEvents } = await cloud.call('cloudformation', 'DescribeStackEvents', { StackName: 'broken' });
    const failed = StackEvents.find((event: Record<string, string>) => event.ResourceStatus === 'CREATE_FAILED');
    expect(failed.LogicalResourceId).toBe('Bad');
    expect(failed.ResourceStatusReason).toMatch(
      /^Resource handler returned message: "Parameter value, cannot be validated against allowedPattern: \\d\+ \(Service: Ssm, Status Code: 400, Request ID: [-0-9a-f]{36}\)" \(RequestToken: [-0-9a-f]{36}, HandlerErrorCode: InvalidRequest\)$/,
    );
    expect(await eventsOf('broken')).toContain('Good DELETE_COMPLETE');
  });

  test('names resource types and properties that it does not know', async () => {
    await deploy('CreateStack', 'unknown', { Resources: { Machine: { Type: 'AWS::StepFunctions::StateMachine' } } });
    await deploy('CreateStack', 'unknown-property', { Resources: { P: parameter('x', { Policies: 'expire' }) } });
    const reason = async (name: string) => {
      const { StackEvents } = await cloud.call('cloudformation', 'DescribeStackEvents', { StackName: name });
      return StackEvents.find((event: Record<string, string>) => event.ResourceStatus === 'CREATE_FAILED')
        .ResourceStatusReason;
    };
    expect(await reason('unknown')).toMatch(/^AWS::StepFunctions::StateMachine is not implemented/);
    expect(await reason('unknown-property')).toMatch(/^AWS::SSM::Parameter: Policies is not implemented/);
  });

  test('refuses what AWS refuses before anything is made', async () => {
    const refused = (template: object, more?: object) =>
      expect(deploy('CreateStack', 'refused', template, more)).rejects;
    await refused({ Resources: { A: parameter({ Ref: 'Nobody' }) } }).toThrow(
      'Template format error: Unresolved resource dependencies [Nobody] in the Resources block of the template',
    );
    await refused({ Resources: { A: parameter({ Ref: 'B' }), B: parameter({ Ref: 'A' }) } }).toThrow(
      'Circular dependency between resources: [A, B]',
    );
    await refused({ Parameters: { P: { Type: 'String' } }, Resources: { A: parameter('a') } }).toThrow(
      'Parameters: [P] must have values',
    );
    await refused(
      { Resources: { A: parameter('a') } },
      { Parameters: [{ ParameterKey: 'Q', ParameterValue: '1' }] },
    ).toThrow('Parameters: [Q] do not exist in the template');
    await refused({ Resources: { A: { Type: 'AWS::SQS::Qeue' }, B: { Type: 'AWS::SNS::Topic' } } }).toThrow(
      'Template format error: Unrecognized resource types: [AWS::SQS::Qeue]',
    );
    const role = { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {}, RoleName: 'r' } };
    await refused({ Resources: { Role: role } }).toThrow('Requires capabilities : [CAPABILITY_NAMED_IAM]');
    await refused({ Outputs: { O: { Value: { Ref: 'Gone' } } }, Resources: { A: parameter('a') } }).toThrow(
      'Unresolved resource dependencies [Gone] in the Outputs block of the template',
    );
    await expect(describeStack('refused')).rejects.toThrow(/^Stack with id refused does not exist$/);
  });

  test('reads parameters of the parameter store and judges rules by them', async () => {
    await cloud.call('ssm', 'PutParameter', { Name: '/version', Type: 'String', Value: '5' });
    const template = {
      Parameters: { Version: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/version' } },
      Rules: {
        Recent: {
          Assertions: [
            {
              Assert: { 'Fn::Not': [{ 'Fn::Contains': [['1', '2'], { Ref: 'Version' }] }] },
              AssertDescription: 'Version 3 required.',
            },
          ],
        },
      },
      Resources: { P: parameter({ Ref: 'Version' }, { Name: '/copy' }) },
    };
    await deploy('CreateStack', 'ruled', template);
    expect(await storedValue('/copy')).toBe('5');
    expect((await describeStack('ruled')).Parameters).toEqual([
      { ParameterKey: 'Version', ParameterValue: '/version', ResolvedValue: '5' },
    ]);
    await cloud.call('ssm', 'PutParameter', { Name: '/version', Type: 'String', Value: '2', Overwrite: true });
    await expect(deploy('UpdateStack', 'ruled', template)).rejects.toThrow(/Version 3 required\.$/);
  });
});

describe('updating a stack', () => {
  const template = (resources: object, more: object = {}) => ({ Resources: resources, ...more });

  test('touches only what has changed', async () => {
    const resources = (two: string) => ({
      One: parameter('1', { Name: '/u/1' }),
      Two: parameter(two, { Name: '/u/2' }),
    });
    await deploy('CreateStack', 'update', template(resources('2')));
    await deploy('UpdateStack', 'update', template(resources('two')));
    expect((await describeStack('update')).StackStatus).toBe('UPDATE_COMPLETE');
    expect(await storedValue('/u/2')).toBe('two');
    expect((await eventsOf('update')).filter((event) => event.includes('UPDATE'))).toEqual([
      'update UPDATE_IN_PROGRESS',
      'Two UPDATE_IN_PROGRESS',
      'Two UPDATE_COMPLETE',
      'update UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
      'update UPDATE_COMPLETE',
    ]);
    await expect(deploy('UpdateStack', 'update', template(resources('two')))).rejects.toThrow(
      /^No updates are to be performed\.$/,
    );
  });

  test('replaces a resource whose create-only property changes, and what refers to it follows', async () => {
    const resources = (name: string) => ({
      Named: parameter('x', { Name: name }),
      Reader: parameter({ Ref: 'Named' }, { Name: '/reader' }),
      Bystander: parameter('y', { Name: '/bystander' }),
    });
    await deploy('CreateStack', 'replace', template(resources('/before')));
    await deploy('UpdateStack', 'replace', template(resources('/after')));
    expect(await storedValue('/reader')).toBe('/after');
    await expect(storedValue('/before')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    const events = await eventsOf('replace');
    expect(events.indexOf('Named DELETE_COMPLETE')).toBeGreaterThan(events.indexOf('Reader UPDATE_COMPLETE'));
    expect(events.filter((event) => event.startsWith('Bystander UPDATE'))).toEqual([]);
  });

  test('deletes what the template has no more, unless it is to be retained', async () => {
    const kept = { ...parameter('k', { Name: '/d/kept' }), DeletionPolicy: 'Retain' };
    await deploy(
      'CreateStack',
      'removal',
      template({ A: parameter('a', { Name: '/d/a' }), B: parameter('b', { Name: '/d/b' }), Kept: kept }),
    );
    await deploy('UpdateStack', 'removal', template({ A: parameter('a', { Name: '/d/a' }) }));
    await expect(storedValue('/d/b')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    expect(await storedValue('/d/kept')).toBe('k');
    expect(Object.keys(await physicalIds('removal'))).toEqual(['A']);
    expect(await eventsOf('removal')).toContain('Kept DELETE_SKIPPED');
  });

  test('puts everything back as it was when one resource fails', async () => {
    const before = { A: parameter('1', { Name: '/r/a' }), Moved: parameter('m', { Name: '/r/from' }) };
    await deploy('CreateStack', 'back', template(before));
    await deploy(
      'UpdateStack',
      'back',
      template({
        A: parameter('2', { Name: '/r/a' }),
        Moved: parameter('m', { Name: '/r/to' }),
        New: parameter('n', { Name: '/r/new' }),
        Bad: { ...parameter('bad', { AllowedPattern: '\\d+' }), DependsOn: ['A', 'Moved', 'New'] },
      }),
    );
    const stack = await describeStack('back');
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await storedValue('/r/a')).toBe('1');
    expect(await storedValue('/r/from')).toBe('m');
    await expect(storedValue('/r/to')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    await expect(storedValue('/r/new')).rejects.toMatchObject({ code: 'ParameterNotFound' });
    // The stack is as before: the same template is no change, a good one works.
    await expect(deploy('UpdateStack', 'back', template(before))).rejects.toThrow('No updates are to be performed.');
    await deploy('UpdateStack', 'back', template({ ...before, A: parameter('3', { Name: '/r/a' }) }));
    expect(await storedValue('/r/a')).toBe('3');
  });
});

describe('exports', () => {
  test('an export that another stack imports can be neither deleted nor changed', async () => {
    const exporter = (value: string) => ({
      Resources: { P: parameter(value) },
      Outputs: { Value: { Value: { 'Fn::GetAtt': ['P', 'Value'] }, Export: { Name: 'shared' } } },
    });
    await deploy('CreateStack', 'exporter', exporter('1'));
    await deploy('CreateStack', 'importer', {
      Resources: { P: parameter({ 'Fn::ImportValue': 'shared' }, { Name: '/imported' }) },
    });
    expect(await storedValue('/imported')).toBe('1');

    await cloud.call('cloudformation', 'DeleteStack', { StackName: 'exporter' });
    expect(await describeStack('exporter')).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      StackStatusReason: 'Delete canceled. Cannot delete export shared as it is in use by importer.',
    });
    await deploy('UpdateStack', 'exporter', exporter('2'));
    expect((await describeStack('exporter')).StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await cloud.call('cloudformation', 'ListImports', { ExportName: 'shared' })).toEqual({
      Imports: ['importer'],
    });

    await cloud.call('cloudformation', 'DeleteStack', { StackName: 'importer' });
    await cloud.call('cloudformation', 'DeleteStack', { StackName: 'exporter' });
    expect(await cloud.call('cloudformation', 'ListExports', {})).toEqual({ Exports: [] });
  });
});

describe('outputs of other stacks', () => {
  const output = (members: object) => ({ 'Fn::GetStackOutput': members });
  const producer = (value: string) => ({
    Resources: { P: parameter(value) },
    Outputs: { Value: { Value: { 'Fn::GetAtt': ['P', 'Value'] } } },
  });
  const consumer = (value: unknown) => ({ Resources: { P: parameter(value, { Name: '/consumed' }) } });
  const ofProducer = { StackName: 'producer', OutputName: 'Value' };

  test('are read when a stack is made and whenever it is deployed, and hold nobody up', async () => {
    const reader = consumer(output({ ...ofProducer, Region: { Ref: 'AWS::Region' } }));
    await deploy('CreateStack', 'producer', producer('1'));
    await deploy('CreateStack', 'consumer', reader);
    expect(await storedValue('/consumed')).toBe('1');
    await expect(deploy('UpdateStack', 'consumer', reader)).rejects.toThrow('No updates are to be performed.');

    await deploy('UpdateStack', 'producer', producer('2'));
    expect(await storedValue('/consumed')).toBe('1');
    await deploy('UpdateStack', 'consumer', reader);
    expect(await storedValue('/consumed')).toBe('2');
    await cloud.call('cloudformation', 'DeleteStack', { StackName: 'producer' });
    expect(await describeStack('producer').catch((error: Error) => error.message)).toMatch(/does not exist/);
    await cloud.call('cloudformation', 'DeleteStack', { StackName: 'consumer' });
  });

  test('are read in other regions, too', async () => {
    const elsewhere = { ...cloud.root, region: 'eu-west-1' };
    const TemplateBody = JSON.stringify(producer('from afar'));
    await cloud.registry.call('cloudformation', 'CreateStack', { StackName: 'producer', TemplateBody }, elsewhere);
    await deploy('CreateStack', 'near', consumer(output({ ...ofProducer, Region: 'eu-west-1' })));
    expect(await storedValue('/consumed')).toBe('from afar');
    await cloud.call('cloudformation', 'DeleteStack', { StackName: 'near' });
  });

  test.each([
    ['no such stack', { StackName: 'nobody', OutputName: 'Value' }, 'Stack with id nobody does not exist'],
    ['no such output', { StackName: 'rich', OutputName: 'Other' }, 'Stack rich has no output named Other.'],
    ['no name', { StackName: 'rich' }, 'every Fn::GetStackOutput object requires StackName and OutputName'],
    ['a role', { ...ofProducer, RoleArn: 'arn:aws:iam::1:role/r' }, 'Fn::GetStackOutput: RoleArn is not implemented'],
    ['a resource', { ...ofProducer, Region: { Ref: 'P' } }, 'Fn::GetStackOutput must not depend on any resources'],
  ])('%s is refused', async (what, members, message) => {
    if (members.StackName === 'rich') await deploy('CreateStack', 'rich', producer('1')).catch(() => undefined);
    const StackName = `refused-for-${what.replaceAll(' ', '-')}`;
    // Some is seen in the template, the rest when the resource that asks is made.
    const reasons = async () => {
      await deploy('CreateStack', StackName, consumer(output(members)));
      const { StackEvents } = await cloud.call('cloudformation', 'DescribeStackEvents', { StackName });
      return StackEvents.map((event: { ResourceStatusReason?: string }) => event.ResourceStatusReason).join('\n');
    };
    expect(await reasons().catch((error: Error) => error.message)).toContain(message);
  });
});

test('a protected stack is not deleted', async () => {
  await deploy('CreateStack', 'safe', { Resources: { P: parameter('1') } }, { EnableTerminationProtection: 'true' });
  await expect(cloud.call('cloudformation', 'DeleteStack', { StackName: 'safe' })).rejects.toThrow(
    'Stack [safe] cannot be deleted while TerminationProtection is enabled',
  );
});

test('resources are made with the rights of the role that the stack was given', async () => {
  const trust = {
    Statement: { Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' }, Action: 'sts:AssumeRole' },
  };
  const { Role } = await cloud.call('iam', 'CreateRole', {
    RoleName: 'weak',
    AssumeRolePolicyDocument: JSON.stringify(trust),
  });
  await deploy('CreateStack', 'weak', { Resources: { P: parameter('1', { Name: '/weak' }) } }, { RoleARN: Role.Arn });
  const { StackEvents } = await cloud.call('cloudformation', 'DescribeStackEvents', { StackName: 'weak' });
  expect(StackEvents.map((event: Record<string, string>) => event.ResourceStatusReason)).toContainEqual(
    expect.stringContaining('assumed-role/weak/AWSCloudFormation is not authorized to perform: ssm:PutParameter'),
  );
});
