export type KeyType = 'S' | 'N' | 'B';
export type StreamViewType = 'NEW_IMAGE' | 'OLD_IMAGE' | 'NEW_AND_OLD_IMAGES' | 'KEYS_ONLY';
export type BillingMode = 'PROVISIONED' | 'PAY_PER_REQUEST';

export type Throughput = { readonly ReadCapacityUnits: number; readonly WriteCapacityUnits: number };
export type KeySchemaElement = { readonly AttributeName: string; readonly KeyType: 'HASH' | 'RANGE' };
export type AttributeDefinition = { readonly AttributeName: string; readonly AttributeType: KeyType };
export type Tag = { readonly Key: string; readonly Value: string };

export type IndexRecord = {
  readonly IndexName: string;
  readonly local: boolean;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly Projection: {
    readonly ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
    readonly NonKeyAttributes?: readonly string[];
  };
  readonly ProvisionedThroughput?: Throughput;
};

export type StoredPolicy = { readonly text: string; readonly revision: string };

export type InsightsMode = 'ACCESSED_AND_THROTTLED_KEYS' | 'THROTTLED_KEYS';
/** `since`: when it was set, in milliseconds since 1970. */
export type InsightsRecord = { readonly enabled: boolean; readonly mode: InsightsMode; readonly since: number };

/** All that is kept of a table besides its items. Members in capitals are as the API shows them. */
export type TableRecord = {
  /** Also part of the names under which the store keeps the table's items: a new table never sees an old one's. */
  readonly id: string;
  readonly account: string;
  readonly region: string;
  readonly name: string;
  readonly arn: string;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  readonly KeySchema: readonly KeySchemaElement[];
  readonly AttributeDefinitions: readonly AttributeDefinition[];
  readonly indexes: readonly IndexRecord[];
  readonly billing: BillingMode;
  /** When the table was last switched to on demand. Milliseconds since 1970. */
  readonly onDemandSince?: number;
  readonly ProvisionedThroughput?: Throughput;
  readonly DeletionProtectionEnabled: boolean;
  readonly TableClass?: string;
  /** Encryption with the AWS managed key was asked for: shown, though nothing is encrypted here. */
  readonly encrypted?: boolean;
  /** The key of its own that the table has instead; nothing is encrypted with it either, but it is asked for. */
  readonly kmsKeyArn?: string;
  readonly stream?: { readonly arn: string; readonly label: string; readonly view: StreamViewType };
  /** The newest stream, also when it is disabled by now. */
  readonly latestStream?: { readonly arn: string; readonly label: string };
  readonly ttlAttribute?: string;
  readonly recovery?: { readonly since: number; readonly days: number };
  /** Resource policies of the table and its streams, by ARN. */
  readonly policies?: Readonly<Record<string, StoredPolicy>>;
  /** Contributor insights of the table (by an empty name) and its indexes. */
  readonly insights?: Readonly<Record<string, InsightsRecord>>;
  readonly tags: readonly Tag[];
};
