import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CfnOutput, RemovalPolicy, type Stack } from 'aws-cdk-lib';
import { AttributeType, StreamViewType, Table, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { AccountRootPrincipal, Effect, PolicyDocument, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CdkDeployment } from './cdk-deployment';

let cdk: CdkDeployment;
beforeAll(async () => {
  cdk = await CdkDeployment.start();
});
afterAll(() => cdk.stop());

const policyFor = (action: string) =>
  new PolicyDocument({
    statements: [
      new PolicyStatement({
        effect: Effect.ALLOW,
        principals: [new AccountRootPrincipal()],
        actions: [action],
        resources: ['*'],
      }),
    ],
  });
const common = {
  partitionKey: { name: 'pk', type: AttributeType.STRING },
  removalPolicy: RemovalPolicy.DESTROY,
} as const;
const insights = (enabled: boolean) => ({ contributorInsightsSpecification: { enabled } });
const byOther = { indexName: 'by-other', partitionKey: { name: 'other', type: AttributeType.STRING } };

/** The actions that the policies of what is deployed allow, and whether insights are enabled for table and index. */
async function stateOf(TableName: string) {
  const { Table: table } = await cdk.call('dynamodb', 'DescribeTable', { TableName });
  const actionIn = async (ResourceArn: string) => {
    try {
      const { Policy } = await cdk.call('dynamodb', 'GetResourcePolicy', { ResourceArn });
      return JSON.parse(Policy).Statement[0].Action;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const insightsOf = async (more: object) =>
    (await cdk.call('dynamodb', 'DescribeContributorInsights', { TableName, ...more })).ContributorInsightsStatus;
  return {
    table: await actionIn(table.TableArn),
    stream: await actionIn(table.LatestStreamArn),
    streamArn: table.LatestStreamArn,
    insights: [await insightsOf({}), await insightsOf({ IndexName: 'by-other' })],
  };
}

test('resource policies and contributor insights of TableV2 are made, changed and taken away', async () => {
  const define = (action: string | undefined, enabled: boolean) => (stack: Stack) => {
    const table = new TableV2(stack, 'Table', {
      ...common,
      ...insights(enabled),
      tableName: 'two',
      dynamoStream: StreamViewType.NEW_IMAGE,
      globalSecondaryIndexes: [byOther],
      ...(action && { resourcePolicy: policyFor(action) }),
    });
    new CfnOutput(stack, 'Arn', { value: table.tableArn });
  };
  await cdk.deploy('V2', define('dynamodb:GetItem', true));
  const first = await stateOf('two');
  expect(first).toMatchObject({ table: 'dynamodb:GetItem', insights: ['ENABLED', 'ENABLED'] });
  await cdk.deploy('V2', define('dynamodb:Query', false));
  expect(await stateOf('two')).toMatchObject({
    table: 'dynamodb:Query',
    insights: ['DISABLED', 'DISABLED'],
    streamArn: first.streamArn,
  });
  await cdk.deploy('V2', define(undefined, false));
  expect(await stateOf('two')).toMatchObject({ table: 'PolicyNotFoundException' });
  expect(await cdk.destroy('V2')).toEqual([]);
});

test('those of Table too, with one for its stream, which stays the same stream', async () => {
  const define =
    (action: string, view = StreamViewType.NEW_IMAGE) =>
    (stack: Stack) => {
      const table = new Table(stack, 'Table', {
        ...common,
        ...insights(true),
        tableName: 'one',
        stream: view,
        resourcePolicy: policyFor(action),
      });
      table.addGlobalSecondaryIndex({ ...byOther, ...insights(true) });
      const cfn = table.node.defaultChild as unknown as { addPropertyOverride(path: string, value: unknown): void };
      const PolicyDocument = policyFor('dynamodb:GetRecords').toJSON();
      PolicyDocument.Statement[0].Principal = '*';
      cfn.addPropertyOverride('StreamSpecification.ResourcePolicy', { PolicyDocument });
    };
  await cdk.deploy('V1', define('dynamodb:GetItem'));
  const first = await stateOf('one');
  expect(first).toMatchObject({
    table: 'dynamodb:GetItem',
    stream: 'dynamodb:GetRecords',
    insights: ['ENABLED', 'ENABLED'],
  });
  await cdk.deploy('V1', define('dynamodb:PutItem'));
  expect(await stateOf('one')).toMatchObject({ table: 'dynamodb:PutItem', streamArn: first.streamArn });
  await cdk.deploy('V1', define('dynamodb:PutItem', StreamViewType.KEYS_ONLY));
  const moved = await stateOf('one');
  expect(moved.streamArn).not.toBe(first.streamArn);
  expect(moved.stream).toBe('dynamodb:GetRecords');
  expect(await cdk.destroy('V1')).toEqual([]);
});
