import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { KeyCloud } from '../kms/key-cloud';

let cloud: KeyCloud;
beforeAll(async () => {
  cloud = await KeyCloud.start();
});
afterAll(() => cloud.stop());

const db = (operation: string, input: object) => cloud.call('dynamodb', operation, input);
const now = Date.UTC(2026, 0, 1);

test('contributor insights are shown as they were set, for the table and each index by itself', async () => {
  const index = {
    IndexName: 'by-sk',
    KeySchema: [
      { AttributeName: 'sk', KeyType: 'HASH' },
      { AttributeName: 'pk', KeyType: 'RANGE' },
    ],
    Projection: { ProjectionType: 'ALL' },
  };
  await db('CreateTable', {
    TableName: 'orders',
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
    ],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: [index],
    BillingMode: 'PAY_PER_REQUEST',
  });
  const TableName = 'orders';
  const describe = (IndexName?: string) =>
    db('DescribeContributorInsights', { TableName, ...(IndexName && { IndexName }) });
  const set = (ContributorInsightsAction: string, more: object = {}) =>
    db('UpdateContributorInsights', { TableName, ContributorInsightsAction, ...more });
  expect(await describe()).toEqual({ TableName, ContributorInsightsStatus: 'DISABLED' });
  expect(await set('ENABLE')).toMatchObject({ ContributorInsightsStatus: 'ENABLING' });
  expect(await describe()).toEqual({
    TableName,
    ContributorInsightsStatus: 'ENABLED',
    ContributorInsightsMode: 'ACCESSED_AND_THROTTLED_KEYS',
    ContributorInsightsRuleList: [
      `DynamoDBContributorInsights-PKC-orders-${now}`,
      `DynamoDBContributorInsights-PKT-orders-${now}`,
    ],
    LastUpdateDateTime: now / 1000,
  });
  await set('ENABLE', { IndexName: 'by-sk', ContributorInsightsMode: 'THROTTLED_KEYS' });
  expect((await describe('by-sk')).ContributorInsightsRuleList).toEqual([
    `DynamoDBContributorInsights-PKT-orders-by-sk-${now}`,
    `DynamoDBContributorInsights-SKT-orders-by-sk-${now}`,
  ]);
  expect(await set('DISABLE')).toMatchObject({ ContributorInsightsStatus: 'DISABLING' });
  const { ContributorInsightsSummaries: all } = await db('ListContributorInsights', {});
  expect(all).toEqual([
    { TableName, ContributorInsightsStatus: 'DISABLED' },
    {
      TableName,
      IndexName: 'by-sk',
      ContributorInsightsStatus: 'ENABLED',
      ContributorInsightsMode: 'THROTTLED_KEYS',
    },
  ]);
  const page = await db('ListContributorInsights', { TableName, MaxResults: 1 });
  const rest = await db('ListContributorInsights', { TableName, MaxResults: 1, NextToken: page.NextToken });
  expect([...page.ContributorInsightsSummaries, ...rest.ContributorInsightsSummaries]).toEqual(all);
  await db('UpdateTable', { TableName, GlobalSecondaryIndexUpdates: [{ Delete: { IndexName: 'by-sk' } }] });
  expect((await db('ListContributorInsights', {})).ContributorInsightsSummaries).toHaveLength(1);
  await expect(describe('by-sk')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
});
