import { AwsError } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import { invalidParameter, validationError } from '../errors';
import type { SecondaryIndex } from '../table/secondary-index';
import type { Table } from '../table/table';
import { describeTable } from '../table/table-description';
import type { TableEncryption } from '../table/table-encryption';
import type { AttributeDefinition, BillingMode, IndexRecord, TableRecord, Throughput } from '../table/table-record';
import type { Tables } from '../table/tables';
import { flag, newName, tableName } from './common-shapes';
import { encryptedAs, withStream } from './create-table';
import { checkInput, type Members } from './input-shape';
import {
  assertBilling,
  assertDefinitions,
  assertDistinctNames,
  assertEncryption,
  assertGlobalIndexes,
  assertIndex,
  assertStream,
  type IndexInput,
  type SseInput,
  type StreamInput,
} from './table-rules';
import {
  attributeDefinitions,
  billingMode,
  globalIndexMembers,
  sseSpecification,
  streamSpecification,
  tableClass,
  throughput,
} from './table-shapes';

const members: Members = {
  TableName: tableName,
  AttributeDefinitions: attributeDefinitions,
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  GlobalSecondaryIndexUpdates: {
    type: 'list',
    of: {
      type: 'structure',
      members: {
        Create: { type: 'structure', members: globalIndexMembers },
        Update: {
          type: 'structure',
          members: { IndexName: newName, ProvisionedThroughput: { ...throughput, required: true } },
        },
        Delete: { type: 'structure', members: { IndexName: newName } },
      },
    },
  },
  StreamSpecification: streamSpecification,
  SSESpecification: sseSpecification,
  TableClass: tableClass,
  DeletionProtectionEnabled: flag,
};

type IndexUpdate = {
  readonly Create?: IndexInput;
  readonly Update?: { readonly IndexName: string; readonly ProvisionedThroughput: Throughput };
  readonly Delete?: { readonly IndexName: string };
};
type Input = {
  readonly TableName: string;
  readonly AttributeDefinitions?: readonly AttributeDefinition[];
  readonly BillingMode?: BillingMode;
  readonly ProvisionedThroughput?: Throughput;
  readonly GlobalSecondaryIndexUpdates?: readonly IndexUpdate[];
  readonly StreamSpecification?: StreamInput;
  readonly SSESpecification?: SseInput;
  readonly TableClass?: string;
  readonly DeletionProtectionEnabled?: boolean;
};

/** The change has happened, indexes are filled, when this returns; the answer says UPDATING, as AWS's does. */
export const updateTable =
  (tables: Tables, encryption: TableEncryption): Operation =>
  (input: Input, call) => {
    checkInput('UpdateTable', input, members);
    const { TableName, AttributeDefinitions: _, ...changes } = input;
    const updates = input.GlobalSecondaryIndexUpdates ?? [];
    if (
      Object.keys(changes).length === 0 ||
      (Object.keys(changes).length === 1 && 'GlobalSecondaryIndexUpdates' in changes && updates.length === 0)
    )
      throw validationError(
        'At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required',
      );
    assertUpdates(updates);
    assertStream(input.StreamSpecification);
    assertEncryption(input.SSESpecification);
    const table = tables.named(call, TableName);
    let record = withBilling(table.record, input, tables.context.clock.now());
    record = withIndexes(table, record, input);
    if (input.DeletionProtectionEnabled !== undefined)
      record = { ...record, DeletionProtectionEnabled: input.DeletionProtectionEnabled };
    if (input.TableClass !== undefined) record = { ...record, TableClass: input.TableClass };
    if (input.SSESpecification) {
      const { encrypted: _was, kmsKeyArn: _before, ...plain } = record;
      record = { ...plain, ...encryptedAs(encryption, input.SSESpecification, record, call) };
    }
    if (input.StreamSpecification) record = switchStream(tables, record, input.StreamSpecification);
    const gone = updates.flatMap(({ Delete }) => Delete?.IndexName ?? []);
    const updated = tables.save(withoutInsights(record, gone));
    for (const { Create, Delete } of updates) {
      if (Create) updated.backfill(updated.index(Create.IndexName) as SecondaryIndex);
      if (Delete) table.index(Delete.IndexName)?.entries.clear();
    }
    return { TableDescription: describeTable(updated, 'UPDATING') };
  };

/** An index of the same name that is made later is another one. */
function withoutInsights(record: TableRecord, indexes: readonly string[]): TableRecord {
  if (!record.insights || indexes.length === 0) return record;
  const kept = Object.entries(record.insights).filter(([index]) => !indexes.includes(index));
  return { ...record, insights: Object.fromEntries(kept) };
}

function assertUpdates(updates: readonly IndexUpdate[]): void {
  const names = updates.map(({ Create, Update, Delete }) => {
    const index = Create ?? Update ?? Delete;
    if (!index)
      throw invalidParameter(
        'One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null',
      );
    return index.IndexName;
  });
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined)
    throw invalidParameter(
      `Only one global secondary index update per index is allowed simultaneously. Index: ${repeated}`,
    );
  if (updates.filter(({ Create, Delete }) => Create ?? Delete).length > 1)
    throw new AwsError(
      'LimitExceededException',
      'Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table',
    );
}

function withBilling(record: TableRecord, input: Input, now: number): TableRecord {
  const mode = input.BillingMode ?? record.billing;
  if (input.BillingMode === undefined && !input.ProvisionedThroughput) return record;
  const { ProvisionedThroughput: old, ...rest } = record;
  if (mode === 'PAY_PER_REQUEST') {
    assertBilling(mode, input.ProvisionedThroughput);
    const indexes = record.indexes.map(({ ProvisionedThroughput: _, ...index }): IndexRecord => index);
    const since = record.billing === mode ? record.onDemandSince : now;
    return { ...rest, indexes, billing: mode, ...(since !== undefined && { onDemandSince: since }) };
  }
  const wanted = input.ProvisionedThroughput ?? old;
  assertBilling(mode, wanted);
  if (
    input.BillingMode === undefined &&
    old?.ReadCapacityUnits === wanted?.ReadCapacityUnits &&
    old?.WriteCapacityUnits === wanted?.WriteCapacityUnits
  )
    throw validationError(
      `The provisioned throughput for the table will not change. The requested value equals the current value. Current ReadCapacityUnits provisioned for the table: ${old?.ReadCapacityUnits}. Requested ReadCapacityUnits: ${wanted?.ReadCapacityUnits}. Current WriteCapacityUnits provisioned for the table: ${old?.WriteCapacityUnits}. Requested WriteCapacityUnits: ${wanted?.WriteCapacityUnits}. Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.`,
    );
  return { ...rest, billing: mode, ...(wanted && { ProvisionedThroughput: wanted }) };
}

function withIndexes(table: Table, record: TableRecord, input: Input): TableRecord {
  let indexes = [...record.indexes];
  let definitions = [...record.AttributeDefinitions];
  for (const { Create, Update, Delete } of input.GlobalSecondaryIndexUpdates ?? []) {
    const name = (Create ?? Update ?? Delete)?.IndexName as string;
    if (Create) {
      definitions = merged(definitions, input.AttributeDefinitions ?? []);
      assertIndex(Create, definitions);
      if (table.index(name)) throw validationError(`Attempting to create an index which already exists: ${name}`);
      indexes.push({ ...Create, local: false });
      continue;
    }
    const present = table.index(name);
    if (!present || present.record.local)
      throw new AwsError('ResourceNotFoundException', `Requested resource not found: Index: ${name} not found`);
    if (Delete) indexes = indexes.filter(({ IndexName }) => IndexName !== name);
    if (Update)
      indexes = indexes.map((index) =>
        index.IndexName === name ? { ...index, ProvisionedThroughput: Update.ProvisionedThroughput } : index,
      );
  }
  const global = indexes.filter(({ local }) => !local);
  assertDistinctNames(indexes);
  assertGlobalIndexes(global, record.billing);
  const schemas = [record.KeySchema, ...indexes.map(({ KeySchema }) => KeySchema)];
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  if (input.AttributeDefinitions) assertDefinitions(input.AttributeDefinitions, [...schemas, []]);
  return {
    ...record,
    indexes,
    AttributeDefinitions: definitions.filter(({ AttributeName }) => used.has(AttributeName)),
  };
}

function merged(old: readonly AttributeDefinition[], given: readonly AttributeDefinition[]): AttributeDefinition[] {
  for (const { AttributeName, AttributeType } of given) {
    const known = old.find((definition) => definition.AttributeName === AttributeName);
    if (known && known.AttributeType !== AttributeType)
      throw invalidParameter(
        `Attribute ${AttributeName} is already defined as ${known.AttributeType} and cannot become ${AttributeType}`,
      );
  }
  const names = new Set(old.map(({ AttributeName }) => AttributeName));
  return [...old, ...given.filter(({ AttributeName }) => !names.has(AttributeName))];
}

function switchStream(tables: Tables, record: TableRecord, stream: StreamInput): TableRecord {
  if (stream.StreamEnabled && stream.StreamViewType) {
    if (record.stream) throw validationError(`Table already has an enabled stream: TableName: ${record.name}`);
    return withStream(tables, record, stream.StreamViewType);
  }
  const { stream: old, ...rest } = record;
  if (!old) throw validationError(`Table is already having stream disabled: TableName: ${record.name}`);
  tables.streams.disable(old.arn);
  return rest;
}
