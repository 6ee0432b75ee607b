import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { IAMClient, ListRolesCommand } from '@aws-sdk/client-iam';
import { InvokeCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import { GetParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { zip } from '../lambda/lambda-bench';
import { ACCOUNT, JudgedCloud, type Keys, policy, roleArn, sessionArn } from './judged-cloud';

let cloud: JudgedCloud;
let keys: Keys;
beforeEach(async () => {
  cloud = await JudgedCloud.start();
  keys = await cloud.role('worker');
});
afterEach(() => cloud.stop());

const tableArn = `arn:aws:dynamodb:us-east-1:${ACCOUNT}:table/Events`;
const put = (by: Keys) => {
  const dynamodb = new DynamoDBClient(cloud.client(by));
  const command = new PutItemCommand({ TableName: 'Events', Item: { id: { S: 'a' } } });
  return dynamodb.send(command).finally(() => dynamodb.destroy());
};

test('look as each service shows them', async () => {
  const user = `User: ${sessionArn('worker')} is not authorized to perform:`;
  const why = (action: string) => `because no identity-based policy allows the ${action} action`;
  const status = (httpStatusCode: number) => ({ $metadata: expect.objectContaining({ httpStatusCode }) });
  await expect(put(keys)).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `${user} dynamodb:PutItem on resource: ${tableArn} ${why('dynamodb:PutItem')}`,
    ...status(400),
  });
  await expect(new LambdaClient(cloud.client(keys)).send(new ListFunctionsCommand({}))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `${user} lambda:ListFunctions ${why('lambda:ListFunctions')}`,
    ...status(403),
  });
  await expect(new IAMClient(cloud.client(keys)).send(new ListRolesCommand({}))).rejects.toMatchObject({
    name: 'AccessDenied',
    message: `${user} iam:ListRoles ${why('iam:ListRoles')}`,
    ...status(403),
  });
  await expect(new SSMClient(cloud.client(keys)).send(new GetParameterCommand({ Name: '/a' }))).rejects.toMatchObject({
    name: 'AccessDeniedException',
    message: `${user} ssm:GetParameter on resource: arn:aws:ssm:us-east-1:${ACCOUNT}:parameter/a ${why('ssm:GetParameter')}`,
    ...status(400),
  });
});

test('name the kind of policy that is in the way', async () => {
  const managed = async (PolicyName: string, statement: object) =>
    (await cloud.call('iam', 'CreatePolicy', { PolicyName, PolicyDocument: policy({ Resource: '*', ...statement }) }))
      .Policy.Arn;
  const because = async (name: string, why: string, by?: Keys) =>
    expect(put(by ?? (await cloud.assume(name)))).rejects.toThrow(`on resource: ${tableArn} ${why}`);

  await cloud.grant('worker', { Effect: 'Deny', Action: 'dynamodb:*' });
  await because('worker', 'with an explicit deny in an identity-based policy');

  const narrow = await managed('narrow', { Action: 'sqs:*' });
  await cloud.role('bounded', [{ Action: 'dynamodb:*' }], { PermissionsBoundary: narrow });
  await because('bounded', 'because no permissions boundary allows the dynamodb:PutItem action');
  const denying = await managed('denying', { Effect: 'Deny', Action: 'dynamodb:*' });
  await cloud.call('iam', 'PutRolePermissionsBoundary', { RoleName: 'bounded', PermissionsBoundary: denying });
  await because('bounded', 'with an explicit deny in a permissions boundary');

  await cloud.role('scoped', [{ Action: 'dynamodb:*' }]);
  const session = await cloud.assume('scoped', { PolicyArns: [{ arn: narrow }] });
  await because('scoped', 'because no session policy allows the dynamodb:PutItem action', session);
  const Policy = policy({ Effect: 'Deny', Action: 'dynamodb:*', Resource: '*' });
  await because('scoped', 'with an explicit deny in a session policy', await cloud.assume('scoped', { Policy }));
});

test('are told once, with the statement and the CDK grant that would allow it', async () => {
  await expect(put(keys)).rejects.toThrow();
  await expect(put(keys)).rejects.toThrow();
  expect(cloud.denials.map(({ line }) => line)).toEqual([
    `IAM denied worker: {"Effect":"Allow","Action":"dynamodb:PutItem","Resource":"${tableArn}"} would allow it (CDK: table.grantWriteData(fn))`,
  ]);
  await cloud.grant('worker', { Effect: 'Deny', Action: 'dynamodb:*' });
  await expect(put(keys)).rejects.toThrow();
  expect(cloud.denials[1]!.line).toBe(
    `IAM denied worker: dynamodb:PutItem on ${tableArn}: a Deny in an identity-based policy`,
  );
});

test('of a role that is gone are told to nobody', async () => {
  await cloud.call('iam', 'DeleteRole', { RoleName: 'worker' });
  await expect(put(keys)).rejects.toThrow();
  expect(cloud.denials).toEqual([]);
});

test('of a function stand in its log too', async () => {
  await cloud.call('iam', 'CreateRole', {
    RoleName: 'fn',
    AssumeRolePolicyDocument: policy({ Action: 'sts:AssumeRole', Principal: { Service: 'lambda.amazonaws.com' } }),
  });
  await cloud.grant('fn', { Action: 'logs:*' });
  const source = `import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
    export const handler = () => new DynamoDBClient({}).send(new ListTablesCommand({})).catch(({ message }) => message);`;
  await cloud.call('lambda', 'CreateFunction', {
    FunctionName: 'lister',
    Role: roleArn('fn'),
    Runtime: 'nodejs20.x',
    Handler: 'index.handler',
    Code: { ZipFile: zip({ 'index.mjs': source }) },
  });
  const lambda = new LambdaClient(cloud.client());
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'lister' }));
  expect(Buffer.from(Payload!).toString()).toContain(
    `User: ${sessionArn('fn', 'lister')} is not authorized to perform: dynamodb:ListTables`,
  );
  const logs = new CloudWatchLogsClient(cloud.client());
  const { events } = await logs.send(
    new FilterLogEventsCommand({ logGroupName: '/aws/lambda/lister', filterPattern: 'IAM' }),
  );
  expect(events!.map(({ message }) => message)).toEqual([
    'WARN IAM denied fn: {"Effect":"Allow","Action":"dynamodb:ListTables","Resource":"*"} would allow it\n',
  ]);
  lambda.destroy();
  logs.destroy();
});

test('do not come where policies are not judged', async () => {
  const open = await JudgedCloud.start({ iam: false });
  const dynamodb = new DynamoDBClient(open.client(await open.role('worker')));
  await expect(
    dynamodb.send(new PutItemCommand({ TableName: 'Events', Item: { id: { S: 'a' } } })),
  ).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  dynamodb.destroy();
  await open.stop();
});
