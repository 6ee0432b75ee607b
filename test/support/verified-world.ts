import { type Generation, type Generations, generationOf } from '../../functions/application/read-models/generations';
import type { Projection } from '../../functions/application/read-models/projection';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import {
  type VerifiedProjections,
  type VerifyAsked,
  type VerifyProjectionsPorts,
  verifyProjections,
} from '../../functions/application/verify-projections';
import { feedRowOf } from '../../functions/projections/feed-row';
import { addCounters } from '../../functions/projections/insights/expected-counters';
import { expectedOfEvents } from '../../functions/projections/insights/expected-of-events';
import { projections as folds } from '../../functions/projections/projections';
import { foldOf, makeProjector } from '../../functions/projections/projector';
import { HistoryReader } from './history-reader';
import { HurriedEffects } from './hurried-effects';
import { MemoryEventPages } from './memory-event-pages';
import { MemoryFaults } from './memory-faults';
import { MemoryFeed } from './memory-feed';
import { firstOfAll } from './memory-generations';
import { MemoryLedger } from './memory-ledger';
import { MemoryStoredViews } from './memory-stored-views';
import { MemoryViewRows } from './memory-views';

/** Events, rows and feed in memory, and the product's own checker over them. */
export class VerifiedWorld {
  readonly effects = new HurriedEffects();
  readonly feed = new MemoryFeed();
  readonly counted = new MemoryLedger();
  /** Of these folds there may be several revisions. */
  projections: readonly Projection[] = folds;
  generations: () => Promise<ReadonlyMap<string, Generations>> = firstOfAll;

  constructor(
    readonly events: RecordedEvent[],
    readonly rows = new MemoryViewRows(),
    private readonly perPage = 3,
  ) {}

  /** As the projectors would have left it behind all of the events. */
  async projected(): Promise<this> {
    const project = makeProjector({
      projections: this.projections,
      generations: this.generations,
      rows: this.rows,
      events: new HistoryReader(this.events),
      deadLetters: { send: () => Promise.reject(new Error('nothing here is beyond passing')) },
      faults: new MemoryFaults(),
      now: this.effects.now,
    });
    await project(this.events.map((event) => ({ ...event, read: () => event })));
    await this.feed.put(this.events.map(feedRowOf));
    return this;
  }

  /** Changes the row of a stream, behind everybody's back. */
  damage(stream: string, change: (row: ViewRow) => ViewRow | undefined, generation = 1): void {
    const copy = this.rows.copy(generation);
    const row = change(copy.get(stream) as ViewRow);
    if (row) copy.set(stream, row);
    else copy.delete(stream);
  }

  verified(asked: VerifyAsked = {}, over: Partial<VerifyProjectionsPorts> = {}): Promise<VerifiedProjections> {
    return verifyProjections({ ...this.ports, ...over }, asked, () => {});
  }

  get ports(): VerifyProjectionsPorts {
    return {
      events: new HistoryReader(this.events),
      pages: new MemoryEventPages(this.events, this.perPage),
      views: new MemoryStoredViews(this.rows, this.feed),
      projections: this.projections,
      foldOf: (name, generation) => foldOf(this.projections, name, generation),
      feedRowOf,
      insights: { counters: this.counted, expected: expectedOfEvents, sum: addCounters },
      generations: () => this.generations(),
      effects: this.effects,
    };
  }
}

/** The pointers, with that of one projection made another. */
export async function withGenerations(name: string, all: readonly Generation[], live: number) {
  const pointers = new Map(await firstOfAll());
  const pointer: Generations = { projection: name, sequence: 2, live, all };
  if (!generationOf(pointer, live)) throw new Error(`generation ${live} is not there`);
  pointers.set(name, pointer);
  return pointers;
}
