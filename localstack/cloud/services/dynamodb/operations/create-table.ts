import { AwsError } from '../../../core/aws-error';
import type { Call, Operation } from '../../../core/service';
import { invalidParameter } from '../errors';
import { describeTable } from '../table/table-description';
import type { TableEncryption } from '../table/table-encryption';
import type {
  AttributeDefinition,
  BillingMode,
  IndexRecord,
  KeySchemaElement,
  StreamViewType,
  TableRecord,
  Tag,
  Throughput,
} from '../table/table-record';
import { type Tables, tableArn } from '../table/tables';
import { flag, newName } from './common-shapes';
import { checkInput, type Members } from './input-shape';
import { newPolicy } from './resource-policies';
import {
  assertBilling,
  assertDefinitions,
  assertDistinctNames,
  assertEncryption,
  assertGlobalIndexes,
  assertIndex,
  assertKeySchema,
  assertLocalIndexes,
  assertStream,
  type IndexInput,
  type SseInput,
  type StreamInput,
} from './table-rules';
import {
  attributeDefinitions,
  billingMode,
  globalIndexMembers,
  indexMembers,
  keySchema,
  sseSpecification,
  streamSpecification,
  tableClass,
  tagList,
  throughput,
} from './table-shapes';

const members: Members = {
  TableName: newName,
  AttributeDefinitions: { ...attributeDefinitions, required: true },
  KeySchema: keySchema,
  LocalSecondaryIndexes: { type: 'list', of: { type: 'structure', members: indexMembers } },
  GlobalSecondaryIndexes: { type: 'list', of: { type: 'structure', members: globalIndexMembers } },
  BillingMode: billingMode,
  ProvisionedThroughput: throughput,
  StreamSpecification: streamSpecification,
  SSESpecification: sseSpecification,
  Tags: tagList,
  TableClass: tableClass,
  DeletionProtectionEnabled: flag,
  ResourcePolicy: { type: 'string' },
};

type Input = {
  readonly TableName: string;
  readonly AttributeDefinitions: readonly AttributeDefinition[];
  readonly KeySchema: readonly KeySchemaElement[];
  readonly LocalSecondaryIndexes?: readonly IndexInput[];
  readonly GlobalSecondaryIndexes?: readonly IndexInput[];
  readonly BillingMode?: BillingMode;
  readonly ProvisionedThroughput?: Throughput;
  readonly StreamSpecification?: StreamInput;
  readonly SSESpecification?: SseInput;
  readonly Tags?: readonly Tag[];
  readonly TableClass?: string;
  readonly DeletionProtectionEnabled?: boolean;
  readonly ResourcePolicy?: string;
};

/** The table is there when this returns; the answer says CREATING, as AWS's does. */
export const createTable =
  (tables: Tables, encryption: TableEncryption): Operation =>
  (input: Input, call) => {
    checkInput('CreateTable', input, members);
    assertTable(input);
    if (tables.find(call, input.TableName))
      throw new AwsError('ResourceInUseException', `Table already exists: ${input.TableName}`);
    const now = tables.context.clock.now();
    const mode = input.BillingMode ?? 'PROVISIONED';
    const arn = tableArn(call, input.TableName);
    const base: TableRecord = {
      id: tables.newId(),
      account: call.account,
      region: call.region,
      name: input.TableName,
      arn,
      createdAt: now,
      KeySchema: input.KeySchema,
      AttributeDefinitions: input.AttributeDefinitions,
      indexes: [
        ...(input.LocalSecondaryIndexes ?? []).map((index): IndexRecord => ({ ...index, local: true })),
        ...(input.GlobalSecondaryIndexes ?? []).map((index): IndexRecord => ({ ...index, local: false })),
      ],
      billing: mode,
      ...(mode === 'PAY_PER_REQUEST' && { onDemandSince: now }),
      ...(input.ProvisionedThroughput && { ProvisionedThroughput: input.ProvisionedThroughput }),
      ...(input.TableClass && { TableClass: input.TableClass }),
      ...encryptedAs(encryption, input.SSESpecification, { name: input.TableName }, call),
      DeletionProtectionEnabled: input.DeletionProtectionEnabled ?? false,
      tags: input.Tags ?? [],
      ...(input.ResourcePolicy !== undefined && {
        policies: { [arn]: newPolicy(tables, input.ResourcePolicy, arn, call) },
      }),
    };
    const view = input.StreamSpecification?.StreamEnabled && input.StreamSpecification.StreamViewType;
    const table = tables.save(view ? withStream(tables, base, view) : base);
    return { TableDescription: describeTable(table, 'CREATING') };
  };

/** What a specification of server-side encryption makes of a table. */
export function encryptedAs(
  encryption: TableEncryption,
  specification: SseInput | undefined,
  table: Pick<TableRecord, 'name'>,
  call: Call,
): Pick<TableRecord, 'encrypted' | 'kmsKeyArn'> {
  const { Enabled = false, KMSMasterKeyId: key } = specification ?? {};
  if (!Enabled) return {};
  return { encrypted: true, ...(key !== undefined && { kmsKeyArn: encryption.keyFor(key, table, call) }) };
}

/** The record of a table with a new stream. */
export function withStream(tables: Tables, record: TableRecord, view: StreamViewType): TableRecord {
  const { arn, label } = tables.streams.create(record, view).info;
  return { ...record, stream: { arn, label, view }, latestStream: { arn, label } };
}

function assertTable(input: Input): void {
  const mode = input.BillingMode ?? 'PROVISIONED';
  const local = input.LocalSecondaryIndexes;
  const global = input.GlobalSecondaryIndexes;
  const indexes = [...(local ?? []), ...(global ?? [])];
  assertBilling(mode, input.ProvisionedThroughput);
  assertKeySchema(input.KeySchema, input.AttributeDefinitions);
  for (const index of indexes) assertIndex(index, input.AttributeDefinitions);
  if (local) assertLocalIndexes(local, input.KeySchema);
  if (global?.length === 0) throw invalidParameter('List of GlobalSecondaryIndexes is empty');
  if (global) assertGlobalIndexes(global, mode);
  assertDistinctNames(indexes);
  assertDefinitions(input.AttributeDefinitions, [input.KeySchema, ...indexes.map(({ KeySchema }) => KeySchema)]);
  assertStream(input.StreamSpecification);
  assertEncryption(input.SSESpecification);
}
