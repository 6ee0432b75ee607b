import { uuid } from '../../../core/ids';
import type { InvokeResult } from '../../../core/peers';
import type { CloudContext } from '../../../core/service';
import type { FunctionRecord } from '../function-record';
import { type Functions, notFound, type ResolvedFunction } from '../functions';
import type { LogLine } from '../runtime/protocol';
import { routed } from './alias-routing';
import type { Environment, Run } from './environment';
import type { Target } from './environment-pool';
import { FunctionEnvironments, type FunctionEnvironmentsParts } from './function-environments';
import { FAULT_POINTS, faultAt, letPass, runByFault, throttled } from './invocation-faults';
import { PlatformLog } from './log-lines';
import { describeError, outcomeOf, payloadOf } from './run-outcome';
import { traceHeader } from './trace-header';

export type Invocation = {
  readonly payload: string;
  /** For the person who watches: `events`, `dynamodb`, `sqs`, `url`, `invoke`. */
  readonly trigger: string;
  /** Who invokes, for the trace and the adversary: a function's name, `root`, a service; the trigger unless given. */
  readonly by?: string;
  readonly requestId?: string;
  readonly records?: number;
  /** What of the event the trace shows, one text for each record of a batch; the payload unless given. */
  readonly about?: readonly string[];
  /** The hops that brought the invocation about; `Trace.cause` unless given. */
  readonly causes?: readonly string[];
  /** The caller is a function that waits for this one. */
  readonly nested?: boolean;
  /**
   * Whoever waits for the result has told `Activity` of this invocation, and of no other along with it: told twice, one
   * that waits for the clock would seem to be at work.
   */
  readonly counted?: boolean;
  readonly clientContext?: string;
};

export type InvocationResult = InvokeResult & {
  /** Everything that was logged, for the log tail. */
  readonly logs: readonly LogLine[];
  /** The invocation in the trace: the cause of what becomes of its result. */
  readonly hop: string;
};

type Fault = ReturnType<typeof faultAt>;
type Placed = { readonly resolved: ResolvedFunction; readonly target: Target; readonly environment: Environment };

/** Lambda's limit for what an account runs at once. */
const ACCOUNT_CONCURRENCY = 1000;

/** Runs functions: takes an environment, writes the log, tells the trace and the watchers. */
export class Invoker {
  readonly #context: CloudContext;
  readonly #functions: Functions;
  readonly #environments: FunctionEnvironments;
  /** Accepted and not finished, by the function's ARN. */
  readonly #inFlight = new Map<string, number>();
  #total = 0;
  /** Under way, by their hops in the trace. */
  readonly #running = new Map<string, Environment>();
  #whenQuiet: (() => void) | undefined;
  #stopped = false;

  constructor(context: CloudContext, parts: FunctionEnvironmentsParts) {
    this.#context = context;
    this.#functions = parts.functions;
    this.#environments = new FunctionEnvironments(context, parts);
  }

  /** Throws `TooManyRequestsException` when the reserved concurrency is used up. */
  async invoke(target: ResolvedFunction, invocation: Invocation): Promise<InvocationResult> {
    const { record } = target;
    const { trace, activity } = this.#context;
    const by = invocation.by ?? invocation.trigger;
    const hop = trace.begin({
      service: 'lambda',
      operation: 'Invoke',
      target: target.arn,
      by,
      about: invocation.about ?? invocation.payload,
      ...(invocation.causes ? { causes: invocation.causes } : {}),
    });
    const fault = faultAt(this.#context, 'Invocation', FAULT_POINTS.Invocation, { target: target.arn, caller: by });
    if (fault?.kind === 'throttle' || this.free(record) < 1) {
      hop.end('throttled', 'TooManyRequestsException: Rate Exceeded.');
      throw this.#throttle(record, invocation.trigger);
    }
    this.#count(record.arn, 1);
    const done = invocation.counted ? undefined : activity.begin(`function ${record.name}`);
    try {
      if (fault?.kind === 'latency') await letPass(this.#context, fault.rule.ms ?? 0, `${record.name} is late`);
      const { run, ...result } = await this.#run(target, invocation, hop.id, fault);
      hop.end(outcomeOf(run), result.functionError && describeError(result.payload));
      return { ...result, hop: hop.id };
    } catch (error) {
      hop.end('error', error instanceof Error ? error.message : String(error));
      throw error;
    } finally {
      this.#running.delete(hop.id);
      this.#count(record.arn, -1);
      done?.();
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
    // What is ended from here on says nothing about the function, and nobody is told of it.
    this.#stopped = true;
    await this.#environments.pool.close();
  }

  #throttle(record: FunctionRecord, trigger: string): Error {
    this.#context.registry.notify({
      functionName: record.name,
      requestId: uuid(),
      duration: 0,
      cold: false,
      outcome: 'throttled',
      trigger,
    });
    return throttled(
      record.reservedConcurrency === undefined
        ? 'ConcurrentInvocationLimitExceeded'
        : 'ReservedFunctionConcurrentInvocationLimitExceeded',
    );
  }

  #count(arn: string, by: number): void {
    const left = (this.#inFlight.get(arn) ?? 0) + by;
    if (left === 0) this.#inFlight.delete(arn);
    else this.#inFlight.set(arn, left);
    this.#total += by;
    if (this.#total === 0) this.#whenQuiet?.();
  }

  #place(asked: ResolvedFunction, nested: boolean): Placed | Promise<Placed> {
    const resolved = routed(asked);
    const target = this.#environments.target(resolved.record, resolved.config);
    const environment = this.#environments.pool.acquire(target, nested);
    if (!(environment instanceof Promise)) return { resolved, target, environment };
    return environment.then((free) => {
      if (free) return { resolved, target, environment: free };
      // The function was changed while this waited: it runs as it is now.
      const changed = this.#functions.find(asked.arn, this.#context);
      if (!changed) throw notFound(asked.arn);
      return this.#place(changed, nested);
    });
  }

  async #run(
    asked: ResolvedFunction,
    invocation: Invocation,
    hop: string,
    fault: Fault,
  ): Promise<Omit<InvocationResult, 'hop'> & { readonly run: Run }> {
    const { clock } = this.#context;
    const requestId = invocation.requestId ?? uuid();
    const placed = this.#place(asked, invocation.nested ?? false);
    const { resolved, target, environment } = placed instanceof Promise ? await placed : placed;
    const { record, config } = resolved;
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
      this.#environments.log(record, config, environment.logStream, ordered);
    };
    const initStart = environment.fresh && fault?.kind !== 'error' ? platform.initStart(clock.now()) : [];
    const start = platform.start(clock.now(), requestId);
    const opening = () => [...initStart.splice(0), ...start.splice(0)];
    if (fault?.kind === 'crash-before') environment.kill();
    let run =
      fault?.kind === 'error'
        ? runByFault(fault)
        : await environment.run(
            {
              requestId,
              payload: invocation.payload,
              timeoutMs: config.timeout * 1000,
              traceId: traceHeader(clock.now(), hop, config.tracing === 'Active'),
              functionArn: resolved.arn,
              now: clock.now(),
              ...(invocation.clientContext === undefined ? {} : { clientContext: invocation.clientContext }),
            },
            (lines) => write([...opening(), ...lines]),
          );
    if (fault?.kind === 'crash-after' && run.end.kind === 'done') {
      environment.kill();
      run = { ...run, end: { kind: 'exit', reason: 'signal: killed' } };
    }
    const end = platform.end(clock.now(), requestId, run);
    if (run.end.kind === 'init-failed') {
      // What did not get ready has not begun with the invocation.
      write([...initStart.splice(0), ...run.logs, ...platform.initReport(clock.now(), run), ...opening(), ...end]);
    } else write([...opening(), ...run.logs, ...end]);
    this.#environments.pool.release(target, environment);
    const failed = outcomeOf(run) !== 'ok';
    const payload = payloadOf(run, requestId, config.timeout);
    this.#notify(record.name, requestId, run, invocation, failed ? payload : undefined);
    return {
      payload,
      ...(failed ? { functionError: 'Unhandled' as const } : {}),
      requestId,
      executedVersion: config.version,
      logs: all,
      run,
    };
  }

  #notify(functionName: string, requestId: string, run: Run, invocation: Invocation, error: string | undefined): void {
    if (this.#stopped) return;
    this.#context.registry.notify({
      functionName,
      requestId,
      duration: run.durationMs,
      cold: run.initMs !== undefined,
      outcome: outcomeOf(run),
      ...(error === undefined ? {} : { error: describeError(error) }),
      ...(invocation.records === undefined ? {} : { records: invocation.records }),
      trigger: invocation.trigger,
    });
  }
}
