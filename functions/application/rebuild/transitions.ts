import { type Generation, type Generations, generationOf } from '../read-models/generations';
import { RebuildRefused } from './refused';

/** What a new generation is to be. */
export type Wanted = {
  readonly revision: number;
  /** Only what was recorded until then; RFC 3339, not later than `now`. */
  readonly asOf?: string;
  readonly now: Date;
};

/** The generation that is being built; there is at most one. */
export function building(pointer: Generations): Generation | undefined {
  return pointer.all.find(({ complete }) => !complete);
}

/** With one more generation, which follows the events from now on. Its number has never been used before. */
export function begun(pointer: Generations, { revision, asOf, now }: Wanted): Generations {
  const other = building(pointer);
  if (other) {
    throw refused(pointer, `generation ${other.number} is being built; wait for it, or retire it`);
  }
  if (asOf !== undefined && asOf > now.toISOString()) {
    throw refused(pointer, `as of ${asOf} is in the future; choose a time that has passed`);
  }
  const number = Math.max(pointer.highest ?? 0, ...pointer.all.map((generation) => generation.number)) + 1;
  const generation: Generation = {
    number,
    revision,
    startedAt: now.toISOString(),
    complete: false,
    ...(asOf !== undefined && { asOf }),
  };
  return changed(pointer, { all: [...pointer.all, generation], highest: number });
}

/** All that was there when the generation was begun is in it. Undefined: it was complete before, or it is gone. */
export function completed(pointer: Generations, number: number): Generations | undefined {
  const generation = generationOf(pointer, number);
  if (generation === undefined || generation.complete) return undefined;
  const all = pointer.all.map((one) => (one === generation ? { ...one, complete: true } : one));
  return changed(pointer, { all });
}

/**
 * The same for what has no rows of its own for each generation, but is rewritten in place: the new one takes the place of the
 * old one at once.
 */
export function completedInPlace(pointer: Generations, number: number): Generations | undefined {
  const generation = generationOf(pointer, number);
  if (generation === undefined || generation.complete) return undefined;
  return changed(pointer, { all: [{ ...generation, complete: true }], live: number });
}

/** Readers are shown another generation; the one they were shown is kept up to date, to go back to. */
export function switched(pointer: Generations, number: number): Generations {
  const to = known(pointer, number);
  if (number === pointer.live) throw refused(pointer, `generation ${number} is live already`);
  if (to.asOf !== undefined) {
    throw refused(
      pointer,
      `generation ${number} is frozen at ${to.asOf}: its readers would never see a later event. Look at it with ?generation=${number}`,
    );
  }
  if (!to.complete) throw refused(pointer, `generation ${number} is still being built; wait until it is complete`);
  return changed(pointer, { live: number, previous: pointer.live });
}

/** Readers are shown again what they were shown before the switch. */
export function rolledBack(pointer: Generations): Generations {
  const { previous } = pointer;
  if (previous === undefined || generationOf(pointer, previous) === undefined) {
    throw refused(pointer, `there is no generation before ${pointer.live} to go back to`);
  }
  return changed(pointer, { live: previous, previous: pointer.live });
}

/** The generation follows no events any more, and nobody reads it: its rows can go. */
export function retired(pointer: Generations, number: number): Generations {
  known(pointer, number);
  if (number === pointer.live) {
    throw refused(pointer, `generation ${number} is what readers are shown; switch to another one first`);
  }
  const { previous, ...rest } = changed(pointer, { all: pointer.all.filter((one) => one.number !== number) });
  return { ...rest, ...(previous !== undefined && previous !== number && { previous }) };
}

function known(pointer: Generations, number: number): Generation {
  const generation = generationOf(pointer, number);
  if (generation) return generation;
  throw refused(
    pointer,
    `there is no generation ${number}; there are ${pointer.all.map((one) => one.number).join(', ')}`,
  );
}

function changed(pointer: Generations, change: Partial<Generations>): Generations {
  return { ...pointer, ...change, sequence: pointer.sequence + 1 };
}

const refused = ({ projection }: Generations, why: string) => new RebuildRefused(`${projection}: ${why}`);
