type Interval = { readonly bottom: number; readonly top: number };

type Entry<T> = { readonly bottom: number; readonly top: number; readonly item: T };

/**
 * Items by intervals of numbers: a number leads to the items of all intervals that it is in, ends included (and of some
 * as wide as numbers go that it is beside). An interval with two ends is filed under the cells that it touches in a grid
 * about as wide as itself, so that a number only looks into one cell for each power of two among the widths.
 */
export class NumberLine<T> {
  readonly #grids = new Map<number, { readonly cells: Map<number, Entry<T>[]>; intervals: number }>();
  readonly #from = new Bounds<T>();
  readonly #to = new Bounds<T>();

  crowd(interval: Interval): number {
    const width = cellWidth(interval);
    // Half of the others is what to expect of a number anywhere.
    if (width === undefined) return this.#boundsOf(interval).bounds.size / 2;
    const grid = this.#grids.get(width);
    if (!grid) return 0;
    const { bottom, top } = interval;
    const overlaps = (entry: Entry<T>) => entry.bottom <= top && entry.top >= bottom;
    return Math.max(...cellsOf(interval, width).map((cell) => grid.cells.get(cell)?.filter(overlaps).length ?? 0));
  }

  add(interval: Interval, item: T): void {
    const width = cellWidth(interval);
    if (width === undefined) {
      const { bounds, bound } = this.#boundsOf(interval);
      bounds.add(bound, item);
      return;
    }
    let grid = this.#grids.get(width);
    if (!grid) {
      grid = { cells: new Map(), intervals: 0 };
      this.#grids.set(width, grid);
    }
    grid.intervals++;
    const entry = { bottom: interval.bottom, top: interval.top, item };
    for (const cell of cellsOf(interval, width)) {
      const entries = grid.cells.get(cell);
      if (entries) entries.push(entry);
      else grid.cells.set(cell, [entry]);
    }
  }

  delete(interval: Interval, item: T): void {
    const width = cellWidth(interval);
    if (width === undefined) {
      const { bounds, bound } = this.#boundsOf(interval);
      bounds.delete(bound, item);
      return;
    }
    const grid = this.#grids.get(width);
    if (!grid) return;
    for (const cell of cellsOf(interval, width)) {
      const entries = grid.cells.get(cell) ?? [];
      const at = entries.findIndex((entry) => entry.item === item && entry.bottom === interval.bottom);
      if (at >= 0) entries.splice(at, 1);
      if (entries.length === 0) grid.cells.delete(cell);
    }
    if (--grid.intervals === 0) this.#grids.delete(width);
  }

  each(number: number, visit: (item: T) => void): void {
    for (const [width, { cells }] of this.#grids) {
      const entries = cells.get(Math.floor(number / width));
      if (!entries) continue;
      for (const { bottom, top, item } of entries) if (number >= bottom && number <= top) visit(item);
    }
    this.#from.eachUpTo(number, visit);
    this.#to.eachDownTo(number, visit);
  }

  /** Where an interval goes that is open to one side, or so wide that it may as well be. */
  #boundsOf({ bottom, top }: Interval): { bounds: Bounds<T>; bound: number } {
    return bottom === Number.NEGATIVE_INFINITY
      ? { bounds: this.#to, bound: top }
      : { bounds: this.#from, bound: bottom };
  }
}

/** A power of two, not less than the interval's width; undefined where there is no such number. */
function cellWidth({ bottom, top }: Interval): number | undefined {
  const width = 2 ** Math.max(Math.ceil(Math.log2(top - bottom)), -1000);
  return Number.isFinite(width) ? width : undefined;
}

/** The cells that an interval touches: two, or three where rounding has made the width a little too small. */
function cellsOf({ bottom, top }: Interval, width: number): number[] {
  const first = Math.floor(bottom / width);
  const last = Math.floor(top / width);
  const cells = [first];
  for (let cell = first + 1; cell <= last && cells.length < 4; cell++) cells.push(cell);
  return cells;
}

/** Items by a number, in its order. */
class Bounds<T> {
  readonly #entries: { readonly bound: number; readonly item: T }[] = [];

  get size(): number {
    return this.#entries.length;
  }

  add(bound: number, item: T): void {
    this.#entries.splice(this.#find(bound), 0, { bound, item });
  }

  delete(bound: number, item: T): void {
    for (let at = this.#find(bound); this.#entries[at]?.bound === bound; at++) {
      if (this.#entries[at]?.item !== item) continue;
      this.#entries.splice(at, 1);
      return;
    }
  }

  eachUpTo(number: number, visit: (item: T) => void): void {
    for (const { bound, item } of this.#entries) {
      if (bound > number) return;
      visit(item);
    }
  }

  eachDownTo(number: number, visit: (item: T) => void): void {
    for (let at = this.#entries.length - 1; at >= 0; at--) {
      const { bound, item } = this.#entries[at] as { bound: number; item: T };
      if (bound < number) return;
      visit(item);
    }
  }

  /** The first place that is not before `bound`. */
  #find(bound: number): number {
    let low = 0;
    let high = this.#entries.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#entries[middle] as { bound: number }).bound < bound) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
