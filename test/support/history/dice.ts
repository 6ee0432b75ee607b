import fc from 'fast-check';

/** Draws values one after the other, as fast-check's own generator does: the same seed, the same values. */
export class Dice {
  constructor(private readonly draw: fc.GeneratorValue) {}

  int(min: number, max: number): number {
    return this.draw(fc.integer, { min, max });
  }

  /** True in `percent` of a hundred cases. */
  chance(percent: number): boolean {
    return this.int(1, 100) <= percent;
  }

  pick<T>(...values: readonly [T, ...T[]]): T {
    return values[this.int(0, values.length - 1)] as T;
  }

  oneOf<T>(values: readonly T[]): T {
    if (values.length === 0) throw new Error('there is nothing to choose from');
    return values[this.int(0, values.length - 1)] as T;
  }

  shuffled<T>(values: readonly T[]): T[] {
    return this.draw(fc.shuffledSubarray, [...values], { minLength: values.length }) as T[];
  }

  times<T>(count: number, make: (index: number) => T): T[] {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

/** What `make` makes of the dice of this seed. */
export function rolled<T>(seed: number, make: (dice: Dice) => T): T {
  const arbitrary = fc.noBias(fc.gen().map((draw) => make(new Dice(draw))));
  const [value] = fc.sample(arbitrary, { seed, numRuns: 1 });
  return value as T;
}
