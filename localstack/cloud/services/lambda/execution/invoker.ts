import { AwsError } from '../../../core/aws-error';
import { randomHex, uuid } from '../../../core/ids';
import type { InvokeResult } from '../../../core/peers';
import type { CloudContext } from '../../../core/service';
import type { CodeStore } from '../code-store';
import type { FunctionConfig, FunctionRecord } from '../function-record';
import type { Functions, ResolvedFunction } from '../functions';
import type { LogLine } from '../runtime/protocol';
import { Environment, type Run } from './environment';
import { EnvironmentPool, type PoolLimits, type Target } from './environment-pool';
import { environmentVariables } from './environment-variables';
import { exitMessage, PlatformLog } from './log-lines';
import { CREDENTIALS_MARGIN_MS, RoleCredentials } from './role-credentials';
import type { WorkerFile } from './worker-file';

export type Invocation = {
  readonly payload: string;
  /** For the person who watches: `events`, `dynamodb`, `sqs`, `url`, `invoke`. */
  readonly trigger: string;
  readonly requestId?: string;
  readonly records?: number;
  /** What of the event the trace shows, one text for each record of a batch; the payload unless given. */
  readonly about?: readonly string[];
  /** The hops that brought the invocation about; `Trace.cause` unless given. */
  readonly causes?: readonly string[];
  /** The caller is a function that waits for this one. */
  readonly nested?: boolean;
  readonly clientContext?: string;
};

export type InvocationResult = InvokeResult & {
  /** Everything that was logged, for the log tail. */
  readonly logs: readonly LogLine[];
};

/** Lambda's limit for what an account runs at once. */
const ACCOUNT_CONCURRENCY = 1000;

/** Runs functions: takes an environment, writes the log, tells the watchers. */
export class Invoker {
  readonly pool: EnvironmentPool;
  readonly #context: CloudContext;
  readonly #code: CodeStore;
  readonly #worker: WorkerFile;
  readonly #credentials: RoleCredentials;
  /** Accepted and not finished, by the function's ARN. */
  readonly #inFlight = new Map<string, number>();
  #total = 0;
  readonly #targets = new Map<string, Target>();
  /** Under way, by their hops in the trace. */
  readonly #running = new Map<string, Environment>();
  #whenQuiet: (() => void) | undefined;

  constructor(
    context: CloudContext,
    parts: { functions: Functions; code: CodeStore; limits: PoolLimits; worker: WorkerFile },
  ) {
    this.#context = context;
    this.#code = parts.code;
    this.#worker = parts.worker;
    this.#credentials = new RoleCredentials(context);
    this.pool = new EnvironmentPool(context.clock, parts.limits);
    parts.functions.onChange((after, before) => this.#retireOld(after, before));
  }

  /** Throws `TooManyRequestsException` when the reserved concurrency is used up. */
  async invoke(target: ResolvedFunction, invocation: Invocation): Promise<InvocationResult> {
    const { record } = target;
    this.#admit(record, invocation.trigger);
    const done = this.#context.activity.begin(`function ${record.name}`);
    const hop = this.#context.trace.begin({
      service: 'lambda',
      operation: 'Invoke',
      target: target.arn,
      by: invocation.trigger,
      about: invocation.about ?? invocation.payload,
      ...(invocation.causes ? { causes: invocation.causes } : {}),
    });
    try {
      const result = await this.#run(target, invocation, hop.id);
      if (result.functionError) hop.end('error', describe(result.payload));
      else hop.end();
      return result;
    } catch (error) {
      hop.end('error', error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      this.#running.delete(hop.id);
      this.#count(record.arn, -1);
      done();
    }
  }

  /** Kills the environment in which the invocation with this hop runs; false when there is none. */
  crash(hop: string): boolean {
    const environment = this.#running.get(hop);
    environment?.kill();
    return environment !== undefined;
  }

  /** How many more invocations of a function its reserved concurrency lets through. */
  free(record: FunctionRecord): number {
    const reserved = record.reservedConcurrency ?? Number.POSITIVE_INFINITY;
    return Math.min(reserved - (this.#inFlight.get(record.arn) ?? 0), ACCOUNT_CONCURRENCY - this.#total);
  }

  /** Waits for what is running, at most `ms` of real time, then ends every environment. */
  async stop(ms: number): Promise<void> {
    if (this.#total > 0) {
      let alarm: NodeJS.Timeout | undefined;
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#whenQuiet = resolve;
        }),
        new Promise<void>((resolve) => {
          // Real time: bounds how long a person waits after Ctrl-C.
          alarm = setTimeout(resolve, ms);
        }),
      ]);
      clearTimeout(alarm);
    }
    await this.pool.close();
  }

  #admit(record: FunctionRecord, trigger: string): void {
    if (this.free(record) < 1) {
      const reserved = record.reservedConcurrency !== undefined;
      const requestId = uuid();
      this.#context.registry.notify({
        functionName: record.name,
        requestId,
        duration: 0,
        cold: false,
        outcome: 'throttled',
        trigger,
      });
      throw new AwsError('TooManyRequestsException', 'Rate Exceeded.', {
        status: 429,
        fields: {
          Type: 'User',
          Reason: reserved ? 'ReservedFunctionConcurrentInvocationLimitExceeded' : 'ConcurrentInvocationLimitExceeded',
        },
      });
    }
    this.#count(record.arn, 1);
  }

  #count(arn: string, by: number): void {
    const left = (this.#inFlight.get(arn) ?? 0) + by;
    if (left === 0) this.#inFlight.delete(arn);
    else this.#inFlight.set(arn, left);
    this.#total += by;
    if (this.#total === 0) this.#whenQuiet?.();
  }

  async #run(resolved: ResolvedFunction, invocation: Invocation, hop: string): Promise<InvocationResult> {
    const { record, config } = resolved;
    const { clock } = this.#context;
    const requestId = invocation.requestId ?? uuid();
    const target = this.#target(record, config);
    const environment = await this.pool.acquire(target, invocation.nested ?? false);
    this.#running.set(hop, environment);
    const platform = new PlatformLog(config, record.region);
    const all: LogLine[] = [];
    // The thread's clock may lie a little before or behind the cloud's; the log keeps the order of what happened.
    let latest = Math.max(clock.now(), environment.loggedUntil);
    const write = (lines: readonly LogLine[]) => {
      const ordered = lines.map(([time, message]): LogLine => {
        latest = Math.max(latest, time);
        return [latest, message];
      });
      environment.loggedUntil = latest;
      all.push(...ordered);
      this.#log(config.logging.LogGroup, environment.logStream, ordered);
    };
    const opening = environment.fresh
      ? [...platform.initStart(clock.now()), ...platform.start(clock.now(), requestId)]
      : platform.start(clock.now(), requestId);
    const run = await environment.run(
      {
        requestId,
        payload: invocation.payload,
        timeoutMs: config.timeout * 1000,
        traceId: traceId(clock.now(), hop),
        functionArn: resolved.arn,
        now: clock.now(),
        ...(invocation.clientContext === undefined ? {} : { clientContext: invocation.clientContext }),
      },
      (lines) => write([...opening.splice(0), ...lines]),
    );
    write([...opening.splice(0), ...run.logs, ...platform.end(clock.now(), requestId, run)]);
    this.pool.release(target, environment);
    const failed = run.end.kind !== 'done' || run.end.failed;
    const payload = payloadOf(run, requestId, config.timeout);
    this.#notify(record.name, requestId, run, invocation, failed ? payload : undefined);
    return {
      payload,
      ...(failed ? { functionError: 'Unhandled' as const } : {}),
      requestId,
      executedVersion: config.version,
      logs: all,
    };
  }

  #target(record: FunctionRecord, config: FunctionConfig): Target {
    const key = targetKey(record, config);
    let target = this.#targets.get(key);
    if (!target) {
      target = { key, create: () => this.#createEnvironment(record, config) };
      this.#targets.set(key, target);
    }
    return target;
  }

  #createEnvironment(record: FunctionRecord, config: FunctionConfig): Environment {
    const { clock } = this.#context;
    const credentials = this.#credentials.of(config.role, record.name);
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${day}/[${config.version}]${randomHex(32)}`;
    const taskRoot = this.#code.directory(config.code);
    return new Environment(
      {
        label: record.name,
        workerPath: this.#worker.path,
        usableUntil: credentials.expiresAt - CREDENTIALS_MARGIN_MS,
        onStrayLogs: (lines) => this.#log(config.logging.LogGroup, logStream, lines),
        variables: environmentVariables(record, config, {
          credentials,
          endpoint: this.#context.endpoint(),
          taskRoot,
          logStream,
        }),
        start: {
          taskRoot,
          handler: config.handler,
          callbacks: Number(/\d+/.exec(config.runtime)?.[0]) < 24,
          logFormat: config.logging.LogFormat,
          ...(config.logging.LogFormat === 'JSON' ? { logLevel: config.logging.ApplicationLogLevel ?? 'INFO' } : {}),
          now: clock.now(),
          functionName: record.name,
          functionVersion: config.version,
          memoryMb: config.memorySize,
          logGroup: config.logging.LogGroup,
          logStream,
        },
      },
      clock,
    );
  }

  #retireOld(after: FunctionRecord | undefined, before: FunctionRecord | undefined): void {
    if (!before) return;
    const kept = new Set(after && [after.latest, ...after.versions].map((config) => targetKey(after, config)));
    for (const config of [before.latest, ...before.versions]) {
      const key = targetKey(before, config);
      if (kept.has(key)) continue;
      this.#credentials.forget(config.role, before.name);
      this.#targets.delete(key);
      this.pool.retire(key);
    }
  }

  #log(group: string, stream: string, lines: readonly LogLine[]): void {
    const messages = lines.map(([timestamp, message]) => ({ timestamp, message }));
    this.#context.registry.peer('logs').write(group, stream, messages);
  }

  #notify(functionName: string, requestId: string, run: Run, invocation: Invocation, error: string | undefined): void {
    this.#context.registry.notify({
      functionName,
      requestId,
      duration: run.durationMs,
      cold: run.initMs !== undefined,
      outcome: run.end.kind === 'timeout' ? 'timeout' : error === undefined ? 'ok' : 'error',
      ...(error === undefined ? {} : { error: describe(error) }),
      ...(invocation.records === undefined ? {} : { records: invocation.records }),
      trigger: invocation.trigger,
    });
  }
}

const targetKey = (record: FunctionRecord, config: FunctionConfig): string =>
  `${record.arn}:${config.version}:${config.revisionId}`;

function payloadOf(run: Run, requestId: string, timeout: number): string {
  switch (run.end.kind) {
    case 'done':
    case 'init-failed':
      return run.end.payload;
    case 'timeout':
      return JSON.stringify({
        errorType: 'Sandbox.Timedout',
        errorMessage: `RequestId: ${requestId} Error: Task timed out after ${timeout.toFixed(2)} seconds`,
      });
    case 'exit':
      return JSON.stringify({
        errorType: 'Runtime.ExitError',
        errorMessage: `RequestId: ${requestId} Error: ${exitMessage(run.end.reason)}`,
      });
  }
}

function describe(payload: string): string {
  const { errorType, errorMessage } = JSON.parse(payload) as { errorType?: string; errorMessage?: string };
  return [errorType, errorMessage].filter(Boolean).join(': ');
}

/**
 * An X-Ray trace header; nothing is sampled here. The parent segment is the invocation's hop: the SDKs in the function
 * send the header with each of their calls, and so the trace knows who makes them.
 */
function traceId(now: number, hop: string): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomHex(24)};Parent=${hop};Sampled=0`;
}
