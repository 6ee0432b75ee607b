import { notImplemented, refuseUnknown } from '../../../core/aws-error';
import { dynamoDbTable } from './dynamodb-table';
import { finish, type Properties, type ResourceContext, type ResourceHandler } from './handler';
import { pick } from './pick';

const TYPE = 'AWS::DynamoDB::GlobalTable';

/** Properties that a table of one region has under the same name. */
const SAME = [
  'TableName',
  'AttributeDefinitions',
  'BillingMode',
  'KeySchema',
  'LocalSecondaryIndexes',
  'StreamSpecification',
  'TimeToLiveSpecification',
  'SSESpecification',
];
/** Settings of the replica that are settings of the table there. */
const OF_REPLICA = [
  'PointInTimeRecoverySpecification',
  'TableClass',
  'DeletionProtectionEnabled',
  'ContributorInsightsSpecification',
  'ResourcePolicy',
  'Tags',
];

/** AWS::DynamoDB::GlobalTable with its one replica in the stack's region, which is what CDK's `TableV2` makes. */
export const dynamoDbGlobalTable: ResourceHandler = {
  properties: [...SAME, 'GlobalSecondaryIndexes', 'Replicas'],
  refused: [
    'GlobalTableSourceArn',
    'GlobalTableWitnesses',
    'MultiRegionConsistency',
    'ReadOnDemandThroughputSettings',
    'ReadProvisionedThroughputSettings',
    'WarmThroughput',
    'WriteOnDemandThroughputSettings',
    'WriteProvisionedThroughputSettings',
  ],
  required: ['Replicas', 'KeySchema', 'AttributeDefinitions'],
  nameProperty: 'TableName',
  createOnly: ['TableName', 'KeySchema', 'LocalSecondaryIndexes'],

  create: async (properties, context) => {
    const made = await dynamoDbTable.create(asTable(properties, context), context);
    const attributes = await finish(made.physicalId, () => attributesOf(made.physicalId, context));
    return { ...made, attributes };
  },

  update: async (name, properties, before, context) => {
    await dynamoDbTable.update!(name, asTable(properties, context), asTable(before, context), context);
    return attributesOf(name, context);
  },

  delete: (name, properties, context) => dynamoDbTable.delete(name, properties, context),
};

function asTable(properties: Properties, { region }: ResourceContext): Properties {
  const [replica, ...others] = (properties.Replicas ?? []) as Properties[];
  if (!replica || replica.Region !== region || others.length > 0) {
    throw notImplemented(`${TYPE}: Replicas in other regions than ${region}`);
  }
  refuseUnknown(`${TYPE}: Replicas`, replica, [
    'Region',
    'GlobalSecondaryIndexes',
    'SSESpecification',
    'ReplicaStreamSpecification',
    ...OF_REPLICA,
  ]);
  // CDK names the indexes once more for each replica; what else could stand there are settings of that replica alone.
  const ofReplica = new Map<string, Properties>();
  for (const index of (replica.GlobalSecondaryIndexes ?? []) as Properties[]) {
    const honoured = ['IndexName', 'ContributorInsightsSpecification'];
    refuseUnknown(`${TYPE}: Replicas: GlobalSecondaryIndexes`, index, honoured);
    ofReplica.set(index.IndexName, pick(index, honoured));
  }
  // Capacity that is provisioned goes up and down there, by Application Auto Scaling.
  if (properties.BillingMode !== 'PAY_PER_REQUEST') throw notImplemented(`${TYPE}: BillingMode PROVISIONED`);
  const indexes: Properties[] = properties.GlobalSecondaryIndexes ?? [];
  for (const index of indexes) {
    refuseUnknown(`${TYPE}: GlobalSecondaryIndexes`, index, ['IndexName', 'KeySchema', 'Projection']);
  }
  return {
    ...pick(properties, SAME),
    ...pick(replica, OF_REPLICA),
    // The key is a matter of the replica, as keys are of one region.
    ...(properties.SSESpecification && {
      SSESpecification: { ...properties.SSESpecification, ...replica.SSESpecification },
    }),
    ...(properties.StreamSpecification && {
      StreamSpecification: { ...properties.StreamSpecification, ...replica.ReplicaStreamSpecification },
    }),
    ...(indexes.length > 0 && {
      GlobalSecondaryIndexes: indexes.map((index) => ({ ...index, ...ofReplica.get(index.IndexName) })),
    }),
  };
}

async function attributesOf(TableName: string, { call }: ResourceContext) {
  const { Table } = await call('dynamodb', 'DescribeTable', { TableName });
  const { TableArn: Arn, TableId, LatestStreamArn: StreamArn } = Table;
  return { Arn, TableId, ...(StreamArn && { StreamArn }) };
}
