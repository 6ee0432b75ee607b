import { drainTime } from './drain-time';
import { manyServers, serversFor } from './many-servers';
import type { DeployedFunction, FunctionQueue, Runs, Servers } from './ports';
import type { LongRun, Station } from './station';

/** What a function can do, and what it has to. Times in milliseconds, rates per second. */
export type Capacity = {
  readonly function: string;
  readonly runs: number;
  readonly servers: Servers;
  readonly queues: readonly FunctionQueue[];
  /** Undefined: there were too few runs to say anything. */
  readonly load?: Load | undefined;
};

export type Load = {
  /** λ. */
  readonly arrivalRate: number;
  /** μ: of one server that is never idle. */
  readonly serviceRate: number;
  readonly serviceMs: number;
  readonly utilisation: number;
  /** With `unstable` nothing can be said of queue and wait: both grow as long as it lasts. */
  readonly kind: LongRun['kind'];
  readonly waiting?: number;
  readonly waitMs?: number;
  /** Until what lies in its queues is done, in full batches; undefined: never, or there is no queue. */
  readonly drainMs?: number | undefined;
  /** The least concurrency with which a run waits no longer than asked for, on average. */
  readonly needed: number;
};

/** With fewer, the mean of exponential times is off by more than a third as often as not. */
export const LEAST_RUNS = 10;

export function capacityOf(
  { name, servers, queues }: DeployedFunction,
  { count, busyMs, windowMs }: Runs,
  targetWaitMs: number,
): Capacity {
  const about = { function: name, runs: count, servers, queues };
  if (count < LEAST_RUNS || busyMs <= 0 || windowMs <= 0) return about;
  const serviceMs = busyMs / count;
  const station: Station = {
    arrivalRate: (count / windowMs) * 1_000,
    serviceRate: 1_000 / serviceMs,
    servers: servers.count,
  };
  const { arrivalRate, serviceRate } = station;
  const run = manyServers(station);
  const drain = queues.length === 0 ? undefined : drainTime(station, batchesIn(queues));
  return {
    ...about,
    load: {
      arrivalRate,
      serviceRate,
      serviceMs,
      utilisation: run.utilisation,
      kind: run.kind,
      ...(run.kind === 'stable' && { waiting: run.waiting, waitMs: run.wait * 1_000 }),
      drainMs: drain === undefined ? undefined : drain * 1_000,
      needed: serversFor(arrivalRate, serviceRate, targetWaitMs / 1_000),
    },
  };
}

/** Runs that what lies in the queues makes, at the least. */
export function batchesIn(queues: readonly FunctionQueue[]): number {
  return queues.reduce((sum, { messages, batchSize }) => sum + Math.ceil(messages / batchSize), 0);
}
