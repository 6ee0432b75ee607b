import { AwsError } from '../../../core/aws-error';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { asBoolean, differ, pick, typed } from './pick';
import { tagChanges } from './tags';

type Index = { readonly IndexName: string; readonly [member: string]: unknown };

const THROUGHPUT = ['ReadCapacityUnits', 'WriteCapacityUnits'];

/** AWS::DynamoDB::Table. */
export const dynamoDbTable: ResourceHandler = {
  properties: [
    'TableName',
    'AttributeDefinitions',
    'KeySchema',
    'BillingMode',
    'ProvisionedThroughput',
    'GlobalSecondaryIndexes',
    'LocalSecondaryIndexes',
    'StreamSpecification',
    'TimeToLiveSpecification',
    'PointInTimeRecoverySpecification',
    'SSESpecification',
    'TableClass',
    'DeletionProtectionEnabled',
    'Tags',
  ],
  createOnly: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],

  create: async (properties, context) => {
    const TableName = properties.TableName ?? context.newName(255);
    const { TableDescription } = await context.call('dynamodb', 'CreateTable', {
      TableName,
      ...(typed(
        pick(properties, [
          'AttributeDefinitions',
          'KeySchema',
          'BillingMode',
          'ProvisionedThroughput',
          'GlobalSecondaryIndexes',
          'LocalSecondaryIndexes',
          'TableClass',
          'Tags',
        ]),
        THROUGHPUT,
        [],
      ) as object),
      ...(properties.StreamSpecification && { StreamSpecification: stream(properties) }),
      ...(properties.SSESpecification && { SSESpecification: encryption(properties) }),
      ...(properties.DeletionProtectionEnabled !== undefined && {
        DeletionProtectionEnabled: asBoolean(properties.DeletionProtectionEnabled),
      }),
    });
    await finish(TableName, () => settings(TableName, properties, {}, context));
    return { physicalId: TableName, attributes: attributesOf(TableDescription) };
  },

  existing: async ({ TableName }, { call }) => {
    if (TableName === undefined) return undefined;
    try {
      const { Table } = await call('dynamodb', 'DescribeTable', { TableName });
      return { physicalId: TableName, attributes: attributesOf(Table) };
    } catch (error) {
      if (error instanceof AwsError && error.code === 'ResourceNotFoundException') return undefined;
      throw error;
    }
  },

  update: async (TableName, properties, before, context) => {
    const { call } = context;
    const updateTable = (changes: object) => call('dynamodb', 'UpdateTable', { TableName, ...changes });
    if (differ(properties, before, ['BillingMode', 'ProvisionedThroughput'])) {
      await updateTable({
        BillingMode: properties.BillingMode ?? 'PROVISIONED',
        ...(typed(pick(properties, ['ProvisionedThroughput']), THROUGHPUT, []) as object),
      });
    }
    if (differ(properties, before, ['StreamSpecification'])) {
      // The view of a stream cannot be changed: the stream ends, and a new one begins.
      if (before.StreamSpecification) await updateTable({ StreamSpecification: { StreamEnabled: false } });
      if (properties.StreamSpecification) await updateTable({ StreamSpecification: stream(properties) });
    }
    if (differ(properties, before, ['SSESpecification'])) {
      await updateTable({ SSESpecification: encryption(properties) });
    }
    if (differ(properties, before, ['TableClass'])) {
      await updateTable({ TableClass: properties.TableClass ?? 'STANDARD' });
    }
    if (differ(properties, before, ['DeletionProtectionEnabled'])) {
      await updateTable({ DeletionProtectionEnabled: asBoolean(properties.DeletionProtectionEnabled) });
    }
    await updateIndexes(properties, before, updateTable);
    await settings(TableName, properties, before, context);
    const { Table } = await call('dynamodb', 'DescribeTable', { TableName });
    const tags = tagChanges(properties.Tags, before.Tags);
    if (tags.set.length > 0) await call('dynamodb', 'TagResource', { ResourceArn: Table.TableArn, Tags: tags.set });
    if (tags.removed.length > 0) {
      await call('dynamodb', 'UntagResource', { ResourceArn: Table.TableArn, TagKeys: tags.removed });
    }
    return attributesOf(Table);
  },

  delete: (TableName, _properties, { call }) => call('dynamodb', 'DeleteTable', { TableName }),
};

// biome-ignore lint/suspicious/noExplicitAny: a table description, as the API gives it.
function attributesOf(table: any) {
  return { Arn: table.TableArn, ...(table.LatestStreamArn && { StreamArn: table.LatestStreamArn }) };
}

const stream = ({ StreamSpecification }: Properties) => ({
  StreamEnabled: true,
  StreamViewType: StreamSpecification.StreamViewType,
});

function encryption({ SSESpecification }: Properties): object {
  if (!SSESpecification) return { Enabled: false };
  const { SSEEnabled, ...rest } = SSESpecification;
  return { Enabled: asBoolean(SSEEnabled), ...rest };
}

/** What has operations of its own: time to live and point-in-time recovery. */
async function settings(
  TableName: string,
  properties: Properties,
  before: Properties,
  { call }: ResourceContext,
): Promise<void> {
  if (differ(properties, before, ['TimeToLiveSpecification'])) {
    const now = properties.TimeToLiveSpecification ?? {
      AttributeName: before.TimeToLiveSpecification.AttributeName,
      Enabled: false,
    };
    await call('dynamodb', 'UpdateTimeToLive', {
      TableName,
      TimeToLiveSpecification: typed(now, [], ['Enabled']),
    });
  }
  if (differ(properties, before, ['PointInTimeRecoverySpecification'])) {
    await call('dynamodb', 'UpdateContinuousBackups', {
      TableName,
      PointInTimeRecoverySpecification: typed(
        properties.PointInTimeRecoverySpecification ?? { PointInTimeRecoveryEnabled: false },
        ['RecoveryPeriodInDays'],
        ['PointInTimeRecoveryEnabled'],
      ),
    });
  }
}

/** DynamoDB adds or removes one index at a time; one that changes is removed first. */
async function updateIndexes(
  properties: Properties,
  before: Properties,
  updateTable: (changes: object) => Promise<unknown>,
): Promise<void> {
  const now: Index[] = properties.GlobalSecondaryIndexes ?? [];
  const old: Index[] = before.GlobalSecondaryIndexes ?? [];
  const same = (a: Index) => now.some((b) => JSON.stringify(a) === JSON.stringify(b));
  const kept = old.filter(same).map(({ IndexName }) => IndexName);
  const { AttributeDefinitions } = properties;
  for (const { IndexName } of old.filter((index) => !kept.includes(index.IndexName))) {
    await updateTable({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
  }
  for (const index of now.filter(({ IndexName }) => !kept.includes(IndexName))) {
    await updateTable({
      AttributeDefinitions,
      GlobalSecondaryIndexUpdates: [{ Create: typed(index, THROUGHPUT, []) }],
    });
  }
}
