/** The members of a batch by their stream, each in the order they came. */
export function byStream<Item extends { readonly stream: string }>(
  batch: readonly Item[],
): ReadonlyMap<string, readonly Item[]> {
  const streams = new Map<string, Item[]>();
  for (const item of batch) {
    const items = streams.get(item.stream);
    if (items) items.push(item);
    else streams.set(item.stream, [item]);
  }
  return streams;
}
