import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../../localstack/cloud/core/aws-error';
import type { Service } from '../../../../localstack/cloud/core/service';
import { checkReferences } from '../../../../localstack/cloud/services/cloudformation/template/dynamic-references';
import { type SmallCloud, smallCloud } from '../small-cloud';
import { use } from './test-scope';

let cloud: SmallCloud;
const secrets = new Map<string, string>();
const asked: object[] = [];

/** Only as much of Secrets Manager as the references ask for. */
const secretsManager: Service = {
  name: 'secretsmanager',
  signingNames: ['secretsmanager'],
  protocol: { kind: 'json', version: '1.1', targetPrefixes: ['secretsmanager'] },
  access: () => [],
  operations: {
    GetSecretValue: (input) => {
      asked.push(input);
      const text = secrets.get(input.SecretId);
      if (text === undefined) {
        throw new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
      }
      return { SecretString: text };
    },
  },
};

beforeAll(async () => {
  cloud = await smallCloud();
  cloud.registry.add(secretsManager);
  secrets.set('db', JSON.stringify({ user: 'shop', password: 'p1', port: 5432 }));
  secrets.set('plain', 'just text');
  secrets.set('arn:aws:secretsmanager:us-east-1:000000000000:secret:db-Ab12Cd', '{"user":"by arn"}');
});
afterAll(() => cloud.stop());

const put = (name: string, value: string) =>
  cloud.call('ssm', 'PutParameter', { Name: name, Value: value, Type: 'String', Overwrite: true });
const stored = async (name: string) => (await cloud.call('ssm', 'GetParameter', { Name: name })).Parameter.Value;
const parameter = (Name: string, Value: unknown, more: object = {}) => ({
  Type: 'AWS::SSM::Parameter',
  Properties: { Name, Type: 'String', Value, ...more },
});
const deploy = (operation: 'CreateStack' | 'UpdateStack', name: string, Resources: object, more: object = {}) =>
  cloud.call('cloudformation', operation, { StackName: name, TemplateBody: JSON.stringify({ Resources, ...more }) });
const events = async (name: string): Promise<Record<string, string>[]> =>
  (await cloud.call('cloudformation', 'DescribeStackEvents', { StackName: name })).StackEvents.reverse();
const reasons = async (name: string) =>
  (await events(name)).filter((e) => e.ResourceStatus?.endsWith('_FAILED')).map((e) => e.ResourceStatusReason);

describe('a reference to the parameter store', () => {
  test('may stand anywhere in a text, more than once, and be put together by functions', async () => {
    await put('/in/a', 'A');
    await put('/in/b', 'B');
    await deploy('CreateStack', 'texts', {
      One: parameter('/out/one', '<{{resolve:ssm:/in/a}}|{{resolve:ssm:/in/b:1}}|{{resolve:ssm:/in/a}}>'),
      Two: parameter('/out/two', { 'Fn::Sub': [`{{resolve:ssm:/in/${use('x')}}}`, { x: 'b' }] }),
      Three: parameter('/out/three', { 'Fn::Join': ['', ['{{resolve:ssm:', { Ref: 'One' }, '}}']] }),
    });
    expect(await stored('/out/one')).toBe('<A|B|A>');
    expect(await stored('/out/two')).toBe('B');
    expect(await stored('/out/three')).toBe('<A|B|A>');
  });

  test('is read with every update: the same template with another value is a change, with the same value it is none', async () => {
    await put('/in/moving', 'first');
    const resources = { P: parameter('/out/moving', '{{resolve:ssm:/in/moving}}') };
    await deploy('CreateStack', 'moving', resources);
    await expect(deploy('UpdateStack', 'moving', resources)).rejects.toThrow('No updates are to be performed.');
    await put('/in/moving', 'second');
    await deploy('UpdateStack', 'moving', resources);
    expect(await stored('/out/moving')).toBe('second');
    await put('/in/moving', 'third');
    const input = { StackName: 'moving', ChangeSetName: 'c', TemplateBody: JSON.stringify({ Resources: resources }) };
    await cloud.call('cloudformation', 'CreateChangeSet', input);
    await cloud.call('cloudformation', 'ExecuteChangeSet', { StackName: 'moving', ChangeSetName: 'c' });
    expect(await stored('/out/moving')).toBe('third');
  });

  test('that is not there, or has a label, is refused before anything is made', async () => {
    const refused = (value: string) => expect(deploy('CreateStack', 'refused', { P: parameter('/p', value) })).rejects;
    await refused('{{resolve:ssm:/in/nothing}}').toThrow(
      'Unable to fetch parameters [/in/nothing] from parameter store for this account.',
    );
    await refused('{{resolve:ssm:/in/a:prod}}').toThrow(
      'Incorrect format is used in the following SSM reference: [{{resolve:ssm:/in/a:prod}}]',
    );
    await refused('{{resolve:vault:x}}').toThrow('Dynamic reference to an unknown service: [{{resolve:vault:x}}]');
  });

  test('is read with the rights of the deployment', async () => {
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Principal: { Service: 'cloudformation.amazonaws.com' }, Action: 'sts:AssumeRole' },
      ],
    });
    const { Role } = await cloud.call('iam', 'CreateRole', { RoleName: 'poor', AssumeRolePolicyDocument });
    const TemplateBody = JSON.stringify({ Resources: { P: parameter('/out/denied', '{{resolve:ssm:/in/a}}') } });
    await expect(
      cloud.call('cloudformation', 'CreateStack', { StackName: 'denied', TemplateBody, RoleARN: Role.Arn }),
    ).rejects.toThrow(
      /assumed-role\/poor\/AWSCloudFormation is not authorized to perform: ssm:GetParameter on resource: /,
    );
  });

  test('stays as it is in an output', async () => {
    const Outputs = { O: { Value: '{{resolve:ssm:/in/a}}' } };
    await deploy('CreateStack', 'output', { P: parameter('/out/output', 'x') }, { Outputs });
    const { Stacks } = await cloud.call('cloudformation', 'DescribeStacks', { StackName: 'output' });
    expect(Stacks[0].Outputs[0].OutputValue).toBe('{{resolve:ssm:/in/a}}');
  });

  test.each<[string, string, string]>([
    ['AWS::SSM::Parameter', 'Value', 'AWS::SSM::Parameter/Properties/Value'],
    ['AWS::Lambda::Function', 'Environment', 'AWS::Lambda::Function/Properties/Environment'],
  ])('for secure ones is refused in %s %s', (type, name, path) => {
    expect(() => checkReferences(type, { [name]: ['{{resolve:ssm-secure:/x:1}}'] })).toThrow(
      `SSM Secure reference is not supported in: [${path}]`,
    );
  });

  test('for secure ones may stand where AWS takes passwords', () => {
    const LoginProfile = { Password: '{{resolve:ssm-secure:/x}}' };
    expect(() => checkReferences('AWS::IAM::User', { LoginProfile })).not.toThrow();
  });
});

describe('a reference to a secret', () => {
  test('is a key of it, the whole of it, by name or ARN, at a stage or version', async () => {
    const arn = 'arn:aws:secretsmanager:us-east-1:000000000000:secret:db-Ab12Cd';
    await deploy('CreateStack', 'secrets', {
      Key: parameter('/out/key', 'u={{resolve:secretsmanager:db:SecretString:user}}'),
      Port: parameter('/out/port', '{{resolve:secretsmanager:db:SecretString:port}}'),
      Whole: parameter('/out/whole', '{{resolve:secretsmanager:plain}}'),
      Arn: parameter('/out/arn', { 'Fn::Sub': [`{{resolve:secretsmanager:${use('a')}::user}}`, { a: arn }] }),
      Staged: parameter('/out/staged', '{{resolve:secretsmanager:db:SecretString:user:AWSPREVIOUS}}'),
      Version: parameter('/out/version', '{{resolve:secretsmanager:db:SecretString:user::v-1}}'),
    });
    expect(await Promise.all(['key', 'port', 'whole', 'arn'].map((name) => stored(`/out/${name}`)))).toEqual([
      'u=shop',
      '5432',
      'just text',
      'by arn',
    ]);
    expect(asked).toContainEqual({ SecretId: 'db', VersionStage: 'AWSPREVIOUS' });
    expect(asked).toContainEqual({ SecretId: 'db', VersionId: 'v-1' });
  });

  test('is looked up when its resource changes for another reason, and shown nowhere', async () => {
    const at = (more: object) => ({
      P: parameter('/out/password', '{{resolve:secretsmanager:db:SecretString:password}}', more),
    });
    await deploy('CreateStack', 'password', at({}));
    secrets.set('db', '{"user":"shop","password":"p2"}');
    await expect(deploy('UpdateStack', 'password', at({}))).rejects.toThrow('No updates are to be performed.');
    expect(await stored('/out/password')).toBe('p1');
    await deploy('UpdateStack', 'password', at({ Description: 'a password' }));
    expect(await stored('/out/password')).toBe('p2');
    const shown = (await events('password')).flatMap((event) => event.ResourceProperties ?? []).join();
    expect(shown).toContain('{{resolve:secretsmanager:db:SecretString:password}}');
    expect(shown).not.toMatch(/"p[12]"/);
  });

  test.each<[string, string, RegExp]>([
    ['no-key', 'db:SecretString:nothing', /^Could not find a value associated with JSONKey in SecretString$/],
    ['no-json', 'plain:SecretString:user', /^Could not parse SecretString JSON$/],
    ['no-secret', 'gone:SecretString:user', /Secrets Manager can't find the specified secret/],
  ])('that does not work out fails its resource: %s', async (name, id, reason) => {
    await deploy('CreateStack', name, { P: parameter('/out/failed', `{{resolve:secretsmanager:${id}}}`) });
    expect(await reasons(name)).toEqual([expect.stringMatching(reason)]);
  });
});
