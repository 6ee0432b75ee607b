import type { Leaf } from './value-test';

/** Which element of which array a leaf is in, innermost array first. Arrays are numbered within one event. */
export type Membership = {
  readonly array: number;
  readonly index: number;
  readonly outer: Membership | undefined;
};

type FieldValue = { readonly leaf: Leaf; readonly membership: Membership | undefined };

/** Fewer values are looked through as fast as an index of them is made. */
const WORTH_AN_INDEX = 16;

/** The values that an event has at one path: one, but for arrays. */
export class FieldValues {
  readonly leaf: Leaf;
  readonly membership: Membership | undefined;
  /** Whether any of them is in an element of an array. */
  bound: boolean;
  #all: FieldValue[] | undefined;
  #byArray: Map<number, ElementIndex> | undefined;

  constructor(leaf: Leaf, membership: Membership | undefined) {
    this.leaf = leaf;
    this.membership = membership;
    this.bound = membership !== undefined;
  }

  get single(): boolean {
    return this.#all === undefined;
  }

  get all(): readonly FieldValue[] {
    return this.#all ?? [this];
  }

  add(leaf: Leaf, membership: Membership | undefined): void {
    this.#all ??= [{ leaf: this.leaf, membership: this.membership }];
    this.#all.push({ leaf, membership });
    if (membership) this.bound = true;
  }

  /** Whether there are so many that it matters how they are looked through. */
  get many(): boolean {
    return this.all.length >= WORTH_AN_INDEX;
  }

  /** The arrays that any of the values is in. */
  get arrays(): Iterable<number> {
    this.#byArray ??= indexOf(this.all);
    return this.#byArray.keys();
  }

  /** All values that can be joined with `membership`, and maybe some that cannot. */
  near(membership: Membership | undefined): readonly FieldValue[] {
    const { all } = this;
    if (!membership || !this.many) return all;
    this.#byArray ??= indexOf(all);
    for (let place: Membership | undefined = membership; place; place = place.outer) {
      const array = this.#byArray.get(place.array);
      // Values outside the array go with each of its elements.
      if (array?.size === all.length) return array.byIndex.get(place.index) ?? [];
    }
    return all;
  }
}

type ElementIndex = { size: number; readonly byIndex: Map<number, FieldValue[]> };

function indexOf(values: readonly FieldValue[]): Map<number, ElementIndex> {
  const arrays = new Map<number, ElementIndex>();
  for (const value of values) {
    for (let place = value.membership; place; place = place.outer) {
      let array = arrays.get(place.array);
      if (!array) {
        array = { size: 0, byIndex: new Map() };
        arrays.set(place.array, array);
      }
      array.size++;
      const element = array.byIndex.get(place.index);
      if (element) element.push(value);
      else array.byIndex.set(place.index, [value]);
    }
  }
  return arrays;
}

/**
 * `so far` extended by `added`, or false when they are in different elements of one array (Ruler's array consistency:
 * all values that match come from the same element).
 */
export function join(soFar: Membership | undefined, added: Membership | undefined): Membership | undefined | false {
  if (soFar === added || !added) return soFar;
  if (!soFar) return added;
  let joined: Membership | undefined = soFar;
  for (let place: Membership | undefined = added; place; place = place.outer) {
    const index = indexIn(soFar, place.array);
    if (index === undefined) joined = { array: place.array, index: place.index, outer: joined };
    else if (index !== place.index) return false;
  }
  return joined;
}

function indexIn(membership: Membership, array: number): number | undefined {
  for (let place: Membership | undefined = membership; place; place = place.outer) {
    if (place.array === array) return place.index;
  }
  return undefined;
}
