import type { StreamSource } from '../../core/peers';
import type { CloudContext, Protocol, Service } from '../../core/service';
import { accessOf, CONDITION_KEYS } from './access';
import { dynamoDbFailure, streamsFailure, tableNameIn } from './failures';
import { batchGetItem } from './operations/batch-get-item';
import { batchWriteItem } from './operations/batch-write-item';
import {
  describeContributorInsights,
  listContributorInsights,
  updateContributorInsights,
} from './operations/contributor-insights';
import { createTable } from './operations/create-table';
import { getItem } from './operations/get-item';
import { deleteItem, putItem, updateItem } from './operations/item-writes';
import { query } from './operations/query';
import { RequestTokens } from './operations/request-tokens';
import { deleteResourcePolicy, getResourcePolicy, putResourcePolicy } from './operations/resource-policies';
import { scan } from './operations/scan';
import {
  describeContinuousBackups,
  describeTimeToLive,
  listTagsOfResource,
  tagResource,
  untagResource,
  updateContinuousBackups,
  updateTimeToLive,
} from './operations/table-settings';
import {
  deleteTable,
  describeEndpoints,
  describeLimits,
  describeTableOperation,
  listTables,
} from './operations/tables-admin';
import { transactGetItems } from './operations/transact-get-items';
import { transactWriteItems } from './operations/transact-write-items';
import { updateTable } from './operations/update-table';
import { readIterator } from './streams/shard-iterator';
import { describeStream, getRecords, getShardIterator, listStreams } from './streams/stream-operations';
import { createStreamSource } from './streams/stream-source';
import { Streams } from './streams/streams';
import { resourcePolicyOf, tagsOf } from './table/resource-policies';
import { TableEncryption } from './table/table-encryption';
import type { BillingMode } from './table/table-record';
import { Tables } from './table/tables';

export type DynamoDbOptions = {
  /** How many shards a new stream has; 2 unless given. */
  readonly shards?: number;
  /** Whether the stream records of a transaction come in any order, as AWS allows itself; yes unless given. */
  readonly shuffleTransactions?: boolean;
  /** 0 ≤ n < 1; for the shuffling. */
  readonly random?: () => number;
  /** How long after its expiry an item is deleted, in milliseconds; a minute unless given (AWS: within a few days). */
  readonly expiryDelay?: number;
};

const protocol = (prefix: string): Protocol => ({ kind: 'json', version: '1.0', targetPrefixes: [prefix] });

/** What the tables hold, and what is derived from that; the tables and streams themselves are deployed. */
const DATA_SPACES = [
  'dynamodb.items.*',
  'dynamodb.index.*',
  'dynamodb.ttl.*',
  'dynamodb.counts',
  'dynamodb.records.*',
  'dynamodb.positions',
  'dynamodb.tokens',
  'dynamodb.token-expiries',
];

/** DynamoDB and DynamoDB Streams. */
export function createDynamoDb(
  context: CloudContext,
  options: DynamoDbOptions = {},
): { service: Service & { readonly name: 'dynamodb' }; streams: Service; peer: StreamSource } {
  const streams = new Streams(context, options.shards ?? 2);
  const tables = new Tables(context, streams, {
    expiryDelay: options.expiryDelay ?? 60_000,
    random: options.random ?? Math.random,
    shuffleTransactions: options.shuffleTransactions ?? true,
  });
  const encryption = new TableEncryption(tables);
  const records = getRecords(streams, context);
  const tokens = new RequestTokens(context);
  const access: Service['access'] = (operation, input, call) =>
    accessOf(tables, operation, (input ?? {}) as Record<string, unknown>, call);
  /** Of the table that a call is about; a transaction is judged by its first. */
  const billingOf = (input: unknown): BillingMode => {
    const name = tableNameIn(input)?.replace(/^arn:.*:table\//, '');
    return (name !== undefined && tables.find(context, name)?.record.billing) || 'PAY_PER_REQUEST';
  };
  return {
    service: {
      name: 'dynamodb',
      signingNames: ['dynamodb'],
      protocol: protocol('DynamoDB_20120810'),
      access,
      resourcePolicy: (resource) => resourcePolicyOf(tables, resource),
      resourceTags: (resource) => tagsOf(tables, resource),
      conditionKeys: CONDITION_KEYS,
      faultPoints: {
        'BatchGetItem.Item': ['throttle'],
        'BatchWriteItem.Item': ['throttle'],
        Query: ['torn-read'],
      },
      failure: (kind, operation, input, code) => dynamoDbFailure(kind, operation, input, code, billingOf(input)),
      dataSpaces: DATA_SPACES,
      start: () => {
        streams.start();
        tables.start();
        tokens.start();
      },
      stop: () => {
        streams.stop();
        tables.stop();
        tokens.stop();
      },
      operations: {
        ...encryption.guard({
          BatchGetItem: batchGetItem(tables),
          BatchWriteItem: batchWriteItem(tables),
          DeleteItem: deleteItem(tables),
          GetItem: getItem(tables),
          PutItem: putItem(tables),
          Query: query(tables),
          Scan: scan(tables),
          TransactGetItems: transactGetItems(tables),
          TransactWriteItems: transactWriteItems(tables, tokens),
          UpdateItem: updateItem(tables),
        }),
        CreateTable: createTable(tables, encryption),
        DeleteResourcePolicy: deleteResourcePolicy(tables),
        DeleteTable: deleteTable(tables),
        DescribeContinuousBackups: describeContinuousBackups(tables),
        DescribeContributorInsights: describeContributorInsights(tables),
        DescribeEndpoints: describeEndpoints,
        DescribeLimits: describeLimits,
        DescribeTable: describeTableOperation(tables),
        DescribeTimeToLive: describeTimeToLive(tables),
        GetResourcePolicy: getResourcePolicy(tables),
        ListContributorInsights: listContributorInsights(tables),
        ListTables: listTables(tables),
        ListTagsOfResource: listTagsOfResource(tables),
        PutResourcePolicy: putResourcePolicy(tables),
        TagResource: tagResource(tables),
        UntagResource: untagResource(tables),
        UpdateContinuousBackups: updateContinuousBackups(tables),
        UpdateContributorInsights: updateContributorInsights(tables),
        UpdateTable: updateTable(tables, encryption),
        UpdateTimeToLive: updateTimeToLive(tables),
      },
    },
    streams: {
      name: 'dynamodbstreams',
      signingNames: ['dynamodb'],
      protocol: protocol('DynamoDBStreams_20120810'),
      access,
      failure: (kind, _operation, _input, code) => streamsFailure(kind, code),
      operations: {
        DescribeStream: describeStream(streams),
        GetRecords: (input, call) => {
          const stream = streams.get(readIterator(String(input.ShardIterator))?.streamArn ?? '');
          if (stream) encryption.check(stream.info.tableName, call);
          return records(input, call);
        },
        GetShardIterator: getShardIterator(streams, context),
        ListStreams: listStreams(streams),
      },
    },
    peer: createStreamSource(streams, encryption),
  };
}
