import { readFileSync } from 'node:fs';
import { CloudFormationClient, CreateChangeSetCommand, ExecuteChangeSetCommand } from '@aws-sdk/client-cloudformation';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { ACCOUNT, JudgedCloud, type Keys, roleArn } from './judged-cloud';

const TEMPLATE = 'node_modules/aws-cdk/lib/api/bootstrap/bootstrap-template.yaml';
const name = (role: string) => `cdk-hnb659fds-${role}-role-${ACCOUNT}-us-east-1`;
const bucket = `cdk-hnb659fds-assets-${ACCOUNT}-us-east-1`;

let cloud: JudgedCloud;
const keys: Record<string, Keys> = {};
beforeAll(async () => {
  cloud = await JudgedCloud.start();
  await cloud.call('cloudformation', 'CreateStack', {
    StackName: 'CDKToolkit',
    TemplateBody: readFileSync(TEMPLATE, 'utf8'),
    Capabilities: ['CAPABILITY_NAMED_IAM'],
    Parameters: [
      {
        ParameterKey: 'CloudFormationExecutionPolicies',
        ParameterValue: 'arn:aws:iam::aws:policy/AdministratorAccess',
      },
    ],
  });
  for (const role of ['deploy', 'file-publishing', 'lookup']) keys[role] = await cloud.assume(name(role));
}, 20_000);
afterAll(() => cloud.stop());

const allowed = (work: Promise<unknown>) => expect(work).resolves.toBeDefined();
const denied = (work: Promise<unknown>, action: string) =>
  expect(work).rejects.toThrow(`is not authorized to perform: ${action}`);
const put = (role: string, Bucket = bucket) =>
  new S3Client(cloud.client(keys[role])).send(new PutObjectCommand({ Bucket, Key: 'asset.zip', Body: 'x' }));
const listTables = (role: string) => new DynamoDBClient(cloud.client(keys[role])).send(new ListTablesCommand({}));
const Name = '/cdk-bootstrap/hnb659fds/version';

test('the file-publishing role puts assets, and nothing else', async () => {
  await allowed(put('file-publishing'));
  await cloud.call('s3', 'CreateBucket', { Bucket: 'another' });
  await denied(put('file-publishing', 'another'), 's3:PutObject');
  await denied(listTables('file-publishing'), 'dynamodb:ListTables');
});

test('what exists already is taken over by the deploy role, although only the execution role may look at it', async () => {
  await cloud.call('s3', 'CreateBucket', { Bucket: 'kept-by-somebody' });
  const cloudFormation = new CloudFormationClient(cloud.client(keys.deploy));
  const Kept = { Type: 'AWS::S3::Bucket', DeletionPolicy: 'Retain', Properties: { BucketName: 'kept-by-somebody' } };
  const names = { StackName: 'taking', ChangeSetName: 'import' };
  await cloudFormation.send(
    new CreateChangeSetCommand({
      ...names,
      ChangeSetType: 'CREATE',
      ImportExistingResources: true,
      TemplateBody: JSON.stringify({ Resources: { Kept } }),
      RoleARN: roleArn(name('cfn-exec')),
    }),
  );
  await cloudFormation.send(new ExecuteChangeSetCommand(names));
  const { Stacks } = await cloud.call('cloudformation', 'DescribeStacks', { StackName: 'taking' });
  expect(Stacks[0].StackStatus).toBe('CREATE_COMPLETE');
});

test('the lookup role looks, and changes nothing', async () => {
  const ssm = new SSMClient(cloud.client(keys.lookup));
  await allowed(ssm.send(new GetParameterCommand({ Name })));
  await allowed(listTables('lookup'));
  await denied(ssm.send(new PutParameterCommand({ Name, Value: '1', Overwrite: true })), 'ssm:PutParameter');
  await denied(put('lookup'), 's3:PutObject');
});

test('the deploy role has stacks changed by the role that is meant for that, and by no other', async () => {
  const cloudFormation = new CloudFormationClient(cloud.client(keys.deploy));
  const change = (RoleARN: string) =>
    cloudFormation.send(
      new CreateChangeSetCommand({
        StackName: 'app',
        ChangeSetName: 'first',
        ChangeSetType: 'CREATE',
        RoleARN,
        TemplateBody: '{"Resources":{"Queue":{"Type":"AWS::SQS::Queue"}}}',
      }),
    );
  await denied(change(roleArn(name('lookup'))), 'iam:PassRole');
  await allowed(change(roleArn(name('cfn-exec'))));
  await denied(listTables('deploy'), 'dynamodb:ListTables');
});
