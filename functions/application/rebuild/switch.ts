import type { Generation, GenerationStore, Generations } from '../read-models/generations';
import { change, pointerOf } from './begin-rebuild';
import { RebuildRefused } from './refused';
import { rolledBack, switched } from './transitions';

/** Readers are shown another generation from now on: one conditional write. */
export async function switchTo(generations: GenerationStore, name: string, number: number): Promise<Generations> {
  const pointer = await pointerOf(generations, name);
  const next = switched(pointer, number);
  await change(generations, next, pointer);
  return next;
}

/** Readers are shown again what they were shown before: one conditional write. */
export async function rollBack(generations: GenerationStore, name: string): Promise<Generations> {
  const pointer = await pointerOf(generations, name);
  const next = rolledBack(pointer);
  await change(generations, next, pointer);
  return next;
}

/** The generation to compare with the live one and to switch to, if nobody says which: the newest that is ready. */
export function newestReady(pointer: Generations): Generation {
  const ready = pointer.all.filter(({ number, complete, asOf }) => number > pointer.live && complete && !asOf);
  const newest = ready.at(-1);
  if (newest) return newest;
  throw new RebuildRefused(
    `${pointer.projection}: no generation newer than the live one (${pointer.live}) is complete; projection rebuild ${pointer.projection} makes one, projection rollback ${pointer.projection} goes back to the one before`,
  );
}
