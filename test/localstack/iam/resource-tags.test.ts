import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT, KeyCloud, keyPolicy, roleArn } from '../kms/key-cloud';
import { zip } from '../lambda/lambda-bench';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
  const ofTeam = (team: string) => ({ StringEquals: { 'aws:ResourceTag/Team': team } });
  for (const team of ['orders', 'billing']) {
    const condition = { Effect: 'Allow', Action: '*', Resource: '*', Condition: ofTeam(team) };
    await cloud.role(team, condition);
  }
});
afterAll(() => cloud.stop());

const LIST = [{ Key: 'Team', Value: 'orders' }];
const MAP = { Team: 'orders' };
const table = {
  TableName: 'orders',
  AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
  KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  BillingMode: 'PAY_PER_REQUEST',
};
const code = { ZipFile: zip({ 'index.js': 'exports.handler = async () => {};' }) };
const assumable = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
});
const arn = (service: string, resource: string) => `arn:aws:${service}:us-east-1:${ACCOUNT}:${resource}`;

type Call = readonly [operation: string, input: object];

/** How one resource of each service is made with a tag, and what is done with it then. */
const resources: Readonly<Record<string, { service: string; make: readonly Call[]; use: Call }>> = {
  'a queue': {
    service: 'sqs',
    make: [['CreateQueue', { QueueName: 'q', tags: MAP }]],
    use: ['SendMessage', { QueueUrl: `http://127.0.0.1/${ACCOUNT}/q` }],
  },
  'a table': {
    service: 'dynamodb',
    make: [['CreateTable', { ...table, Tags: LIST }]],
    use: ['Query', { TableName: 'orders', IndexName: 'index' }],
  },
  'a function and its versions': {
    service: 'lambda',
    make: [
      [
        'CreateFunction',
        {
          FunctionName: 'f',
          Role: roleArn('orders'),
          Runtime: 'nodejs24.x',
          Handler: 'index.handler',
          Code: code,
          Tags: MAP,
          Publish: true,
        },
      ],
    ],
    use: ['Invoke', { FunctionName: 'f', Qualifier: '1' }],
  },
  'a rule': {
    service: 'events',
    make: [['PutRule', { Name: 'r', EventPattern: '{"source":["s"]}', Tags: LIST }]],
    use: ['DescribeRule', { Name: 'r' }],
  },
  'a bus': {
    service: 'events',
    make: [['CreateEventBus', { Name: 'b', Tags: LIST }]],
    use: ['DescribeEventBus', { Name: 'b' }],
  },
  'a log group': {
    service: 'logs',
    make: [['CreateLogGroup', { logGroupName: '/g', tags: MAP }]],
    use: ['PutLogEvents', { logGroupName: '/g', logStreamName: 's' }],
  },
  'a secret': {
    service: 'secretsmanager',
    make: [['CreateSecret', { Name: 's', SecretString: 'x', ClientRequestToken: '0'.repeat(32), Tags: LIST }]],
    use: ['GetSecretValue', { SecretId: 's' }],
  },
  'a parameter with a path': {
    service: 'ssm',
    make: [['PutParameter', { Name: '/a/p', Value: 'x', Type: 'String', Tags: LIST }]],
    use: ['GetParameter', { Name: '/a/p' }],
  },
  'a parameter without one': {
    service: 'ssm',
    make: [['PutParameter', { Name: 'p', Value: 'x', Type: 'String', Tags: LIST }]],
    use: ['GetParameter', { Name: 'p' }],
  },
  'a role': {
    service: 'iam',
    make: [['CreateRole', { RoleName: 'tagged', AssumeRolePolicyDocument: assumable, Tags: LIST }]],
    use: ['GetRole', { RoleName: 'tagged' }],
  },
  'a schedule group': {
    service: 'scheduler',
    make: [['CreateScheduleGroup', { Name: 'g', Tags: LIST }]],
    use: ['GetScheduleGroup', { Name: 'g' }],
  },
  'a topic': {
    service: 'sns',
    make: [['CreateTopic', { Name: 't', Tags: LIST }]],
    use: ['Publish', { TopicArn: arn('sns', 't') }],
  },
  'a stack': {
    service: 'cloudformation',
    make: [
      [
        'CreateStack',
        {
          StackName: 'st',
          TemplateBody: JSON.stringify({ Resources: { Wait: { Type: 'AWS::CloudFormation::WaitConditionHandle' } } }),
          Tags: LIST,
        },
      ],
    ],
    use: ['DescribeStacks', { StackName: 'st' }],
  },
};

describe('a policy may ask for the tag of', () => {
  test.each(Object.entries(resources))('%s', async (_what, { service, make, use }) => {
    for (const [operation, input] of make) await cloud.call(service, operation, input);
    const [operation, input] = use;
    expect(() => cloud.judge(service, operation, input, 'orders')).not.toThrow();
    expect(() => cloud.judge(service, operation, input, 'billing')).toThrow(/is not authorized to perform/);
  });

  test('a key, in its own policy too', async () => {
    const Condition = { StringEquals: { 'aws:ResourceTag/team': `${'$'}{aws:PrincipalTag/team}` } };
    const Policy = keyPolicy({ Effect: 'Allow', Principal: '*', Action: 'kms:Encrypt', Resource: '*', Condition });
    const Tags = [{ TagKey: 'Team', TagValue: 'orders' }];
    const { KeyMetadata } = await cloud.kms('CreateKey', { Policy, Tags });
    const encrypt = (as: string) => cloud.kms('Encrypt', { KeyId: KeyMetadata.KeyId, Plaintext: 'eA==' }, as);
    await cloud.call('iam', 'TagRole', { RoleName: 'billing', Tags: LIST });
    expect(await encrypt('billing')).toHaveProperty('CiphertextBlob');
    await cloud.call('iam', 'TagRole', { RoleName: 'billing', Tags: [{ Key: 'Team', Value: 'others' }] });
    await expect(encrypt('billing')).rejects.toMatchObject({ code: 'AccessDeniedException' });
  });
});

test('a tag that is taken away counts at once', async () => {
  const ask = () => cloud.judge('sqs', 'SendMessage', { QueueUrl: `http://127.0.0.1/${ACCOUNT}/moved` }, 'orders');
  const { QueueUrl } = await cloud.call('sqs', 'CreateQueue', { QueueName: 'moved', tags: MAP });
  expect(ask).not.toThrow();
  await cloud.call('sqs', 'UntagQueue', { QueueUrl, TagKeys: ['Team'] });
  expect(ask).toThrow(/is not authorized to perform/);
});

test('what is not there yet has no tags, whatever the request gives it', () => {
  const create = { QueueName: 'new', tags: MAP };
  expect(() => cloud.judge('sqs', 'CreateQueue', create, 'orders')).toThrow(/is not authorized to perform/);
});

test.each([
  ['secretsmanager', 'GetSecretValue', { SecretId: 's' }, 'secretsmanager:ResourceTag/Team'],
  ['ssm', 'GetParameter', { Name: '/a/p' }, 'ssm:resourceTag/Team'],
  ['iam', 'GetRole', { RoleName: 'tagged' }, 'iam:ResourceTag/Team'],
])('%s has a name of its own for them', async (service, operation, input, key) => {
  for (const team of ['orders', 'nobody']) {
    const Condition = { StringEquals: { [key]: team } };
    await cloud.role(`${service}-${team}`, { Effect: 'Allow', Action: '*', Resource: '*', Condition });
  }
  expect(() => cloud.judge(service, operation, input, `${service}-orders`)).not.toThrow();
  expect(() => cloud.judge(service, operation, input, `${service}-nobody`)).toThrow(/is not authorized to perform/);
});
