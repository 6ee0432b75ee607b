import { notImplemented } from '../../../core/aws-error';
import { invalidParameter, validationError } from '../errors';
import type {
  AttributeDefinition,
  BillingMode,
  IndexRecord,
  KeySchemaElement,
  StreamViewType,
  Throughput,
} from '../table/table-record';

export type IndexInput = Omit<IndexRecord, 'local'>;
export type StreamInput = { readonly StreamEnabled: boolean; readonly StreamViewType?: StreamViewType };
export type SseInput = { readonly Enabled?: boolean; readonly SSEType?: string; readonly KMSMasterKeyId?: string };

const MAX_UNITS = 1_000_000_000_000;
const MAX_LOCAL = 5;
const MAX_GLOBAL = 20;

/** Capacity units belong to provisioned tables and only there. */
export function assertBilling(mode: BillingMode, throughput: Throughput | undefined): void {
  if (mode === 'PAY_PER_REQUEST') {
    if (throughput)
      throw invalidParameter(
        'Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST',
      );
    return;
  }
  if (!throughput)
    throw invalidParameter(
      'ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED',
    );
  for (const name of ['ReadCapacityUnits', 'WriteCapacityUnits'] as const) {
    if (throughput[name] > MAX_UNITS)
      throw validationError(`Given value ${throughput[name]} for ${name} is out of bounds`);
  }
}

export function assertKeySchema(
  schema: readonly KeySchemaElement[],
  definitions: readonly AttributeDefinition[],
): void {
  const names = schema.map(({ AttributeName }) => AttributeName);
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  if (names.some((name) => !defined.includes(name)))
    throw invalidParameter(
      `Some index key attributes are not defined in AttributeDefinitions. Keys: [${names.join(
        ', ',
      )}], AttributeDefinitions: [${defined.join(', ')}]`,
    );
  if (names.length === 2 && names[0] === names[1])
    throw validationError('Both the Hash Key and the Range Key element in the KeySchema have the same name');
  if (schema[0]?.KeyType !== 'HASH')
    throw validationError('Invalid KeySchema: The first KeySchemaElement is not a HASH key type');
  if (schema[1] && schema[1].KeyType !== 'RANGE')
    throw validationError('Invalid KeySchema: The second KeySchemaElement is not a RANGE key type');
}

/** Every defined attribute is used by a key, and defined once. */
export function assertDefinitions(
  definitions: readonly AttributeDefinition[],
  schemas: readonly (readonly KeySchemaElement[])[],
): void {
  const defined = definitions.map(({ AttributeName }) => AttributeName);
  const used = new Set(schemas.flat().map(({ AttributeName }) => AttributeName));
  const repeated = defined.find((name, index) => defined.indexOf(name) !== index);
  if (repeated !== undefined) throw invalidParameter(`Duplicate AttributeName in AttributeDefinitions: ${repeated}`);
  if (defined.every((name) => used.has(name))) return;
  throw invalidParameter(
    schemas.length === 1
      ? 'Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions'
      : `Some AttributeDefinitions are not used. AttributeDefinitions: [${defined.join(', ')}], keys used: [${[
          ...used,
        ].join(', ')}]`,
  );
}

export function assertLocalIndexes(indexes: readonly IndexInput[], tableSchema: readonly KeySchemaElement[]): void {
  if (indexes.length === 0) throw invalidParameter('List of LocalSecondaryIndexes is empty');
  if (tableSchema.length !== 2)
    throw invalidParameter(
      'Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex',
    );
  const tableHash = tableSchema[0]?.AttributeName;
  for (const { IndexName, KeySchema } of indexes) {
    if (KeySchema.length !== 2)
      throw invalidParameter(`Index KeySchema does not have a range key for index: ${IndexName}`);
    const hash = KeySchema[0]?.AttributeName;
    if (hash !== tableHash)
      throw invalidParameter(
        `Index KeySchema does not have the same leading hash key as table KeySchema for index: ${IndexName}. index hash key: ${hash}, table hash key: ${tableHash}`,
      );
  }
  if (indexes.length > MAX_LOCAL)
    throw invalidParameter(`LocalSecondaryIndex count exceeds the per-table limit of ${MAX_LOCAL}`);
}

export function assertGlobalIndexes(indexes: readonly IndexInput[], mode: BillingMode): void {
  for (const { IndexName, ProvisionedThroughput } of indexes) {
    if (mode === 'PAY_PER_REQUEST' && ProvisionedThroughput)
      throw invalidParameter(
        `ProvisionedThroughput should not be specified for index: ${IndexName} when BillingMode is PAY_PER_REQUEST`,
      );
    if (mode === 'PROVISIONED' && !ProvisionedThroughput)
      throw invalidParameter(
        `ProvisionedThroughput must be specified for index: ${IndexName} when BillingMode is PROVISIONED`,
      );
  }
  if (indexes.length > MAX_GLOBAL)
    throw invalidParameter(`GlobalSecondaryIndex count exceeds the per-table limit of ${MAX_GLOBAL}`);
}

export function assertIndex({ KeySchema, Projection }: IndexInput, definitions: readonly AttributeDefinition[]): void {
  // AWS has indexes with keys of several attributes since 2025.
  if (KeySchema[0]?.KeyType === 'HASH' && KeySchema[1]?.KeyType === 'HASH')
    throw notImplemented('An index KeySchema with several HASH attributes');
  assertKeySchema(KeySchema, definitions);
  const { ProjectionType, NonKeyAttributes } = Projection;
  if (ProjectionType === undefined) throw invalidParameter('Unknown ProjectionType: null');
  if (NonKeyAttributes && ProjectionType !== 'INCLUDE')
    throw invalidParameter(`ProjectionType is ${ProjectionType}, but NonKeyAttributes is specified`);
  if (!NonKeyAttributes && ProjectionType === 'INCLUDE')
    throw invalidParameter('ProjectionType is INCLUDE, but NonKeyAttributes is not specified');
}

export function assertDistinctNames(indexes: readonly IndexInput[]): void {
  const seen = new Set<string>();
  for (const { IndexName } of indexes) {
    if (seen.has(IndexName)) throw invalidParameter(`Duplicate index name: ${IndexName}`);
    seen.add(IndexName);
  }
}

export function assertStream(stream: StreamInput | undefined): void {
  if (stream?.StreamEnabled && !stream.StreamViewType)
    throw invalidParameter('StreamViewType must be specified when StreamEnabled is true');
  if (stream && !stream.StreamEnabled && stream.StreamViewType)
    throw invalidParameter('StreamViewType can only be specified when StreamEnabled is true');
}

export function assertEncryption(specification: SseInput | undefined): void {
  if (specification?.KMSMasterKeyId !== undefined && specification.Enabled !== true) {
    throw validationError('KMSMasterKeyId can only be specified when SSESpecification.Enabled is true');
  }
}
