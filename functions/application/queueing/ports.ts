/** A function of the stage, as it runs now. */
export type DeployedFunction = {
  /** Without the `orders-<stage>-` that it is deployed under. */
  readonly name: string;
  /** How many of it may run at a time, and who says so. */
  readonly servers: Servers;
  /** The queues that it is run with; those of streams have no length. */
  readonly queues: readonly FunctionQueue[];
  readonly logGroup: string;
  /** Its platform's log lines are JSON. */
  readonly jsonLogs: boolean;
};

export type Servers = {
  readonly count: number;
  /** `account`: nothing but what the account leaves to functions without a reservation. */
  readonly by: 'reserved' | 'mapping' | 'account' | 'given';
};

export type FunctionQueue = {
  readonly name: string;
  readonly messages: number;
  /** The most that one run takes. */
  readonly batchSize: number;
};

/** Runs of a function, as its log reports them. */
export type Runs = {
  readonly count: number;
  /** Of all of them together, in milliseconds; without the start of environments. */
  readonly busyMs: number;
  /** How long they were looked at, in milliseconds. */
  readonly windowMs: number;
};

export interface Functions {
  all(stage: string): Promise<readonly DeployedFunction[]>;
  /** Those that ended in the last `windowMs`. A log that is too long is read from there on as far as is bearable. */
  runs(deployed: DeployedFunction, windowMs: number): Promise<Runs>;
}
