import { FAULT_KINDS, type FaultKind } from '../../../localstack/cloud/core/faults';
import { check, shownViolation } from './checker';
import { historyOf } from './generator';
import type { HistoryRunner } from './runner';

/**
 * Every kind of fault that can strike. A torn read shows a transaction partly that wrote two items of one stream, and this
 * system has none: each stream gets one event at a time.
 */
export const KINDS: readonly FaultKind[] = FAULT_KINDS.filter((kind) => kind !== 'torn-read');

/** More violations than these of one history tell nobody anything new. */
const MOST_SHOWN = 12;

/** What came of some histories. */
export class Tally {
  histories = 0;
  /** Puts on the bus, and commands, without what clients tried again. */
  said = 0;
  recorded = 0;
  readonly failed: { readonly seed: number; readonly report: string }[] = [];
  readonly struck = new Map<FaultKind, number>(KINDS.map((kind) => [kind, 0]));
  /** By fault, place and function: `crash-after dynamodb:PutItem orders-local-ingest-orders`. */
  readonly struckAt = new Map<string, number>();

  /**
   * Runs the history of a seed and looks whether every promise was kept. A system that does not come to rest, or cannot be asked
   * any more, is a failure of that history as well. `run` sets its names apart from those of another run of the same seed.
   */
  async add(runner: HistoryRunner, seed: number, run?: string): Promise<void> {
    this.histories++;
    try {
      const { evidence, struck } = await runner.run(historyOf(seed, run));
      this.said += evidence.history.phases
        .flatMap(({ clients }) => clients.flat())
        .reduce((sum, call) => sum + (call.do === 'command' ? call.times : call.events.length), 0);
      this.recorded += evidence.recorded.length;
      for (const { fault, service, operation = '*', target, caller, struck: count } of struck) {
        const place = [fault, `${service}:${operation}`, target, caller].filter(Boolean).join(' ');
        this.struck.set(fault, (this.struck.get(fault) ?? 0) + count);
        this.struckAt.set(place, (this.struckAt.get(place) ?? 0) + count);
      }
      const violations = check(evidence).map(shownViolation);
      if (violations.length > 0) this.#fail(seed, violations);
    } catch (error) {
      this.#fail(seed, [error instanceof Error ? (error.stack ?? error.message) : String(error)]);
    }
  }

  /** Seed after seed, each on whichever system is free. `onDone` is called behind each history. */
  async addAll(runners: readonly HistoryRunner[], seeds: readonly number[], onDone = () => {}): Promise<void> {
    const left = [...seeds];
    const lane = async (runner: HistoryRunner) => {
      for (let seed = left.shift(); seed !== undefined; seed = left.shift()) {
        await this.add(runner, seed);
        onDone();
      }
    };
    await Promise.all(runners.map(lane));
  }

  #fail(seed: number, violations: readonly string[]): void {
    const more = violations.length - MOST_SHOWN;
    const lines = [replayLine(seed), ...violations.slice(0, MOST_SHOWN), ...(more > 0 ? [`and ${more} more`] : [])];
    this.failed.push({ seed, report: lines.join('\n  ') });
  }
}

/** Replays the history of a seed, several times: the calls and the faults are the same each time, what overtakes what is not. */
const replayLine = (seed: number): string => `HISTORY_SEED=${seed} npx jest test/properties/deployed-history`;
