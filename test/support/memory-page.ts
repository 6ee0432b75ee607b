import type { Page, PageRequest } from '../../functions/application/read-models/page';

/** A page of a list in memory, in the order of a unique key. */
export function pageOf<Item>(
  items: readonly Item[],
  keyOf: (item: Item) => string,
  { limit, after }: PageRequest,
  direction: 'up' | 'down',
): Page<Item> {
  const sign = direction === 'up' ? 1 : -1;
  const order = (one: string, other: string) => sign * (one < other ? -1 : one > other ? 1 : 0);
  const behind = items
    .filter((item) => after === undefined || order(keyOf(item), after) > 0)
    .sort((one, other) => order(keyOf(one), keyOf(other)));
  const page = behind.slice(0, limit);
  const last = page.at(-1);
  return behind.length > limit && last !== undefined ? { items: page, next: keyOf(last) } : { items: page };
}
