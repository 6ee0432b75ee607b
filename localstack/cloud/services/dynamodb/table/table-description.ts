import type { Table } from './table';
import type { IndexRecord, TableRecord, Throughput } from './table-record';

/** A table as DescribeTable shows it. */
export function describeTable(table: Table, status = 'ACTIVE'): object {
  const { record } = table;
  const global = record.indexes.filter((index) => !index.local).map((index) => describeIndex(table, index));
  const local = record.indexes.filter((index) => index.local).map((index) => describeIndex(table, index));
  return {
    AttributeDefinitions: record.AttributeDefinitions,
    TableName: record.name,
    KeySchema: record.KeySchema,
    TableStatus: status,
    CreationDateTime: record.createdAt / 1000,
    ProvisionedThroughput: describeThroughput(record.ProvisionedThroughput),
    TableSizeBytes: table.bytes,
    ItemCount: table.itemCount,
    TableArn: record.arn,
    TableId: tableId(record),
    ...(record.billing === 'PAY_PER_REQUEST' && {
      BillingModeSummary: {
        BillingMode: 'PAY_PER_REQUEST',
        LastUpdateToPayPerRequestDateTime: (record.onDemandSince ?? record.createdAt) / 1000,
      },
    }),
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
    ...(record.stream && { StreamSpecification: { StreamEnabled: true, StreamViewType: record.stream.view } }),
    ...(record.latestStream && {
      LatestStreamLabel: record.latestStream.label,
      LatestStreamArn: record.latestStream.arn,
    }),
    ...(record.encrypted && {
      SSEDescription: {
        Status: 'ENABLED',
        SSEType: 'KMS',
        KMSMasterKeyArn: record.kmsKeyArn ?? `arn:aws:kms:${record.region}:${record.account}:alias/aws/dynamodb`,
      },
    }),
    ...(record.TableClass && { TableClassSummary: { TableClass: record.TableClass } }),
    DeletionProtectionEnabled: record.DeletionProtectionEnabled,
  };
}

function describeIndex(table: Table, index: IndexRecord): object {
  return {
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: index.Projection,
    ...(!index.local && {
      IndexStatus: 'ACTIVE',
      ProvisionedThroughput: describeThroughput(index.ProvisionedThroughput),
    }),
    IndexArn: `${table.record.arn}/index/${index.IndexName}`,
  };
}

const describeThroughput = (throughput: Throughput | undefined): object => ({
  NumberOfDecreasesToday: 0,
  ReadCapacityUnits: throughput?.ReadCapacityUnits ?? 0,
  WriteCapacityUnits: throughput?.WriteCapacityUnits ?? 0,
});

/** In the form of a UUID. */
function tableId({ id: hex }: TableRecord): string {
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
