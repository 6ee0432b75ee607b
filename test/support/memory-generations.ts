import {
  firstGenerations,
  type GenerationStore,
  type Generations,
} from '../../functions/application/read-models/generations';
import { projections } from '../../functions/projections/projections';

/** Pointers in memory, under the condition of the Views table. */
export class MemoryGenerationStore implements GenerationStore {
  readonly pointers = new Map<string, Generations>();

  async getMany(names: readonly string[]) {
    return new Map(
      names.flatMap((name) => {
        const pointer = this.pointers.get(name);
        return pointer ? [[name, pointer] as const] : [];
      }),
    );
  }

  async put(next: Generations, before: Generations | undefined) {
    if (this.pointers.get(next.projection)?.sequence !== before?.sequence) return false;
    this.pointers.set(next.projection, next);
    return true;
  }
}

const first = new Map(
  projections.map(({ name, revision }) => [name, firstGenerations(name, revision, new Date('2026-01-01T00:00:00Z'))]),
);

/** As they are where nothing has ever been rebuilt. */
export const firstOfAll = async (): Promise<ReadonlyMap<string, Generations>> => first;
