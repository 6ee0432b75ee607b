import { AwsError } from '../../../core/aws-error';
import { updateInsights } from './dynamodb-table-insights';
import { updatePolicies } from './dynamodb-table-policies';
import { finish, type Properties, type ResourceContext, ResourceFault, type ResourceHandler } from './handler';
import { asBoolean, differ, pick, typed } from './pick';
import { tagChanges } from './tags';

type UpdateTable = (changes: object) => Promise<unknown>;
type Index = {
  readonly IndexName: string;
  readonly ProvisionedThroughput?: Properties;
  readonly ContributorInsightsSpecification?: Properties;
};

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
    'ContributorInsightsSpecification',
    'ResourcePolicy',
    'Tags',
  ],
  refused: ['ImportSourceSpecification', 'KinesisStreamSpecification', 'OnDemandThroughput', 'WarmThroughput'],
  required: ['KeySchema'],
  createOnly: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],
  conditional: { AttributeDefinitions: redefined },
  nameProperty: 'TableName',

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
          'LocalSecondaryIndexes',
          'TableClass',
          'Tags',
        ]),
        THROUGHPUT,
        [],
      ) as object),
      ...(properties.GlobalSecondaryIndexes && {
        GlobalSecondaryIndexes: indexesIn(properties).map((index) => typed(definition(index), THROUGHPUT, [])),
      }),
      ...(properties.StreamSpecification && { StreamSpecification: stream(properties) }),
      ...(properties.SSESpecification && { SSESpecification: encryption(properties) }),
      ...(properties.DeletionProtectionEnabled !== undefined && {
        DeletionProtectionEnabled: asBoolean(properties.DeletionProtectionEnabled),
      }),
    });
    await finish(TableName, async () => {
      await settings(TableName, properties, {}, context);
      await updatePolicies(TableDescription, properties, {}, context);
    });
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
    checkIndexChanges(properties, before);
    const { Table: now } = await call('dynamodb', 'DescribeTable', { TableName });
    const indexes: readonly Index[] = now.GlobalSecondaryIndexes ?? [];
    await removeIndexes(properties, indexes, updateTable);
    await updateThroughput(properties, before, indexes, updateTable);
    if (viewOf(properties) !== viewOf(before)) {
      // The view of a stream cannot be changed: the stream ends, and a new one begins.
      if (now.StreamSpecification?.StreamEnabled) await updateTable({ StreamSpecification: { StreamEnabled: false } });
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
    await addIndexes(properties, indexes, updateTable);
    await settings(TableName, properties, before, context);
    const { Table } = await call('dynamodb', 'DescribeTable', { TableName });
    await updatePolicies(Table, properties, before, context);
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

const viewOf = ({ StreamSpecification }: Properties): unknown => StreamSpecification?.StreamViewType;

const stream = ({ StreamSpecification }: Properties) => ({
  StreamEnabled: true,
  StreamViewType: StreamSpecification.StreamViewType,
});

function encryption({ SSESpecification }: Properties): object {
  if (!SSESpecification) return { Enabled: false };
  const { SSEEnabled, ...rest } = SSESpecification;
  return { Enabled: asBoolean(SSEEnabled), ...rest };
}

/** What has operations of its own: time to live, point-in-time recovery, contributor insights. */
async function settings(
  TableName: string,
  properties: Properties,
  before: Properties,
  context: ResourceContext,
): Promise<void> {
  const { call } = context;
  await updateInsights(TableName, properties, before, context);
  if (differ(properties, before, ['TimeToLiveSpecification'])) {
    const { TimeToLiveDescription: now } = await call('dynamodb', 'DescribeTimeToLive', { TableName });
    const wanted = properties.TimeToLiveSpecification ?? { AttributeName: now.AttributeName, Enabled: false };
    const enabled = now.TimeToLiveStatus === 'ENABLED';
    // DynamoDB refuses to enable or disable it once more.
    if (asBoolean(wanted.Enabled) !== enabled || (enabled && wanted.AttributeName !== now.AttributeName)) {
      await call('dynamodb', 'UpdateTimeToLive', {
        TableName,
        TimeToLiveSpecification: typed(wanted, [], ['Enabled']),
      });
    }
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

/** Whether an attribute that stays has another type. */
function redefined(now: unknown, before: unknown): boolean {
  type Definition = { readonly AttributeName: string; readonly AttributeType: string };
  const old = new Map((before as Definition[] | undefined)?.map((d) => [d.AttributeName, d.AttributeType]));
  const next = (now ?? []) as Definition[];
  return next.some((d) => old.has(d.AttributeName) && old.get(d.AttributeName) !== d.AttributeType);
}

/** What DynamoDB makes an index of. */
function definition({
  ContributorInsightsSpecification: _,
  ...index
}: Index): Omit<Index, 'ContributorInsightsSpecification'> {
  return index;
}

const indexesIn = (properties: Properties): Index[] => properties.GlobalSecondaryIndexes ?? [];

/** CloudFormation's own rules for what one update may do to the indexes of a table. */
function checkIndexChanges(properties: Properties, before: Properties): void {
  const old = new Map(indexesIn(before).map((index) => [index.IndexName, index]));
  const now = new Map(indexesIn(properties).map((index) => [index.IndexName, index]));
  for (const [name, index] of now) {
    const { ProvisionedThroughput: _, ...rest } = definition(index);
    const { ProvisionedThroughput: _p, ...oldRest } = definition(old.get(name) ?? index);
    if (differ(rest, oldRest, [...Object.keys(rest), ...Object.keys(oldRest)])) {
      throw new ResourceFault(
        "Cannot update GSI's properties other than Provisioned Throughput and Contributor Insights Specification. You can create a new GSI with a different name.",
      );
    }
  }
  const added = [...now.keys()].filter((name) => !old.has(name));
  const removed = [...old.keys()].filter((name) => !now.has(name));
  if (added.length + removed.length > 1) {
    throw new ResourceFault('Cannot perform more than one GSI creation or deletion in a single update');
  }
}

/** Indexes that are to go, one at a time, as DynamoDB takes them. */
async function removeIndexes(properties: Properties, there: readonly Index[], updateTable: UpdateTable): Promise<void> {
  const wanted = indexesIn(properties).map(({ IndexName }) => IndexName);
  for (const { IndexName } of there) {
    if (!wanted.includes(IndexName)) await updateTable({ GlobalSecondaryIndexUpdates: [{ Delete: { IndexName } }] });
  }
}

async function addIndexes(properties: Properties, there: readonly Index[], updateTable: UpdateTable): Promise<void> {
  const known = there.map(({ IndexName }) => IndexName);
  const { AttributeDefinitions } = properties;
  for (const index of indexesIn(properties).filter(({ IndexName }) => !known.includes(IndexName))) {
    const Create = typed(definition(index), THROUGHPUT, []);
    await updateTable({ AttributeDefinitions, GlobalSecondaryIndexUpdates: [{ Create }] });
  }
}

/** The capacity of a table and that of its indexes change together: provisioned ones all need some. */
async function updateThroughput(
  properties: Properties,
  before: Properties,
  there: readonly Index[],
  updateTable: UpdateTable,
): Promise<void> {
  const known = new Map(there.map((index) => [index.IndexName, index]));
  const indexes = indexesIn(properties).flatMap(({ IndexName, ProvisionedThroughput: given }) => {
    const ProvisionedThroughput = given && (typed(given, THROUGHPUT, []) as Properties);
    const old = known.get(IndexName)?.ProvisionedThroughput ?? {};
    const changed = known.has(IndexName) && ProvisionedThroughput && differ(ProvisionedThroughput, old, THROUGHPUT);
    return changed ? [{ Update: { IndexName, ProvisionedThroughput } }] : [];
  });
  const own = differ(properties, before, ['BillingMode', 'ProvisionedThroughput']);
  if (!own && indexes.length === 0) return;
  await updateTable({
    ...(own && {
      BillingMode: properties.BillingMode ?? 'PROVISIONED',
      ...(typed(pick(properties, ['ProvisionedThroughput']), THROUGHPUT, []) as object),
    }),
    ...(indexes.length > 0 && { GlobalSecondaryIndexUpdates: indexes }),
  });
}
