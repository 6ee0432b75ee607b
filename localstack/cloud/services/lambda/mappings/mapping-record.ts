/** An event source mapping, with every default filled in. */
export type MappingRecord = {
  readonly uuid: string;
  readonly arn: string;
  readonly source: 'dynamodb' | 'sqs';
  readonly eventSourceArn: string;
  /** With the qualifier that it was made with. */
  readonly functionArn: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly windowSeconds: number;
  /** Event patterns; a record that fits none of them is passed over. None: every record fits. */
  readonly filters: readonly string[];
  readonly reportFailures: boolean;
  /** Streams: how long a tumbling window is. None: batches have nothing to do with each other. */
  readonly tumblingSeconds?: number;
  /** SQS: invocations at once. */
  readonly maximumConcurrency?: number;
  /** Streams only from here on. */
  readonly startingPosition?: 'TRIM_HORIZON' | 'LATEST';
  readonly parallelization: number;
  readonly bisect: boolean;
  /** -1: until the record expires. */
  readonly maxRetries: number;
  /** Seconds; -1: until the stream forgets the record. */
  readonly maxRecordAge: number;
  readonly onFailure?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Seconds since 1970. */
  readonly lastModified: number;
};

/** What takes records from a source to a function, while a mapping is enabled. */
export interface Poller {
  start(): void;
  /** Takes up no more; resolves when what is under way has ended. */
  stop(): Promise<void>;
}
