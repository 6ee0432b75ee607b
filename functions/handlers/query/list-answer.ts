import type { Page } from '../../application/read-models/page';
import { toCursor } from './cursor';

/** A list as it is answered: `{items, cursor?}`, with a cursor as long as more may follow. */
export function listAnswer<Item>(
  list: string,
  page: Page<Item>,
): { readonly items: readonly Item[]; readonly cursor?: string } {
  return page.next === undefined ? { items: page.items } : { items: page.items, cursor: toCursor(list, page.next) };
}
