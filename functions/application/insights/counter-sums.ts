import type { Counter } from './ports';

/** One counter for each key, with the sums of its numbers, in the order of the keys. */
export function summed(rows: readonly Counter[]): readonly Counter[] {
  const sums = new Map<string, Map<string, number>>();
  for (const { key, values } of rows) {
    const sum = sums.get(key) ?? new Map<string, number>();
    sums.set(key, sum);
    for (const [name, number] of Object.entries(values)) sum.set(name, (sum.get(name) ?? 0) + number);
  }
  return [...sums]
    .map(([key, values]) => ({ key, values: Object.fromEntries(values) }))
    .sort((one, other) => byText(one.key, other.key));
}

/** The highest `quantity` first; equal ones by their keys. */
export function inOrder(rows: readonly Counter[]): readonly Counter[] {
  return [...rows].sort(
    (one, other) => (other.values.quantity ?? 0) - (one.values.quantity ?? 0) || byText(one.key, other.key),
  );
}

/** As DynamoDB sorts plain text, whatever the language of the machine. */
function byText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
