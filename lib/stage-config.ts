/** Where the system runs. Everything that differs between stages stands in this file. */
export type StageName = 'local' | 'dev' | 'staging' | 'prod';

/** The deployed functions, by the name of their handler file. */
export const functionNames = [
  'ingest-orders',
  'ingest-inventory',
  'ingest-users',
  'project-views',
  'project-feed',
  'command-api',
  'query-api',
  'sweep-inbox',
  'rebuild',
  'insights',
  'monitor',
] as const;

export type FunctionName = (typeof functionNames)[number];

export type StageConfig = {
  readonly name: StageName;
  /** Pins the stacks to one account and region; elsewhere they go wherever the caller's credentials point. */
  readonly env?: { readonly account: string; readonly region: string };
  /** Data outlives its stack: removal policy retain, deletion protection, termination protection. */
  readonly protectData: boolean;
  readonly pointInTimeRecovery: boolean;
  /** Queues refuse callers without TLS. */
  readonly tlsOnly: boolean;
  /** Function URLs without signature checks. */
  readonly openUrls: boolean;
  readonly xrayTracing: boolean;
  readonly logRetentionDays: number;
  readonly memoryMb: number;
  /** In seconds, by what starts the function. */
  readonly timeouts: {
    readonly ingest: number;
    readonly projector: number;
    readonly http: number;
    readonly sweep: number;
    /** Of a worker that builds a generation: a dead one is noticed after six times this. */
    readonly rebuild: number;
  };
  readonly projector: ProjectorSettings;
  readonly redelivery: {
    readonly batchSize: number;
    /** How many environments of one ingest a redelivery queue may use, 2 … 1000. */
    readonly maxConcurrency: number;
    readonly maxReceiveCount: number;
  };
  readonly facts: FactBatches;
  /** Workers that build a generation side by side, 2 … 1000: they take their share of the tables' throughput. */
  readonly rebuildConcurrency: number;
  /** What the rules and the asynchronous invocations behind them do before an event is a dead letter. */
  readonly delivery: DeliverySettings;
  /** Only for functions named here: an account with a low concurrency limit must still be able to deploy. */
  readonly reservedConcurrency: Readonly<Partial<Record<FunctionName, number>>>;
  /** How often the monitor looks. */
  readonly monitorEveryMinutes: number;
  readonly parkForDays: number;
};

/** EventBridge tries to hand an event to the function's queue; Lambda then tries to run the function with it. */
export type DeliverySettings = {
  readonly ruleRetries: number;
  readonly ruleMaxAgeHours: number;
  readonly functionRetries: 0 | 1 | 2;
  readonly functionMaxAgeHours: number;
};

/** How a subscriber takes facts from its queue. */
export type FactBatches = {
  readonly size: number;
  /** Seconds to wait for a fuller batch; at least 1 for more than 10 facts (API reference of CreateEventSourceMapping). */
  readonly window: number;
  /** How many environments of one function a queue may use, 2 … 1000. */
  readonly maxConcurrency: number;
};

/** How a projector reads the stream of the Events table. */
export type ProjectorSettings = {
  readonly batchSize: number;
  /** Seconds to wait for a fuller batch; 0 reads at once. */
  readonly batchWindow: number;
  /** Batches of one shard that run side by side, 1 … 10; DynamoDB keeps the order per item. */
  readonly parallelization: number;
  readonly retries: number;
  readonly maxRecordAgeHours: number;
};

const cloud = {
  pointInTimeRecovery: true,
  tlsOnly: true,
  openUrls: false,
  memoryMb: 512,
  timeouts: { ingest: 30, projector: 60, http: 15, sweep: 50, rebuild: 60 },
  // An outage is waited out for half the life of a stream record; what is then set aside can still be fetched.
  projector: { batchSize: 100, batchWindow: 0, parallelization: 4, retries: 10_000, maxRecordAgeHours: 12 },
  redelivery: { batchSize: 10, maxConcurrency: 10, maxReceiveCount: 5 },
  facts: { size: 100, window: 1, maxConcurrency: 10 },
  rebuildConcurrency: 16,
  delivery: { ruleRetries: 185, ruleMaxAgeHours: 24, functionRetries: 2, functionMaxAgeHours: 6 },
  reservedConcurrency: {},
  monitorEveryMinutes: 1,
  parkForDays: 14,
} as const;

const stages: Readonly<Record<StageName, StageConfig>> = {
  local: {
    ...cloud,
    name: 'local',
    // Nobody has this account at AWS, so a stage without signature checks cannot be deployed there by mistake.
    env: { account: '000000000000', region: 'us-east-1' },
    protectData: false,
    pointInTimeRecovery: false,
    tlsOnly: false,
    openUrls: true,
    xrayTracing: false,
    logRetentionDays: 7,
    memoryMb: 256,
    projector: { ...cloud.projector, parallelization: 1, retries: 20, maxRecordAgeHours: 1 },
    redelivery: { ...cloud.redelivery, maxConcurrency: 2 },
    rebuildConcurrency: 2,
    facts: { ...cloud.facts, maxConcurrency: 2 },
    // Time is moved on by weeks here; and whoever wants to know can ask.
    monitorEveryMinutes: 24 * 60,
  },
  dev: { ...cloud, name: 'dev', protectData: false, xrayTracing: false, logRetentionDays: 14 },
  staging: { ...cloud, name: 'staging', protectData: true, xrayTracing: true, logRetentionDays: 30 },
  prod: {
    ...cloud,
    name: 'prod',
    protectData: true,
    xrayTracing: true,
    logRetentionDays: 180,
    memoryMb: 1024,
    projector: { ...cloud.projector, parallelization: 10 },
    redelivery: { ...cloud.redelivery, maxConcurrency: 50 },
  },
};

/** Throws when there is no such stage. */
export function stageConfig(name: string): StageConfig {
  const config = Object.hasOwn(stages, name) ? stages[name as StageName] : undefined;
  if (!config)
    throw new Error(`There is no stage '${name}'. Choose one of ${Object.keys(stages).join(', ')}: -c stage=dev`);
  return config;
}
