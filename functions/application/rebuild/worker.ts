import type { Effects } from '../ports';
import type { EventPage, EventPages } from '../read-models/event-pages';
import { type Generation, type GenerationStore, generationOf } from '../read-models/generations';
import type { Part, PartProgress, RebuildProgress, RebuildQueue, RebuildTarget } from './ports';
import { completed, completedInPlace } from './transitions';

export type RebuildWorkerPorts = {
  /** By the name of the projection. */
  readonly targets: ReadonlyMap<string, RebuildTarget>;
  readonly generations: GenerationStore;
  readonly progress: RebuildProgress;
  readonly pages: Pick<EventPages, 'page'>;
  readonly queue: RebuildQueue;
  readonly effects: Pick<Effects, 'now' | 'sleep'>;
  /** How long one run works before it passes the part on, in milliseconds. */
  readonly workMs: number;
};

/** How a run ended. */
export type Worked = {
  readonly ended: /** The part is done. */
    | 'done'
    /** Its time was up: the part was queued again. */
    | 'passed-on'
    /** Another run of the same part has gone further, and goes on. */
    | 'overtaken'
    /** The generation was retired, or the part was done before. */
    | 'nothing-to-do';
  readonly read: number;
  readonly taken: number;
  readonly rows: number;
  readonly faulted: number;
};

/** Times that a page is given to the projection before the run fails and the part comes back by itself. */
const TRIES = 3;

/**
 * Works on one part of a generation, page by page, from where the last run of it came to. It may be killed at any moment: a page
 * that is given again changes nothing, and what has been done is noted behind each page. Throws when a page cannot be taken
 * now.
 */
export function makeRebuildWorker(ports: RebuildWorkerPorts) {
  return async (part: Part): Promise<Worked> => {
    const target = ports.targets.get(part.projection);
    if (target === undefined) {
      throw new Error(
        `this release has no projection ${part.projection}; it has ${[...ports.targets.keys()].join(', ')}`,
      );
    }
    const pages = part.task === 'build' ? buildPages(ports, target, part) : removePages(target, part);
    const before = await ports.progress.get(part);
    if (before === undefined) return { ...nothing, ended: 'nothing-to-do' };
    const run = await work(ports, target, part, before, pages);
    if (run.ended === 'done' || before.done) await finish(ports, target, part);
    return run;
  };
}

type PageRead = {
  readonly next?: string;
  readonly take: (generation: Generation | undefined) => Promise<PageDone>;
};
type PageDone = { readonly read: number; readonly taken: number; readonly rows: number; readonly faulted: number };
type Pages = {
  /** Begins to read a page. */
  readonly read: (of: number, from: string | undefined) => Promise<PageRead>;
  /** Whether the next page may be read while the one before it is being taken. */
  readonly ahead: boolean;
};

const nothing: PageDone = { read: 0, taken: 0, rows: 0, faulted: 0 };

async function work(
  ports: RebuildWorkerPorts,
  target: RebuildTarget,
  part: Part,
  before: PartProgress,
  pages: Pages,
): Promise<Worked> {
  const begun = ports.effects.now();
  let total = nothing;
  let progress = before;
  let ahead: Promise<PageRead> | undefined;
  for (let count = 0; !progress.done; count++) {
    const generation = await generationNow(ports, part);
    if (!isWanted(target, part, generation)) return { ...total, ended: 'nothing-to-do' };
    if (count > 0 && ports.effects.now().getTime() - begun.getTime() >= ports.workMs) {
      await ports.queue.send([part], 0);
      return { ...total, ended: 'passed-on' };
    }
    const page = await (ahead ?? pages.read(progress.of, progress.from));
    ahead = page.next !== undefined && pages.ahead ? pages.read(progress.of, page.next) : undefined;
    // It may fail while nobody waits for it yet.
    ahead?.catch(() => {});
    const done = await page.take(generation);
    const next = advanced(progress, done, page.next, begun, ports.effects.now());
    if (!(await ports.progress.advance(next, progress))) return { ...total, ended: 'overtaken' };
    total = sum(total, done);
    progress = next;
  }
  return { ...total, ended: total.read === 0 && before.done ? 'nothing-to-do' : 'done' };
}

/** A generation that is being built is in the pointer, and not complete; one whose rows are removed is not in it. */
function isWanted({ inPlace }: RebuildTarget, { task }: Part, generation: Generation | undefined): boolean {
  return task === 'build' ? generation?.complete === false : generation === undefined && !inPlace;
}

async function generationNow({ generations }: RebuildWorkerPorts, part: Part): Promise<Generation | undefined> {
  const pointer = (await generations.getMany([part.projection])).get(part.projection);
  return pointer && generationOf(pointer, part.generation);
}

function buildPages(ports: RebuildWorkerPorts, target: RebuildTarget, part: Part): Pages {
  return {
    ahead: true,
    read: async (of, from) => {
      const { segment } = part;
      const page = await ports.pages.page(
        { segment, of, ...(target.prefix !== undefined && { prefix: target.prefix }) },
        from,
      );
      return {
        ...(page.next !== undefined && { next: page.next }),
        take: (generation) => takePage(ports, target, generation, page),
      };
    },
  };
}

async function takePage(
  ports: RebuildWorkerPorts,
  target: RebuildTarget,
  generation: Generation | undefined,
  page: EventPage,
): Promise<PageDone> {
  if (generation === undefined) return { ...nothing, read: page.read };
  const { number, asOf } = generation;
  const events = asOf === undefined ? page.events : await target.knownAt?.(number, asOf, page.events);
  if (events === undefined) throw new Error(`generation ${number} cannot be built as of a time`);
  for (let attempt = 1; ; attempt++) {
    const { rows, faulted, failed } = await target.take(generation, events);
    if (failed.length === 0) return { read: page.read, taken: events.length, rows, faulted };
    if (attempt === TRIES) {
      throw new Error(`${failed.length} streams of a page could not be taken, tried ${TRIES} times: ${failed[0]}`);
    }
    await ports.effects.sleep(100 * 2 ** attempt);
  }
}

function removePages({ remove }: RebuildTarget, { generation, segment }: Part): Pages {
  return {
    ahead: false,
    read: async (of, from) => {
      const page = (await remove?.(generation, { segment, of }, from)) ?? { read: 0, removed: 0 };
      const done = { ...nothing, read: page.read, taken: page.removed };
      return { ...(page.next !== undefined && { next: page.next }), take: async () => done };
    },
  };
}

function advanced(
  before: PartProgress,
  done: PageDone,
  next: string | undefined,
  begun: Date,
  now: Date,
): PartProgress {
  const { from, ...rest } = before;
  return {
    ...rest,
    ...sum(before, done),
    step: before.step + 1,
    done: next === undefined,
    startedAt: before.startedAt ?? begun.toISOString(),
    updatedAt: now.toISOString(),
    ...(next !== undefined && { from: next }),
  };
}

const sum = (one: PageDone, other: PageDone): PageDone => ({
  read: one.read + other.read,
  taken: one.taken + other.taken,
  rows: one.rows + other.rows,
  faulted: one.faulted + other.faulted,
});

/** Whoever ends the last part says that the whole is done; of two at the same moment at least one sees the other's end. */
async function finish(ports: RebuildWorkerPorts, target: RebuildTarget, part: Part): Promise<void> {
  const { progress, generations } = ports;
  const { projection, generation, task } = part;
  const all = await progress.list({ projection, generation });
  const parts = all.filter((one) => one.task === task);
  if (parts.some(({ done }) => !done) || parts.length < (parts[0]?.of ?? 1)) return;
  if (task === 'remove') {
    await progress.remove(all);
    return;
  }
  for (;;) {
    const pointer = (await generations.getMany([projection])).get(projection);
    const next = pointer && (target.inPlace ? completedInPlace : completed)(pointer, generation);
    if (next === undefined || (await generations.put(next, pointer))) break;
  }
  if (!target.inPlace) return;
  const earlier = (await progress.list({ projection })).filter((one) => one.generation < generation);
  await progress.remove(earlier);
}
