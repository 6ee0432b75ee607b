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
  /** Throws `AccessDeniedException` unless `principal` may decrypt what a table with a key of its own has. */
  checkKey(streamArn: string, principal: Principal): void;
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

/** A message attribute of SQS and SNS; binary values are base64. */
export type OutgoingAttribute = {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
};

export type OutgoingMessage = {
  readonly body: string;
  readonly attributes?: Readonly<Record<string, OutgoingAttribute>>;
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
  /** Throws `KmsAccessDenied` and its like unless `principal` may decrypt the messages of an encrypted queue. */
  checkKey(queueArn: string, principal: Principal): void;
  receive(queueArn: string, max: number): readonly ReceivedMessage[];
  delete(queueArn: string, receiptHandle: string): void;
  /** Makes a received message visible again after `ms`. */
  release(queueArn: string, receiptHandle: string, ms: number): void;
  /** The visibility timeout of the queue, in milliseconds. */
  visibilityTimeout(queueArn: string): number;
  /** Calls `wake` synchronously when a message becomes receivable; returns what ends that. */
  onMessage(queueArn: string, wake: () => void): () => void;
}

export type OutgoingNotification = {
  readonly text: string;
  readonly subject?: string;
  readonly attributes?: Readonly<Record<string, OutgoingAttribute>>;
  /** The X-Ray header, which queues behind the topic are handed on. */
  readonly traceHeader?: string;
};

/** SNS, for whoever has a topic for a target. Synchronous, hence atomic. */
export interface TopicAccess {
  /** Throws `NotFound`, `AuthorizationError` (the topic's policy is judged), or one of KMS's errors. */
  publish(
    topicArn: string,
    message: OutgoingNotification,
    principal: Principal,
    sourceArn?: string,
  ): { readonly messageId: string };
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

export type LogLine = { readonly timestamp: number; readonly message: string };

/** CloudWatch Logs, for functions and for EventBridge. */
export interface LogSink {
  /** Creates group and stream when they are missing. */
  write(group: string, stream: string, messages: readonly LogLine[]): void;
  /**
   * Writes in the name of `principal`, to a new stream of a group. Throws `ResourceNotFoundException` when there is no such
   * group, `AccessDeniedException` unless `principal` may make the stream and write to it.
   */
  deliver(
    groupArn: string,
    stream: string,
    messages: readonly LogLine[],
    principal: Principal,
    sourceArn: string,
  ): void;
}

export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
};

/** How often a role asked for an action on a resource. */
export type GrantUse = { readonly action: string; readonly resource: string; readonly count: number };

/** One action on one resource, as a policy of a role allows them (wildcards and all), and the calls that it was for. */
export type UsedGrant = {
  /** The name of the inline policy, or the ARN of the managed one. */
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
  readonly condition?: unknown;
  readonly used: readonly GrantUse[];
};

export type RoleGrants = {
  readonly role: string;
  readonly arn: string;
  readonly granted: readonly UsedGrant[];
  /** Calls that were allowed, but by no policy that the role has now: by a resource's policy, or by one since changed. */
  readonly otherwise: readonly GrantUse[];
  /** With the statement that would allow them. */
  readonly denied: readonly (GrantUse & { readonly statement: object })[];
};

export type GrantReport = {
  /** Milliseconds since 1970, by the cloud's clock: what was called before is not known. */
  readonly since: number;
  readonly roles: readonly RoleGrants[];
};

/** What the caller of AssumeRole wants of the session besides its name and length. */
export type SessionScope = {
  readonly tags?: Readonly<Record<string, string>>;
  /** Policy documents that take away from what the role may do. */
  readonly policies?: readonly string[];
};

/** What policies can ask of a request besides who does what: how it came, and its input. */
export type RequestFacts = {
  readonly sourceIp?: string;
  readonly region?: string;
  /** The service that makes the call in the caller's name: `cloudformation.amazonaws.com`. */
  readonly calledVia?: string;
  /** As the operation gets it: tags that it names are `aws:RequestTag/…`. */
  readonly input?: unknown;
};

/** IAM and STS. */
export interface AccessControl {
  /** Credentials of a role for `seconds`, as a function or AssumeRole gets them. Throws when there is no such role. */
  issueCredentials(roleArn: string, sessionName: string, seconds: number, scope?: SessionScope): Credentials;
  /** The principal behind an access key id; undefined when no role issued it, or when its time is over. */
  resolve(accessKeyId: string): Principal | undefined;
  /** What `issueCredentials` made, also when its time is over; undefined for other access key ids. */
  issued(accessKeyId: string): Credentials | undefined;
  /** The secret of an access key id that `issueCredentials` made, for signature checks. */
  secretOf(accessKeyId: string): string | undefined;
  /**
   * The one place where calls are judged, by all policies that concern them: the role's own with boundary and session
   * policies, and those of the resources, which `Service.resourcePolicy` gives. A service needs a resource's policy to allow
   * it; for root only a `Deny` there counts. Throws `AccessDenied…` in AWS's words unless each of `access` is allowed.
   */
  authorize(principal: Principal, access: readonly Access[], facts?: RequestFacts): void;
  /**
   * What one policy (a parsed policy document) says by itself, for a caller in the same account.
   * `Deny` beats `Allow`; `none` when no statement applies.
   */
  judge(policy: object, principal: Principal, access: Access): 'allow' | 'deny' | 'none';
  /**
   * Refuses a resource's policy when it is put: `MalformedPolicyDocument` for what AWS would refuse, `NotImplemented` for
   * what could not be judged here.
   */
  checkResourcePolicy(text: string): void;
  /** Refuses a session policy, as `checkResourcePolicy` does. */
  checkSessionPolicy(text: string): void;
  /** What roles may do, and what they have done since the services began. */
  grants(): GrantReport;
}

/** S3, for function code and templates. */
export interface ObjectReader {
  /** Throws `NoSuchBucket` or `NoSuchKey`. */
  read(bucket: string, key: string): Buffer;
}

/** Who uses a key, through which service (its name in `cloud/services/`). `context`: more condition keys. */
export type KeyUser = Pick<Call, 'principal' | 'account' | 'region' | 'via'> & {
  readonly context?: Readonly<Record<string, string>>;
};

/** KMS, for services that protect data with a key. */
export interface KeyAccess {
  /**
   * Throws KMS's own errors unless the key (id, ARN, alias or alias ARN) is there and enabled, and its user may do each of
   * `operations` (`GenerateDataKey`, `Decrypt`) with it. Returns the key's ARN.
   */
  use(
    key: string,
    operations: readonly string[],
    user: KeyUser,
    encryptionContext?: Readonly<Record<string, string>>,
  ): string;
  /**
   * Lets a role use the key in this encryption context, as a service does for what it keeps; the grant's id. Throws KMS's own
   * errors unless `user` may make grants.
   */
  grant(
    key: string,
    given: {
      readonly grantee: string;
      readonly operations: readonly string[];
      readonly encryptionContext: Readonly<Record<string, string>>;
    },
    user: KeyUser,
  ): string;
  /** Takes a grant back, if it is still there. */
  retire(grant: string): void;
}

/** CloudFormation, for what functions put to the ResponseURLs of custom resources. */
export interface CustomResourceAnswers {
  receive(request: HttpRequest): HttpReply;
}

/** What emulated services offer each other beyond their AWS APIs, by the service's name. */
export type Peers = {
  readonly cloudformation: CustomResourceAnswers;
  readonly dynamodb: StreamSource;
  readonly lambda: FunctionInvoker;
  readonly sqs: QueueAccess;
  readonly events: BusAccess;
  readonly logs: LogSink;
  readonly iam: AccessControl;
  readonly kms: KeyAccess;
  readonly s3: ObjectReader;
  readonly sns: TopicAccess;
};
