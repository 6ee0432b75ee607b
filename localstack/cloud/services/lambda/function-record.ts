/** Unpacked code: its directory is named after the hash of the zip. */
export type FunctionCode = {
  /** SHA-256 of the zip, hexadecimal. */
  readonly hash: string;
  /** Size of the zip in bytes. */
  readonly size: number;
};

/** A layer version as a function keeps it, also when it is deleted. */
export type FunctionLayer = { readonly arn: string; readonly code: FunctionCode };

/** The key of a function's environment variables: its ARN, and the id of the grant that the function's role has. */
export type EnvironmentKey = { readonly arn: string; readonly grant: string };

export type LoggingSettings = {
  readonly LogFormat: 'Text' | 'JSON';
  readonly LogGroup: string;
  readonly ApplicationLogLevel?: string;
  readonly SystemLogLevel?: string;
};

/** What one version of a function is made of. Members with capitals are as in the AWS API. */
export type FunctionConfig = {
  /** `$LATEST`, or a number. */
  readonly version: string;
  readonly description: string;
  /** Of a version with a description of its own: what the function was described as when it was published. */
  readonly latestDescription?: string;
  readonly runtime: string;
  readonly handler: string;
  readonly role: string;
  /** Seconds. */
  readonly timeout: number;
  readonly memorySize: number;
  readonly environment: Readonly<Record<string, string>> | undefined;
  readonly environmentKey?: EnvironmentKey;
  readonly architectures: readonly string[];
  readonly ephemeralStorage: number;
  readonly logging: LoggingSettings;
  /** Its trace headers say that it is sampled. */
  readonly tracing?: 'Active';
  /** ARN of the dead-letter queue of asynchronous invocations. */
  readonly deadLetterArn?: string;
  readonly code: FunctionCode;
  /** Later ones over earlier ones. */
  readonly layers?: readonly FunctionLayer[];
  /** ISO 8601 with `+0000`, as Lambda writes it. */
  readonly lastModified: string;
  readonly revisionId: string;
};

export type PolicyStatement = {
  readonly Sid: string;
  readonly Effect: 'Allow';
  readonly Principal: '*' | Readonly<Record<string, string>>;
  readonly Action: string;
  readonly Resource: string;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
};

export type EventInvokeConfig = {
  readonly MaximumRetryAttempts?: number;
  readonly MaximumEventAgeInSeconds?: number;
  readonly DestinationConfig: {
    readonly OnSuccess?: { readonly Destination?: string };
    readonly OnFailure?: { readonly Destination?: string };
  };
  /** Seconds since 1970. */
  readonly LastModified: number;
};

export type Cors = {
  readonly AllowCredentials?: boolean;
  readonly AllowHeaders?: readonly string[];
  readonly AllowMethods?: readonly string[];
  readonly AllowOrigins?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly MaxAge?: number;
};

export type UrlConfig = {
  readonly urlId: string;
  readonly authType: 'NONE' | 'AWS_IAM';
  readonly cors?: Cors;
  readonly creationTime: string;
  readonly lastModified: string;
};

export type Alias = {
  readonly name: string;
  readonly version: string;
  /** Other versions, each with the share (0 to 1) of the invocations that it takes. */
  readonly weights?: Readonly<Record<string, number>>;
  readonly description: string;
  readonly revisionId: string;
};

/** A function with everything that hangs on it. Maps with qualifiers use `$LATEST` for the unqualified function. */
export type FunctionRecord = {
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** Without qualifier. */
  readonly arn: string;
  readonly latest: FunctionConfig;
  /** Published versions, oldest first. */
  readonly versions: readonly FunctionConfig[];
  /** The number that the next published version gets; numbers are never used twice. */
  readonly nextVersion: number;
  readonly aliases: Readonly<Record<string, Alias>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly reservedConcurrency?: number;
  readonly policies: Readonly<Record<string, readonly PolicyStatement[]>>;
  readonly eventInvoke: Readonly<Record<string, EventInvokeConfig>>;
  readonly urls: Readonly<Record<string, UrlConfig>>;
};
