import type { Generation, Generations } from '../read-models/generations';
import type { PartProgress } from './ports';

/** How far the work on a generation has come: building it, or removing its rows. */
export type WorkStatus = {
  readonly parts: number;
  readonly done: number;
  /** Events (or rows) read, and about how many there were when it was begun; 0: not known. */
  readonly read: number;
  readonly about: number;
  readonly taken: number;
  readonly rows: number;
  readonly faulted: number;
  /** 0 … 100; 100 only when all of it is done. */
  readonly percent: number;
  /** Read per second since the first part was begun; undefined: none was. */
  readonly perSecond?: number;
  readonly secondsLeft?: number;
  /** When a worker last got on. RFC 3339. */
  readonly updatedAt?: string;
};

export type GenerationStatus = Generation & {
  readonly state: 'live' | 'previous' | 'complete' | 'frozen' | 'building' | 'removing';
  readonly work?: WorkStatus;
};

export type ProjectionStatus = {
  readonly projection: string;
  readonly live: number;
  readonly previous?: number;
  readonly generations: readonly GenerationStatus[];
};

/** What the pointer and the notes of the workers say, the oldest generation first; those whose rows are being removed come last. */
export function statusOf(pointer: Generations, parts: readonly PartProgress[]): ProjectionStatus {
  const of = (number: number, task: PartProgress['task']) => {
    const found = parts.filter((part) => part.generation === number && part.task === task);
    return found.length > 0 ? { work: workOf(found) } : {};
  };
  const known = new Set(pointer.all.map(({ number }) => number));
  const removed = new Set(parts.map(({ generation }) => generation).filter((number) => !known.has(number)));
  return {
    projection: pointer.projection,
    live: pointer.live,
    ...(pointer.previous !== undefined && { previous: pointer.previous }),
    generations: [
      ...pointer.all.map((generation) => ({
        ...generation,
        state: stateOf(pointer, generation),
        ...of(generation.number, 'build'),
      })),
      ...[...removed].map((number) => ({
        ...{ number, revision: 0, startedAt: '', complete: false },
        state: 'removing' as const,
        ...of(number, 'remove'),
      })),
    ],
  };
}

function stateOf(pointer: Generations, { number, complete, asOf }: Generation): GenerationStatus['state'] {
  if (!complete) return 'building';
  if (number === pointer.live) return 'live';
  if (asOf !== undefined) return 'frozen';
  return number === pointer.previous ? 'previous' : 'complete';
}

/** The sum over its parts, and from what has been done in how long, what is left. */
export function workOf(parts: readonly PartProgress[]): WorkStatus {
  const total = (of: (part: PartProgress) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  const done = total((part) => Number(part.done));
  const [read, about] = [total((part) => part.read), total((part) => part.about)];
  // A part that turns out longer than was thought is nearly done until it is.
  const share = total((part) => (part.done ? 1 : part.about > 0 ? Math.min(0.99, part.read / part.about) : 0));
  const all = parts[0]?.of ?? parts.length;
  const percent = done === all ? 100 : Math.min(99, Math.floor((share / all) * 100));
  const begun = Math.min(...parts.flatMap(({ startedAt }) => (startedAt ? [Date.parse(startedAt)] : [])));
  const updated = Math.max(...parts.flatMap(({ updatedAt }) => (updatedAt ? [Date.parse(updatedAt)] : [])));
  const seconds = (updated - begun) / 1_000;
  const perSecond = seconds > 0 ? read / seconds : undefined;
  const left = done === all ? 0 : total((part) => (part.done ? 0 : Math.max(0, part.about - part.read)));
  return {
    ...{ parts: all, done, read, about, percent },
    taken: total((part) => part.taken),
    rows: total((part) => part.rows),
    faulted: total((part) => part.faulted),
    ...(perSecond !== undefined && { perSecond: Math.round(perSecond) }),
    ...(perSecond !== undefined && about > 0 && { secondsLeft: Math.ceil(left / perSecond) }),
    ...(Number.isFinite(updated) && { updatedAt: new Date(updated).toISOString() }),
  };
}
