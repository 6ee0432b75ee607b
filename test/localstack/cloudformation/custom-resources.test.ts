import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
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

/** The function of every stack here: notes each request in the parameter store, then does as its properties say. */
const SOURCE = `
const response = require('cfn-response');
const { SSMClient, PutParameterCommand } = require('@aws-sdk/client-ssm');
const ssm = new SSMClient({});
exports.handler = async (event, context) => {
  const { Say, ...properties } = event.ResourceProperties;
  const Name = '/asked/' + event.StackId.split('/')[1] + '/' + event.LogicalResourceId + '-' + Math.round(1000 * (performance.timeOrigin + performance.now()));
  await ssm.send(new PutParameterCommand({ Name, Type: 'String', Tier: 'Advanced', Value: JSON.stringify(event) }));
  const { status = 'SUCCESS', data = {}, id = 'made', noEcho, silent, raw } = JSON.parse(Say ?? '{}')[event.RequestType] ?? {};
  if (silent) return;
  if (raw !== undefined) {
    await fetch(event.ResponseURL, { method: 'PUT', body: typeof raw === 'string' ? raw : JSON.stringify(raw) });
    return;
  }
  await response.send(event, context, status, data, id, noEcho);
};
`;

const functionResources = {
  Role: {
    Type: 'AWS::IAM::Role',
    Properties: {
      AssumeRolePolicyDocument: {
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      },
      Policies: [
        {
          PolicyName: 'notes',
          PolicyDocument: {
            Version: '2012-10-17',
            Statement: [{ Effect: 'Allow', Action: 'ssm:PutParameter', Resource: '*' }],
          },
        },
      ],
    },
  },
  Fn: {
    Type: 'AWS::Lambda::Function',
    Properties: {
      Code: { ZipFile: SOURCE },
      Handler: 'index.handler',
      Runtime: 'nodejs22.x',
      Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
      Timeout: 20,
    },
  },
};
type Say = Partial<Record<'Create' | 'Update' | 'Delete', object>>;
const custom = (properties: object = {}, say: Say = {}, type = 'Custom::Thing') => ({
  Type: type,
  Properties: { ServiceToken: { 'Fn::GetAtt': ['Fn', 'Arn'] }, Say: JSON.stringify(say), ...properties },
});

const deploy = async (
  operation: 'CreateStack' | 'UpdateStack',
  name: string,
  resources: object,
  outputs: object = {},
) => {
  const template = { Resources: { ...functionResources, ...resources }, Outputs: outputs };
  const input = { StackName: name, TemplateBody: JSON.stringify(template), Capabilities: ['CAPABILITY_IAM'] };
  const { StackId } = await call('cloudformation', operation, input);
  return (await call('cloudformation', 'DescribeStacks', { StackName: StackId })).Stacks[0];
};
const remove = (name: string) => call('cloudformation', 'DeleteStack', { StackName: name });
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}
/** What the function of a stack was asked, in order. */
// biome-ignore lint/suspicious/noExplicitAny: custom resource requests.
async function asked(name: string): Promise<any[]> {
  const { Parameters } = await call('ssm', 'GetParametersByPath', { Path: `/asked/${name}` });
  const sorted = [...Parameters].sort((a, b) => (a.Name < b.Name ? -1 : 1));
  return sorted.map(({ Value }: { Value: string }) => JSON.parse(Value));
}
const reasons = async (name: string): Promise<string[]> =>
  (await call('cloudformation', 'DescribeStackEvents', { StackName: name })).StackEvents.flatMap(
    (event: Record<string, string>) => (event.ResourceStatus?.endsWith('_FAILED') ? [event.ResourceStatusReason] : []),
  );

describe('a resource that a function makes', () => {
  test("is not to install an SDK, as CDK's functions do by default: nothing is fetched from outside", async () => {
    await deploy('CreateStack', 'offline', { Thing: custom({ InstallLatestAwsSdk: true }) });
    const [event] = await asked('offline');
    expect(event.ResourceProperties.InstallLatestAwsSdk).toBe('false');
  });

  test('is asked for as AWS asks, and its data are attributes', async () => {
    const say = { Create: { id: 'thing-1', data: { Colour: 'red', 'deep.er': 5 } } };
    const stack = await deploy(
      'CreateStack',
      'made',
      { Thing: custom({ Count: 3, On: true, List: [1, { Deep: false }] }, say) },
      {
        Id: { Value: { Ref: 'Thing' } },
        Colour: { Value: { 'Fn::GetAtt': ['Thing', 'Colour'] } },
        Deep: { Value: { 'Fn::GetAtt': ['Thing', 'deep.er'] } },
      },
    );
    expect(await reasons('made')).toEqual([]);
    expect(stack.StackStatus).toBe('CREATE_COMPLETE');
    expect(stack.Outputs.map(({ OutputValue }: { OutputValue: string }) => OutputValue)).toEqual([
      'thing-1',
      'red',
      '5',
    ]);
    const [event] = await asked('made');
    expect(event).toEqual({
      RequestType: 'Create',
      ServiceToken: expect.stringMatching(/^arn:aws:lambda:us-east-1:000000000000:function:made-Fn-/),
      ResponseURL: expect.stringMatching(
        /^https:\/\/cloudformation-custom-resource-response-useast1\.s3\.amazonaws\.com\/arn%3Aaws%3Acloudformation%3A.*%7CThing%7C.*\?X-Amz-Algorithm=AWS4-HMAC-SHA256&/,
      ),
      StackId: stack.StackId,
      RequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
      LogicalResourceId: 'Thing',
      ResourceType: 'Custom::Thing',
      ResourceProperties: {
        ServiceToken: event.ServiceToken,
        Say: JSON.stringify(say),
        Count: '3',
        On: 'true',
        List: ['1', { Deep: 'false' }],
      },
    });
  });

  test('is updated in place, and deleted with its stack', async () => {
    const say = { Update: { data: { Size: '2' } }, Create: { data: { Size: '1' } } };
    const outputs = { Size: { Value: { 'Fn::GetAtt': ['Thing', 'Size'] } } };
    await deploy('CreateStack', 'changed', { Thing: custom({ Size: 1 }, say) }, outputs);
    const stack = await deploy('UpdateStack', 'changed', { Thing: custom({ Size: 2 }, say) }, outputs);
    expect(stack).toMatchObject({ StackStatus: 'UPDATE_COMPLETE', Outputs: [{ OutputValue: '2' }] });
    await remove('changed');
    const events = await asked('changed');
    expect(events.map(({ RequestType }) => RequestType)).toEqual(['Create', 'Update', 'Delete']);
    expect(events[0]).not.toHaveProperty('PhysicalResourceId');
    expect(events[1]).toMatchObject({
      PhysicalResourceId: 'made',
      ResourceProperties: { Size: '2' },
      OldResourceProperties: { Size: '1', ServiceToken: events[0].ServiceToken },
    });
    expect(events[2]).toMatchObject({ PhysicalResourceId: 'made', ResourceProperties: { Size: '2' } });
    expect(events[2]).not.toHaveProperty('OldResourceProperties');
  });

  test('is another one when an update answers another physical id: the old one goes last', async () => {
    const say = { Create: { id: 'old' }, Update: { id: 'new' } };
    await deploy('CreateStack', 'moved', { Thing: custom({ Size: 1 }, say) });
    await deploy('UpdateStack', 'moved', { Thing: custom({ Size: 2 }, say) }, { Id: { Value: { Ref: 'Thing' } } });
    const events = await asked('moved');
    expect(events.map((event) => [event.RequestType, event.PhysicalResourceId])).toEqual([
      ['Create', undefined],
      ['Update', 'old'],
      ['Delete', 'old'],
    ]);
    expect(events[2].ResourceProperties.Size).toBe('1');
    const { Stacks } = await call('cloudformation', 'DescribeStacks', { StackName: 'moved' });
    expect(Stacks[0].Outputs[0].OutputValue).toBe('new');
  });

  test('that answers secrets is not shown where others use it', async () => {
    const say = { Create: { data: { Secret: 'k"3y' }, noEcho: true } };
    const user = {
      Type: 'AWS::SSM::Parameter',
      Properties: { Type: 'String', Name: '/secret-user', Value: { 'Fn::Sub': 'is $' + '{Thing.Secret}' } },
    };
    await deploy('CreateStack', 'secret', { Thing: custom({}, say), User: user });
    expect((await call('ssm', 'GetParameter', { Name: '/secret-user' })).Parameter.Value).toBe('is k"3y');
    const { StackEvents } = await call('cloudformation', 'DescribeStackEvents', { StackName: 'secret' });
    const shown = StackEvents.filter((event: Record<string, string>) => event.LogicalResourceId === 'User');
    expect(JSON.parse(shown[0].ResourceProperties).Value).toBe('is ****');
  });
});

describe('a function that fails its resource', () => {
  test('gives the reason, and is asked to delete what it has begun', async () => {
    const stack = await deploy('CreateStack', 'failed', {
      Thing: custom({}, { Create: { status: 'FAILED', id: 'half' } }, 'AWS::CloudFormation::CustomResource'),
    });
    expect(stack.StackStatus).toBe('ROLLBACK_COMPLETE');
    const events = await asked('failed');
    expect(events.map((event) => [event.RequestType, event.PhysicalResourceId])).toEqual([
      ['Create', undefined],
      ['Delete', 'half'],
    ]);
    expect(events[0].ResourceType).toBe('AWS::CloudFormation::CustomResource');
    expect(await reasons('failed')).toEqual([
      expect.stringMatching(
        new RegExp(
          `^Received response status \\[FAILED\\] from custom resource. Message returned: See the details in CloudWatch Log Stream: 2026/01/01/.* \\(RequestId: ${events[0].RequestId}\\)$`,
        ),
      ),
    ]);
  });

  test('in an update gets the old properties again', async () => {
    await deploy('CreateStack', 'undone', { Thing: custom({ Size: 1 }) });
    const failing = custom({ Size: 2 }, { Update: { status: 'FAILED' } });
    const stack = await deploy('UpdateStack', 'undone', { Thing: failing });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    const events = await asked('undone');
    expect(events.map((event) => [event.RequestType, event.ResourceProperties.Size])).toEqual([
      ['Create', '1'],
      ['Update', '2'],
      ['Update', '1'],
    ]);
    expect(events[2].OldResourceProperties.Size).toBe('2');
  });

  test.each([
    ['no physical id', { Status: 'SUCCESS' }, 'Invalid PhysicalResourceId'],
    [
      'too much',
      { Status: 'SUCCESS', PhysicalResourceId: 'x', Data: { a: 'x'.repeat(4096) } },
      'Response object is too long.',
    ],
    ['no status', { PhysicalResourceId: 'x' }, 'Invalid response status.'],
  ])('by an answer with %s', async (what, raw, reason) => {
    const name = what.replaceAll(' ', '-');
    await deploy('CreateStack', name, { Thing: custom({}, { Create: { raw } }) });
    expect(await reasons(name)).toEqual([reason]);
  });

  test('by no answer at all: when its time is over by the clock of the cloud', async () => {
    const deployed = deploy('CreateStack', 'silent', {
      Thing: custom({ ServiceTimeout: 90 }, { Create: { silent: true } }),
    });
    await until(() => cloud.clock.pending().some(({ label }) => label === 'the answer of custom resource Thing'));
    await cloud.idle();
    await cloud.controls.advance(90_000);
    expect((await deployed).StackStatus).toBe('ROLLBACK_COMPLETE');
    const [event] = await asked('silent');
    expect(await reasons('silent')).toEqual([
      `CloudFormation did not receive a response from your Custom Resource. Please check your logs for requestId [${event.RequestId}]. If you are using the Python cfn-response module, you may need to update your Lambda function code so that CloudFormation can attach the updated version.`,
    ]);
  });

  test('by lacking data that somebody asks for', async () => {
    await deploy('CreateStack', 'lacking', {
      Thing: custom(),
      User: {
        Type: 'AWS::SSM::Parameter',
        Properties: { Type: 'String', Value: { 'Fn::GetAtt': ['Thing', 'Colour'] } },
      },
    });
    expect(await reasons('lacking')).toEqual([
      expect.stringMatching(
        /^CustomResource attribute error: Vendor response doesn't contain Colour attribute in object arn:.*\|Thing$/,
      ),
    ]);
  });
});

describe('a service token', () => {
  test('of a topic that is not there, or of anything else than a topic and a function, fails', async () => {
    await deploy('CreateStack', 'topic', { Thing: custom({ ServiceToken: 'arn:aws:sns:us-east-1:000000000000:t' }) });
    expect(await reasons('topic')).toContain('Topic does not exist');
    await deploy('CreateStack', 'odd', { Thing: custom({ ServiceToken: 'fn' }) });
    expect(await reasons('odd')).toContain('Invalid service token.');
  });

  test('stays what it is', async () => {
    await deploy('CreateStack', 'token', { Thing: custom() });
    const other = 'arn:aws:lambda:us-east-1:000000000000:function:other';
    const stack = await deploy('UpdateStack', 'token', { Thing: custom({ ServiceToken: other }) });
    expect(stack.StackStatus).toBe('UPDATE_ROLLBACK_COMPLETE');
    expect(await asked('token')).toHaveLength(1);
    expect(await reasons('token')).toContain('Modifying service token is not allowed.');
  });
});
