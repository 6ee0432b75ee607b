import type { HttpReply, HttpRequest } from './http';
import type { Access, Call, Principal } from './service';

/** A DynamoDB stream record in the form that `GetRecords` and Lambda events share. */
export type StreamRecord = {
  readonly eventID: string;
  readonly eventName: 'INSERT' | 'MODIFY' | 'REMOVE';
  readonly eventVersion: string;
  readonly eventSource: string;
  readonly awsRegion: string;
  readonly dynamodb: {
    /** Seconds since 1970. */
    readonly ApproximateCreationDateTime: number;
    readonly Keys: Record<string, unknown>;
    readonly NewImage?: Record<string, unknown>;
    readonly OldImage?: Record<string, unknown>;
    readonly SequenceNumber: string;
    readonly SizeBytes: number;
    readonly StreamViewType: string;
  };
  readonly userIdentity?: { readonly principalId: string; readonly type: string };
  /** The hop in the trace that wrote it. Not a part of what functions see. */
  readonly cause?: string;
};

/** DynamoDB Streams, for event source mappings. */
export interface StreamSource {
  /** Throws `ResourceNotFoundException` when there is no such stream. Shards never close here. */
  shards(streamArn: string): readonly string[];
  /** Up to `limit` records behind sequence number `after` (from the trim horizon when undefined), oldest first. */
  read(streamArn: string, shardId: string, after: string | undefined, limit: number): readonly StreamRecord[];
  /** The sequence number of the newest record; undefined when the shard is empty. */
  latest(streamArn: string, shardId: string): string | undefined;
  /** Calls `wake` synchronously whenever a record was written; returns what ends that. */
  onWrite(streamArn: string, wake: () => void): () => void;
}

export type InvokeResult = {
  readonly payload: string;
  /** As in the `X-Amz-Function-Error` header. */
  readonly functionError?: 'Handled' | 'Unhandled';
  readonly requestId: string;
  readonly executedVersion: string;
};

/** Lambda, for whoever triggers functions. All take a function ARN and throw Lambda's own `AwsError`s. */
export interface FunctionInvoker {
  /**
   * Puts an event on the function's asynchronous queue: after this returns (and the store is durable) it is tried,
   * retried and, at last, sent to the on-failure destination. Synchronous, so it is atomic with the caller's writes.
   * Throws when Lambda would refuse the call: no such function, `principal` not permitted, ….
   */
  enqueue(
    functionArn: string,
    payload: string,
    principal: Principal,
    sourceArn?: string,
  ): { readonly requestId: string };
  /** Invokes and waits. Rejects with `TooManyRequestsException` when no concurrency is left. */
  invoke(functionArn: string, payload: string): Promise<InvokeResult>;
  /** Kills the environment of an invocation that is under way, by its hop in the trace; false when there is none. */
  crash(hop: string): boolean;
  /** A request to a function URL; undefined when `urlId` is none. `path` has no `/_lambda-url/<id>` prefix any more. */
  handleUrl(urlId: string, request: HttpRequest, call: Call): Promise<HttpReply | undefined>;
}

export type OutgoingMessage = {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, { readonly DataType: string; readonly StringValue: string }>>;
  readonly groupId?: string;
  readonly deduplicationId?: string;
  /** The system attribute `AWSTraceHeader`. */
  readonly traceHeader?: string;
};

export type ReceivedMessage = {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  /** `ApproximateReceiveCount`, `SentTimestamp`, …: all of them. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly messageAttributes: Readonly<Record<string, unknown>>;
  readonly md5OfMessageAttributes?: string;
  /** The hop in the trace that sent it. Not a part of what callers see. */
  readonly cause?: string;
};

/** SQS, for EventBridge targets, Lambda destinations and event source mappings. Synchronous, hence atomic. */
export interface QueueAccess {
  /** Throws `QueueDoesNotExist` or `AccessDenied` (the queue's policy is judged). */
  send(
    queueArn: string,
    message: OutgoingMessage,
    principal: Principal,
    sourceArn?: string,
  ): { readonly messageId: string };
  receive(queueArn: string, max: number): readonly ReceivedMessage[];
  delete(queueArn: string, receiptHandle: string): void;
  /** Makes a received message visible again after `ms`. */
  release(queueArn: string, receiptHandle: string, ms: number): void;
  /** The visibility timeout of the queue, in milliseconds. */
  visibilityTimeout(queueArn: string): number;
  /** Calls `wake` synchronously when a message becomes receivable; returns what ends that. */
  onMessage(queueArn: string, wake: () => void): () => void;
}

export type BusEntry = {
  readonly source: string;
  readonly detailType: string;
  /** JSON text. */
  readonly detail: string;
  readonly resources?: readonly string[];
};

/** EventBridge, for Lambda destinations. */
export interface BusAccess {
  put(busArn: string, entry: BusEntry, principal: Principal): void;
}

/** CloudWatch Logs, for functions. Creates group and stream when they are missing. */
export interface LogSink {
  write(
    group: string,
    stream: string,
    messages: readonly { readonly timestamp: number; readonly message: string }[],
  ): void;
}

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
};

/** IAM and STS. */
export interface AccessControl {
  /** Credentials of a role for `seconds`, as a function or AssumeRole gets them. Throws when there is no such role. */
  issueCredentials(roleArn: string, sessionName: string, seconds: number): Credentials;
  /** The principal behind an access key id; undefined when no role issued it. */
  resolve(accessKeyId: string): Principal | undefined;
  /** The secret of an access key id that `issueCredentials` made, for signature checks. */
  secretOf(accessKeyId: string): string | undefined;
  /** Throws `AccessDeniedException` (AWS's wording) unless the caller's identity policies allow each of `access`. */
  authorize(principal: Principal, access: readonly Access[]): void;
  /**
   * Judges a resource policy (a parsed policy document) for a caller in the same account.
   * `Deny` beats `Allow`; `none` when no statement applies.
   */
  judge(policy: object, principal: Principal, access: Access): 'allow' | 'deny' | 'none';
}

/** S3, for function code and templates. */
export interface ObjectReader {
  /** Throws `NoSuchBucket` or `NoSuchKey`. */
  read(bucket: string, key: string): Buffer;
}

/** What emulated services offer each other beyond their AWS APIs, by the service's name. */
export type Peers = {
  readonly dynamodb: StreamSource;
  readonly lambda: FunctionInvoker;
  readonly sqs: QueueAccess;
  readonly events: BusAccess;
  readonly logs: LogSink;
  readonly iam: AccessControl;
  readonly s3: ObjectReader;
};
