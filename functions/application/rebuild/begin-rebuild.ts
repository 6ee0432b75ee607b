import type { Effects } from '../ports';
import type { EventPages } from '../read-models/event-pages';
import {
  firstGenerations,
  type Generation,
  type GenerationStore,
  type Generations,
  generationOf,
  POINTER_GRACE_SECONDS,
} from '../read-models/generations';
import type { Part, PartProgress, RebuildProgress, RebuildQueue, Task } from './ports';
import type { Rebuildable } from './rebuildable';
import { RebuildRefused } from './refused';
import { begun, building, retired } from './transitions';

export type RebuildPorts = {
  readonly generations: GenerationStore;
  readonly progress: RebuildProgress;
  readonly queue: RebuildQueue;
  readonly pages: Pick<EventPages, 'size'>;
  readonly effects: Pick<Effects, 'now'>;
};

export type RebuildWish = {
  /** Undefined: the newest. */
  readonly revision?: number;
  /** RFC 3339. */
  readonly asOf?: string;
  /** Parts to read the event table in, 1 … `MOST_SEGMENTS`. Undefined: by its size. */
  readonly segments?: number;
};

/**
 * How long nobody may be at work any more that has read the pointer before a generation was taken out of it: the time limit
 * of projectors and workers (`lib/stage-config.ts`), and what two clocks may differ by.
 */
export const REMOVAL_DELAY_SECONDS = 120;

export const MOST_SEGMENTS = 64;
const FEWEST_SEGMENTS = 4;
/** A worker takes minutes for so many, and its death costs the one page that it was at. */
const EVENTS_PER_SEGMENT = 100_000;

export type Started = {
  readonly pointer: Generations;
  readonly generation: Generation;
  readonly segments: number;
  /** It had been begun before: parts that are not done were given to workers once more. */
  readonly resumed: boolean;
};

/**
 * Begins a generation, and gives its parts to workers: late enough that by then every projector writes to it. When one like it
 * is being built already, that one is resumed: a part that somebody is still at work on does not mind.
 */
export async function beginRebuild(ports: RebuildPorts, target: Rebuildable, wish: RebuildWish): Promise<Started> {
  const { generations, effects } = ports;
  const { name, revisions, inPlace } = target;
  const segmentsOf = wish.segments ?? target.segments;
  const newest = Math.max(...revisions);
  const revision = wish.revision ?? newest;
  if (!revisions.includes(revision)) {
    throw new RebuildRefused(
      `${name}: this release has no revision ${revision} of its fold; it has ${revisions.join(', ')}`,
    );
  }
  if (inPlace && wish.asOf !== undefined) {
    throw new RebuildRefused(`${name} is written anew in place, so it cannot be built as of a time`);
  }
  const pointer = await pointerOf(generations, name, newest, effects.now());
  const under = building(pointer);
  if (under) {
    if (!isWanted(under, wish)) {
      throw new RebuildRefused(
        `${name}: generation ${under.number} ${shown(under)} is being built; wait for it, or retire it`,
      );
    }
    const segments = await giveOut(ports, 'build', name, under.number, { segments: segmentsOf, inPlace });
    return { pointer, generation: under, segments, resumed: true };
  }
  const next = begun(pointer, { revision, ...(wish.asOf !== undefined && { asOf: wish.asOf }), now: effects.now() });
  await change(generations, next, pointer);
  const generation = generationOf(next, next.highest ?? 0) as Generation;
  const segments = await giveOut(ports, 'build', name, generation.number, { segments: segmentsOf, inPlace });
  return { pointer: next, generation, segments, resumed: false };
}

/** Takes a generation out of the pointer; when nobody can be writing to it any more, workers remove its rows. */
export async function retire(
  ports: RebuildPorts,
  { name, inPlace }: Pick<Rebuildable, 'name' | 'inPlace'>,
  number: number,
): Promise<Generations> {
  const pointer = await pointerOf(ports.generations, name);
  if (generationOf(pointer, number) === undefined && (pointer.highest ?? 0) >= number) {
    const left = await ports.progress.list({ projection: name, generation: number });
    // Taken out before, but its rows are still there: whoever retired it died, or the workers did.
    if (left.length > 0) {
      await giveOut(ports, 'remove', name, number, {});
      return pointer;
    }
  }
  const next = retired(pointer, number);
  if (inPlace) {
    await change(ports.generations, next, pointer);
    await ports.progress.remove(await ports.progress.list({ projection: name, generation: number }));
    return next;
  }
  // Its parts first: a crash behind the change would leave rows that nobody knows of.
  await giveOut(ports, 'remove', name, number, { only: 'written' });
  await change(ports.generations, next, pointer);
  await giveOut(ports, 'remove', name, number, {});
  return next;
}

/** The pointer; of a projection that nobody has ever run (and whose newest revision is given) it is written first. */
export async function pointerOf(
  generations: GenerationStore,
  name: string,
  newest?: number,
  now?: Date,
): Promise<Generations> {
  const found = (await generations.getMany([name])).get(name);
  if (found) return found;
  if (newest === undefined || now === undefined) {
    throw new RebuildRefused(`${name} has one generation only: there has never been a rebuild`);
  }
  const first = firstGenerations(name, newest, now);
  await generations.put(first, undefined);
  return (await generations.getMany([name])).get(name) ?? first;
}

export async function change(generations: GenerationStore, next: Generations, before: Generations): Promise<void> {
  if (await generations.put(next, before)) return;
  throw new RebuildRefused(
    `${next.projection}: somebody else has changed its generations at this moment; look at the status, and try again`,
  );
}

function isWanted(generation: Generation, { revision, asOf }: RebuildWish): boolean {
  return (revision === undefined || revision === generation.revision) && asOf === generation.asOf;
}

const shown = ({ revision, asOf }: Generation): string =>
  `(revision ${revision}${asOf === undefined ? '' : `, as of ${asOf}`})`;

type Giving = {
  readonly segments?: number | undefined;
  readonly inPlace?: boolean;
  /** Do not send them yet. */
  readonly only?: 'written';
};

/** Writes the parts of a task that are not there yet, and gives those that are not done to workers. */
async function giveOut(
  { progress, queue, pages }: RebuildPorts,
  task: Task,
  projection: string,
  generation: number,
  { segments, inPlace, only }: Giving,
): Promise<number> {
  const before = (await progress.list({ projection, generation })).filter((part) => part.task === task);
  const size = before[0] ? before[0].about * before[0].of : await pages.size();
  const of = before[0]?.of ?? segments ?? segmentsFor(size);
  const parts = Array.from(
    { length: of },
    (_, segment): PartProgress => ({
      ...{ projection, generation, task, segment, of, about: task === 'build' ? Math.ceil(size / of) : 0 },
      ...{ step: 0, done: false, read: 0, taken: 0, rows: 0, faulted: 0 },
    }),
  );
  const there = new Set(before.map((part) => part.segment));
  await progress.begin(parts.filter(({ segment }) => !there.has(segment)));
  if (only === 'written') return of;
  const done = new Set(before.filter((part) => part.done).map((part) => part.segment));
  const left = parts.filter(({ segment }) => !done.has(segment)).map(partOf);
  // All done, but nobody has said so: the first one will.
  const toSend = left.length > 0 ? left : parts.slice(0, 1).map(partOf);
  await queue.send(toSend, task === 'remove' ? REMOVAL_DELAY_SECONDS : inPlace ? 0 : POINTER_GRACE_SECONDS);
  return of;
}

function segmentsFor(size: number): number {
  return Math.min(MOST_SEGMENTS, Math.max(FEWEST_SEGMENTS, Math.ceil(size / EVENTS_PER_SEGMENT)));
}

const partOf = ({ projection, generation, task, segment }: Part): Part => ({ projection, generation, task, segment });
