import type { Activity } from './activity';
import type { AwsError } from './aws-error';
import type { Clock } from './clock';
import type { FaultKind, Faults } from './faults';
import type { HttpReply, HttpRequest } from './http';
import type { Registry } from './registry';
import type { Store } from './store';
import type { Trace } from './trace';

/** Who makes a call. `root` is anybody with credentials that no role issued: the developer at the keyboard. */
export type Principal =
  | { readonly kind: 'root'; readonly arn: string }
  | {
      readonly kind: 'role';
      readonly roleArn: string;
      readonly arn: string;
      /** What AssumeRole said of this session; undefined for what services do in a role's name. */
      readonly session?: RoleSession;
    }
  | { readonly kind: 'service'; readonly service: string; readonly arn: string };

export type RoleSession = {
  /** `<role id>:<session name>`. */
  readonly userId: string;
  /** Session tags. */
  readonly tags: Readonly<Record<string, string>>;
  /** Session policies: documents, which can only take away. */
  readonly policies: readonly string[];
  /** Milliseconds since 1970. */
  readonly issuedAt: number;
};

/** What every operation knows about the call besides its input. */
export type Call = {
  readonly requestId: string;
  readonly account: string;
  readonly region: string;
  readonly principal: Principal;
  /** `http://host:port` as the caller reached the cloud: URLs handed out begin with it. */
  readonly endpoint: string;
  /** The call in the trace: the cause of what it brings about after an `await` (before, `Trace.cause` knows it). */
  readonly hop?: string;
  /** The service that makes this call in the caller's name, by its name in `cloud/services/`: `kms:ViaService`. */
  readonly via?: string;
};

/**
 * One operation of a service's API. `input` and the result have the member names of the AWS API reference, as the
 * SDK shows them. An operation that does not `await` is atomic. It answers AWS's own errors as `AwsError`.
 */
// biome-ignore lint/suspicious/noExplicitAny: the input is what came over the wire; each operation validates its own.
export type Operation = (input: any, call: Call) => object | undefined | void | Promise<object | undefined | void>;

/** Already serialised JSON, for answers that are too large to build twice. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** A REST operation: `path` has `{Name}` for one segment and `{Name+}` for the rest. */
export type Route = {
  readonly method: string;
  readonly path: string;
  readonly operation: string;
  /** Success status, 200 unless given. */
  readonly status?: number;
};

export type Protocol =
  | { readonly kind: 'json'; readonly version: '1.0' | '1.1'; readonly targetPrefixes: readonly string[] }
  /** `maps`: members of results that are maps, which XML writes otherwise than structures. */
  | {
      readonly kind: 'query';
      readonly apiVersion: string;
      readonly namespace: string;
      readonly maps?: readonly string[];
    }
  | { readonly kind: 'rest-json'; readonly routes: readonly Route[] }
  /** S3: the service reads the request itself, and answers errors as XML by throwing `AwsError`. */
  | { readonly kind: 'rest-xml' };

/** Condition keys of a request, by name in any case. Several values of one key are a list. */
export type ConditionValues = Readonly<Record<string, string | readonly string[]>>;

/** What has to be allowed for a call: an IAM action on a resource, with the condition keys it is judged by. */
export type Access = {
  readonly action: string;
  readonly resource: string;
  /** A function, where the keys cost something: it is called when a policy asks for one. */
  readonly context?: ConditionValues | (() => ConditionValues);
  /** The service itself answers what the resource's policy does not let through: for one entry of a batch, say. */
  readonly deniedByService?: boolean;
  /** Something besides policies allows it, such as a grant of KMS: only a `Deny` counts. */
  readonly granted?: boolean;
};

export interface Service {
  /** The name in `cloud/services/`, and in messages. */
  readonly name: string;
  /** Names in the credential scope of signed requests, e.g. `dynamodb`. */
  readonly signingNames: readonly string[];
  readonly protocol: Protocol;
  /** By the operation's name in the AWS API reference. Whatever is missing is refused by name. */
  readonly operations: Readonly<Record<string, Operation>>;
  /**
   * Operations that read or answer HTTP themselves (Lambda `Invoke`: the payload is the body). For `rest-xml`, the
   * operation `*` takes every request.
   */
  readonly rawOperations?: Readonly<
    Record<string, (request: HttpRequest, params: Record<string, string>, call: Call) => Promise<HttpReply> | HttpReply>
  >;
  /** Where the operation `*` takes every request: the one that this request asks for, `*` when there is none such. */
  operationOf?(request: HttpRequest): string;
  /** What the caller must be allowed to do. */
  access(operation: string, input: unknown, call: Call): readonly Access[];
  /**
   * The policy of one of the service's resources, parsed, for this action; the same object as long as it is the same policy,
   * so that it is compiled once. Undefined when there is none.
   */
  resourcePolicy?(resource: string, action: string): object | undefined;
  /** The tags of one of the service's resources, by its ARN: `aws:ResourceTag/…`. Asked for only when a policy asks. */
  resourceTags?(resource: string): Readonly<Record<string, string>> | undefined;
  /**
   * Condition keys of the service's own that `access` gives, such as `dynamodb:LeadingKeys`; `kms:EncryptionContext:*`
   * stands for all that begin so. A policy that asks for another one is refused by name.
   */
  readonly conditionKeys?: readonly string[];
  /**
   * Points besides its API operations at which the service asks the adversary (`Faults.at`), and what that can do there:
   * `{'PutEvents.Entry': ['error', 'throttle']}`. A rule for any other point is refused.
   */
  readonly faultPoints?: Readonly<Record<string, readonly FaultKind[]>>;
  /**
   * How an operation of this service fails when the adversary wants it to: undefined for AWS's general forms. `code`: the
   * error that was asked for by name.
   */
  failure?(kind: 'error' | 'throttle', operation: string, input: unknown, code?: string): AwsError | undefined;
  /**
   * Spaces of the store that hold what flows through (items, messages, logs), not what is deployed: `reset` empties them.
   * `*` at the end: all that begin so.
   */
  readonly dataSpaces?: readonly string[];
  /** Directories below `dir` with files that belong to the store. A file is never changed once it has its name. */
  readonly files?: readonly string[];
  /** After every service is there and state is loaded: take up what the last run left undone. */
  start?(): void | Promise<void>;
  /**
   * Stop taking up work; end what is in flight. `abandon`: at once, as its effects will be dropped (the cloud gets another
   * state).
   */
  stop?(how?: { readonly abandon: boolean }): void | Promise<void>;
}

/** What the cloud hands to a service when it makes it. */
export type CloudContext = {
  readonly clock: Clock;
  readonly store: Store;
  readonly registry: Registry;
  readonly activity: Activity;
  readonly faults: Faults;
  readonly trace: Trace;
  /** Where the cloud is reached from this machine, `http://127.0.0.1:<port>`; known once it listens. */
  readonly endpoint: () => string;
  /** The account and region of calls that the cloud makes by itself. */
  readonly account: string;
  readonly region: string;
  /** Directory for files that are not in the store (unpacked function code). */
  readonly dir: string;
  /** How many environments of one function this machine may run at a time; undefined: few. */
  readonly environments?: number;
  /** Whether policies are judged; undefined: they are. */
  readonly iam?: boolean;
};
