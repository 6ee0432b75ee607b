import type { Count } from './ledger';

/** Counts by the row that they go to: one for each, with the sums. */
export class MergedCounts {
  private readonly rows = new Map<string, Count>();

  get size(): number {
    return this.rows.size;
  }

  /** How many rows there would be with these as well. */
  sizeWith(counts: readonly Count[]): number {
    return this.rows.size + new Set(counts.map(rowOf).filter((row) => !this.rows.has(row))).size;
  }

  add(counts: readonly Count[]): void {
    for (const count of counts) {
      const row = rowOf(count);
      const there = this.rows.get(row);
      this.rows.set(row, there ? sumOf(there, count) : count);
    }
  }

  get all(): readonly Count[] {
    return [...this.rows.values()];
  }
}

const rowOf = ({ generation, increment: { series, key } }: Count): string => `${generation}#${series}#${key}`;

function sumOf(one: Count, other: Count): Count {
  const add = new Map(Object.entries(one.increment.add));
  for (const [name, number] of Object.entries(other.increment.add)) add.set(name, (add.get(name) ?? 0) + number);
  return { ...one, increment: { ...one.increment, add: Object.fromEntries(add) } };
}
