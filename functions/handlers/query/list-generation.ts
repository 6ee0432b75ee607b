import type { KnownGenerations } from '../../application/read-models/known-generations';
import type { Page, PageRequest } from '../../application/read-models/page';
import { HttpProblem } from '../http/problem';

/**
 * One page of a list that exists in generations. The cursor carries the generation that the list was begun in: who pages on
 * while a rebuilt one is switched to goes on in the one that it has seen, which is kept up to date until it is retired.
 * After that the list has to be begun anew: 410.
 */
export async function pageOfGeneration<Item>(
  known: KnownGenerations,
  projection: string,
  { limit, after }: PageRequest,
  read: (generation: number, request: PageRequest) => Promise<Page<Item>>,
): Promise<Page<Item>> {
  const [, number, position] = /^(\d+)@(.*)$/s.exec(after ?? '') ?? [];
  const generation =
    number === undefined
      ? (await known.all()).get(projection)?.live
      : await stillThere(known, projection, Number(number));
  if (generation === undefined) {
    throw new HttpProblem(
      410,
      'cursor-expired',
      'this list was begun in a generation of the read model that has been retired: begin it anew, without the cursor',
    );
  }
  const { items, next } = await read(generation, { limit, ...(position !== undefined && { after: position }) });
  return next === undefined ? { items } : { items, next: `${generation}@${next}` };
}

async function stillThere(known: KnownGenerations, projection: string, number: number): Promise<number | undefined> {
  const has = (generations: Awaited<ReturnType<KnownGenerations['all']>>) =>
    generations.get(projection)?.all.some((generation) => generation.number === number);
  return has(await known.all()) || has(await known.refresh()) ? number : undefined;
}
