/** A part of a list. `after` is the position of the last item of the part before it. */
export type PageRequest = { readonly limit: number; readonly after?: string };

/** `next` is the position of the last item, given only when more may follow. */
export type Page<Item> = { readonly items: readonly Item[]; readonly next?: string };
