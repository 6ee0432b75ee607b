/** One page of a list, as IAM's `MaxItems` and `Marker` ask for it. */
export function page<T>(
  items: readonly T[],
  input: { readonly MaxItems?: unknown; readonly Marker?: unknown },
  result: (items: readonly T[]) => object,
): object {
  const start = Number(input.Marker ?? 0);
  const end = start + Number(input.MaxItems ?? 100);
  const more = end < items.length;
  return { ...result(items.slice(start, end)), IsTruncated: more, ...(more && { Marker: String(end) }) };
}
