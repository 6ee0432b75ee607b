import type { KnownGenerations } from '../../application/read-models/known-generations';
import type { Page, PageRequest } from '../../application/read-models/page';
import { HttpProblem } from '../http/problem';
import { wholeNumber } from './parameters';

/**
 * One page of a list that exists in generations. The cursor carries the generation that the list was begun in: who pages on
 * while a rebuilt one is switched to goes on in the one that it has seen, which is kept up to date until it is retired.
 * After that the list has to be begun anew: 410. `asked`: begin it in this generation, and not in the live one.
 */
export async function pageOfGeneration<Item>(
  known: KnownGenerations,
  projection: string,
  { limit, after }: PageRequest,
  read: (generation: number, request: PageRequest) => Promise<Page<Item>>,
  asked?: number,
): Promise<Page<Item>> {
  const [, number, position] = /^(\d+)@(.*)$/s.exec(after ?? '') ?? [];
  const generation =
    number === undefined
      ? (asked ?? (await known.all()).get(projection)?.live)
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

/** `?generation=`: a number that the projection has; one that is being built is shown as far as it has come. */
export async function askedGeneration(
  known: KnownGenerations,
  projection: string,
  text: string | undefined,
): Promise<number | undefined> {
  if (text === undefined) return undefined;
  const number = wholeNumber('generation', text, 1);
  if ((await stillThere(known, projection, number)) !== undefined) return number;
  const generations = (await known.all()).get(projection)?.all.map((generation) => generation.number) ?? [];
  const detail = `${projection} has no generation ${number}; it has ${generations.join(', ')}`;
  throw new HttpProblem(404, 'not-found', detail, { generations });
}

async function stillThere(known: KnownGenerations, projection: string, number: number): Promise<number | undefined> {
  const has = (generations: Awaited<ReturnType<KnownGenerations['all']>>) =>
    generations.get(projection)?.all.some((generation) => generation.number === number);
  return has(await known.all()) || has(await known.refresh()) ? number : undefined;
}
