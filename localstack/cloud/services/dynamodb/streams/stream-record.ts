import type { KeySchemaElement, StreamViewType } from '../table/table-record';

/** All that is kept of a stream besides its records. */
export type StreamInfo = {
  readonly arn: string;
  readonly label: string;
  readonly tableName: string;
  readonly region: string;
  readonly view: StreamViewType;
  readonly KeySchema: readonly KeySchemaElement[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** One for each shard. */
  readonly shards: readonly string[];
  /** Part of each record's id, so that ids of different streams differ. */
  readonly idPrefix: string;
  /** When it was switched off; its records can still be read for a day. */
  readonly disabledAt?: number;
};
