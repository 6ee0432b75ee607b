import { backoff } from '../../application/backoff';
import type { Count, Ledger } from '../../application/insights/ledger';
import { type OrderFact, orderFact } from '../../application/insights/order-fact';
import { insightsProjection, monitorSeries } from '../../application/insights/series';
import { expiryOf, windowOf } from '../../application/insights/windows';
import type { Effects } from '../../application/ports';
import { byStream } from '../../application/read-models/by-stream';
import type { RecordedEvent } from '../../application/recorded-event';
import { reasonOf } from '../advance';
import { factOf } from '../fact';
import { foldOf, type InsightsFold } from './insights';
import { type Portion, type Transaction, transactionsOf } from './transactions';

export type CountPorts = {
  readonly ledger: Ledger;
  readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>;
  /** Default: every revision that this release has. */
  readonly folds?: readonly InsightsFold[];
};

export type CountOptions = {
  /** Of the counters; `following` names those that live facts go to. */
  readonly generation: number;
  /** Of the fold that the generation is made by. Default: the newest. */
  readonly revision?: number;
  /** Facts as they come, to be counted for the monitor too: in one generation only, and no history. Default: no. */
  readonly monitored?: boolean;
};

export type CountResult = {
  /** Facts that this call has counted. */
  readonly counted: number;
  /** Facts that could not be, and why: to be tried again. */
  readonly failed: readonly { readonly fact: OrderFact; readonly error: string }[];
};

/** Times that somebody else may be first. */
const attempts = 10;

/**
 * Counts each fact once in a generation of the insights, whatever is repeated, in whatever order, by however many callers at
 * once: what has been counted of a stream is marked in the transaction that counts it. A batch costs one read per hundred
 * streams and a write per hundred rows. Facts that could not be counted are named; throws only where this release does not have
 * the revision.
 */
export function makeCountFacts(ports: CountPorts) {
  return async (facts: readonly OrderFact[], options: CountOptions): Promise<CountResult> => {
    const portions = [...byStream(facts)].map(([stream, all]) => ({ stream, facts: inOrder(all) }));
    return count(ports, portions, options);
  };
}

/** The fact of a recorded event as `makeCountFacts` takes it: for who counts history. Throws on what is no step of an order. */
export function countableFact(event: RecordedEvent): OrderFact {
  return orderFact(factOf(event).detail);
}

async function count(ports: CountPorts, portions: readonly Portion[], options: CountOptions): Promise<CountResult> {
  const { ledger, effects } = ports;
  const { generation, revision = insightsProjection.revision, monitored = false } = options;
  const fold = foldOf(revision, ports.folds);
  const result = new Results();
  let pending = portions;
  for (let race = 1; pending.length > 0; race++) {
    if (race > attempts) {
      result.fail(pending, new Error(`others were first ${attempts} times`));
      break;
    }
    if (race > 1) await effects.sleep(backoff(race, effects.random()));
    const lost: Portion[] = [];
    try {
      const marks = await ledger.read(
        generation,
        pending.map(({ stream }) => stream),
      );
      const now = effects.now();
      const beside = monitored ? (fact: OrderFact) => monitorCounts(fact, now) : () => [];
      const transactions = tried(() => transactionsOf(pending, marks, { generation, fold, now, beside }));
      if (transactions instanceof Error) return result.merge(await apart(ports, pending, options, transactions));
      // One by one: side by side they would be in each other's way, over the rows that both count in.
      for (const transaction of transactions) result.merge(await commit(ports, transaction, options, lost));
    } catch (error) {
      result.fail(pending, error);
      break;
    }
    pending = together(lost);
  }
  return result;
}

async function commit(
  ports: CountPorts,
  transaction: Transaction,
  options: CountOptions,
  lost: Portion[],
): Promise<CountResult> {
  const { portions, changes, counts } = transaction;
  const result = new Results();
  try {
    const outcome = await ports.ledger.commit(options.generation, changes, counts);
    if (outcome.kind === 'refused') return await apart(ports, portions, options, outcome.error);
    if (outcome.kind === 'committed') result.count(portions);
    else lost.push(...portions);
  } catch (error) {
    result.fail(portions, error);
  }
  return result;
}

/** One that can never be counted must not keep back those that happen to be beside it. */
async function apart(
  ports: CountPorts,
  portions: readonly Portion[],
  options: CountOptions,
  error: Error,
): Promise<CountResult> {
  const result = new Results();
  const smaller = halved(portions);
  if (smaller.length === 1) result.fail(portions, error);
  else for (const half of smaller) result.merge(await count(ports, half, options));
  return result;
}

function tried<Result>(work: () => Result): Result | Error {
  try {
    return work();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** By streams, then by facts; one fact is not taken apart. */
function halved(portions: readonly Portion[]): readonly (readonly Portion[])[] {
  const [only] = portions;
  if (portions.length > 1 || only === undefined) return cut(portions);
  if (only.facts.length <= 1) return [portions];
  return cut(only.facts).map((facts) => [{ ...only, facts }]);
}

function cut<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const middle = Math.ceil(items.length / 2);
  return [items.slice(0, middle), items.slice(middle)];
}

/** The parts of a stream that was spread over several transactions. */
function together(portions: readonly Portion[]): readonly Portion[] {
  return [...byStream(portions)].map(([stream, parts]) => ({
    stream,
    facts: inOrder(parts.flatMap(({ facts }) => facts)),
  }));
}

function inOrder(facts: readonly OrderFact[]): readonly OrderFact[] {
  const byVersion = new Map(facts.map((fact) => [fact.version, fact]));
  return [...byVersion.values()].sort((one, other) => one.version - other.version);
}

/** How many were processed, and how long after their append: the sum in milliseconds. */
function monitorCounts({ recordedAt }: OrderFact, now: Date): readonly Count[] {
  const at = now.getTime();
  const add = { processed: 1, processingMs: recordedAt === undefined ? 0 : Math.max(0, at - recordedAt) };
  const expires = expiryOf('minute', at);
  const increments = [
    { series: monitorSeries, key: 'total', add },
    { series: monitorSeries, key: `minute#${windowOf('minute', at)}`, add, ...(expires && { expires }) },
  ];
  return increments.map((increment) => ({ generation: 0, increment }));
}

class Results implements CountResult {
  counted = 0;
  readonly failed: { readonly fact: OrderFact; readonly error: string }[] = [];

  count(portions: readonly Portion[]): void {
    for (const { facts } of portions) this.counted += facts.length;
  }

  fail(portions: readonly Portion[], error: unknown): void {
    for (const { facts } of portions) this.failed.push(...facts.map((fact) => ({ fact, error: reasonOf(error) })));
  }

  merge({ counted, failed }: CountResult): this {
    this.counted += counted;
    this.failed.push(...failed);
    return this;
  }
}
