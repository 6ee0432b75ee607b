import { WrittenNumber } from './numbers';
import type { Leaf, ValueTest } from './value-test';

/**
 * Where something is filed that needs one value of a field: under what that value equals, begins or ends with, or
 * just under its presence. A value leads to everything filed that it can meet, and to some that it does not meet.
 */
export class FieldFiling<T> {
  readonly #drawers: Record<Drawer, Map<unknown, Set<T>>> = {
    equal: new Map(),
    prefix: new Map(),
    suffix: new Map(),
    ignoringCase: new Map(),
    present: new Map(),
  };
  /** How many texts of each length there are among prefixes and suffixes. */
  readonly #lengths = { prefix: new Map<number, number>(), suffix: new Map<number, number>() };

  /** How many others a value that meets one of `tests` leads to, roughly. */
  crowd(tests: readonly ValueTest[]): number {
    let crowd = 0;
    for (const { drawer, key } of slotsOf(tests)) {
      // A value of its own is better than mere presence, also when nobody is there yet.
      crowd += (this.#drawers[drawer].get(key)?.size ?? 0) + (drawer === 'present' ? 0.5 : 0);
    }
    return crowd;
  }

  add(tests: readonly ValueTest[], item: T): void {
    for (const { drawer, key } of slotsOf(tests)) {
      const slots = this.#drawers[drawer];
      const slot = slots.get(key);
      if (slot) {
        slot.add(item);
        continue;
      }
      slots.set(key, new Set([item]));
      if (drawer === 'prefix' || drawer === 'suffix') this.#count(drawer, key as string, 1);
    }
  }

  delete(tests: readonly ValueTest[], item: T): void {
    for (const { drawer, key } of slotsOf(tests)) {
      const slots = this.#drawers[drawer];
      const slot = slots.get(key);
      if (!slot?.delete(item) || slot.size > 0) continue;
      slots.delete(key);
      if (drawer === 'prefix' || drawer === 'suffix') this.#count(drawer, key as string, -1);
    }
  }

  /** Visits what is filed under the presence of the field. */
  eachPresent(visit: (items: Set<T>) => void): void {
    const found = this.#drawers.present.get('');
    if (found) visit(found);
  }

  /** Visits what is filed under this value. */
  each(leaf: Leaf, visit: (items: Set<T>) => void): void {
    const { equal, ignoringCase } = this.#drawers;
    const found = equal.size > 0 && equal.get(leaf instanceof WrittenNumber ? writtenKey(leaf.text) : leaf);
    if (found) visit(found);
    if (typeof leaf !== 'string') return;
    this.#eachText('prefix', leaf, visit);
    this.#eachText('suffix', leaf, visit);
    const similar = ignoringCase.size > 0 && ignoringCase.get(leaf.toUpperCase());
    if (similar) visit(similar);
  }

  #eachText(drawer: 'prefix' | 'suffix', value: string, visit: (items: Set<T>) => void): void {
    const slots = this.#drawers[drawer];
    if (slots.size === 0) return;
    for (const length of this.#lengths[drawer].keys()) {
      if (length > value.length) continue;
      const found = slots.get(drawer === 'prefix' ? value.slice(0, length) : value.slice(value.length - length));
      if (found) visit(found);
    }
  }

  #count(drawer: 'prefix' | 'suffix', text: string, by: number): void {
    const lengths = this.#lengths[drawer];
    const count = (lengths.get(text.length) ?? 0) + by;
    if (count === 0) lengths.delete(text.length);
    else lengths.set(text.length, count);
  }
}

type Drawer = 'equal' | 'prefix' | 'suffix' | 'ignoringCase' | 'present';
type Slot = { readonly drawer: Drawer; readonly key: unknown };

const PRESENT: Slot = { drawer: 'present', key: '' };

const writtenKey = (text: string): string => `\0written ${text}`;

/** The slots that together catch every value that meets one of `tests`. */
function slotsOf(tests: readonly ValueTest[]): Slot[] {
  const slots = tests.map(slotOf);
  return slots.includes(PRESENT) ? [PRESENT] : slots;
}

function slotOf(test: ValueTest): Slot {
  switch (test.kind) {
    case 'equals':
      return { drawer: 'equal', key: test.value };
    case 'written':
      return { drawer: 'equal', key: writtenKey(test.text) };
    case 'prefix':
    case 'suffix':
      return test.text === '' ? PRESENT : { drawer: test.kind, key: test.text };
    case 'ignore-case':
      // Outside ASCII, upper case does not gather all that are equal but for their case.
      return test.part === 'whole' && isAscii(test.text)
        ? { drawer: 'ignoringCase', key: test.text.toUpperCase() }
        : PRESENT;
    case 'wildcard': {
      const first = test.parts[0] as string;
      const last = test.parts[test.parts.length - 1] as string;
      if (test.parts.length === 1) return { drawer: 'equal', key: first };
      if (first === '' && last === '') return PRESENT;
      return first.length >= last.length ? { drawer: 'prefix', key: first } : { drawer: 'suffix', key: last };
    }
    default:
      return PRESENT;
  }
}

const isAscii = (text: string): boolean => /^[\0-\x7f]*$/.test(text);
