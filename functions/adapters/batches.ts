/** Cuts items into consecutive batches of at most `count` items and `bytes` bytes; an item larger than that goes alone. */
export function batchesOf<Item>(
  items: readonly Item[],
  limits: { readonly count: number; readonly bytes: number },
  bytesOf: (item: Item) => number,
): Item[][] {
  const batches: Item[][] = [];
  let size = 0;
  for (const item of items) {
    const bytes = bytesOf(item);
    const last = batches.at(-1);
    if (last && last.length < limits.count && size + bytes <= limits.bytes) {
      last.push(item);
      size += bytes;
    } else {
      batches.push([item]);
      size = bytes;
    }
  }
  return batches;
}
