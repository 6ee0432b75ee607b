import { Bins } from './bins';
import { addressDigits } from './ip-address';
import { NumberLine } from './number-line';
import { WrittenNumber } from './numbers';
import { TextEnds } from './text-ends';
import { TextFragments } from './text-fragments';
import type { Leaf, ValueTest } from './value-test';
import type { Wildcard } from './wildcard';

/** One place where an item can be filed, and how many others are there, roughly. */
export type Place<T> = { readonly crowd: number; add(item: T): void; delete(item: T): void };

/** Of two places where as few others are, the one that is looked into faster. */
const COST = { numbers: 0.1, ends: 0.1, ignoringCase: 0.2, addresses: 0.3, fragments: 0.4 } as const;

type Drawer<Key, T> = {
  crowd(key: Key): number;
  add(key: Key, item: T): unknown;
  delete(key: Key, item: T): unknown;
};

/**
 * Where something is filed that needs one value of a field: under what that value equals, how it begins or ends, what
 * it holds, between which numbers it is, or just under its presence. A value leads to everything filed that it can
 * meet, and to some that it does not meet.
 */
export class FieldFiling<T extends object> {
  // Made when there is something to put in.
  #present: Bins<'', T> | undefined;
  #equal: Bins<Leaf, T> | undefined;
  #numbers: NumberLine<T> | undefined;
  #prefixes: TextEnds<T> | undefined;
  #suffixes: TextEnds<T> | undefined;
  #fragments: TextFragments<T> | undefined;
  /** By the first digits of addresses. */
  #addresses: TextEnds<T> | undefined;
  /** By upper case. */
  #equalIgnoringCase: Bins<string, T> | undefined;
  #prefixesIgnoringCase: TextEnds<T> | undefined;
  #suffixesIgnoringCase: TextEnds<T> | undefined;

  /** The places that together catch every value that meets one of `tests`. */
  places(tests: readonly ValueTest[]): Place<T>[] {
    const places: Place<T>[] = [];
    for (const test of tests) {
      if (test.kind === 'absent') continue;
      const place = this.#place(test);
      // A value of its own is better than mere presence, also when nobody is there yet.
      if (!place) {
        this.#present ??= new Bins();
        return [this.#in(this.#present, '', 0.5)];
      }
      places.push(place);
    }
    return places;
  }

  /** Visits what is filed under the presence of the field. */
  eachPresent(visit: (item: T) => void): void {
    this.#present?.each('', visit);
  }

  /** Visits what is filed under this value. */
  each(leaf: Leaf, visit: (item: T) => void): void {
    this.#equal?.each(leaf instanceof WrittenNumber ? writtenKey(leaf.text) : leaf, visit);
    if (typeof leaf === 'string') this.#eachText(leaf, visit);
    else if (typeof leaf === 'number') this.#numbers?.each(leaf, visit);
  }

  #eachText(text: string, visit: (item: T) => void): void {
    this.#prefixes?.each(text, visit);
    this.#suffixes?.each(text, visit);
    this.#fragments?.each(text, visit);
    if (this.#addresses) {
      const digits = addressDigits(text);
      if (digits !== undefined) this.#addresses.each(digits, visit);
    }
    if (!this.#equalIgnoringCase && !this.#prefixesIgnoringCase && !this.#suffixesIgnoringCase) return;
    const upper = text.toUpperCase();
    this.#equalIgnoringCase?.each(upper, visit);
    this.#prefixesIgnoringCase?.each(upper, visit);
    this.#suffixesIgnoringCase?.each(upper, visit);
  }

  /** Undefined when only presence is known of the values that meet the test. */
  #place(test: ValueTest): Place<T> | undefined {
    switch (test.kind) {
      case 'equals':
        return this.#equals(test.value);
      case 'written':
        return this.#equals(writtenKey(test.text));
      case 'range':
        this.#numbers ??= new NumberLine();
        return this.#in(this.#numbers, test, COST.numbers);
      case 'address':
        this.#addresses ??= new TextEnds('start');
        return this.#in(this.#addresses, commonStart(test.bottom, test.top), COST.addresses);
      case 'prefix':
        return isPart(test.text) ? this.#startsWith(test.text) : undefined;
      case 'suffix':
        return isPart(test.text) ? this.#endsWith(test.text) : undefined;
      case 'wildcard':
        return this.#wildcard(test.parts);
      case 'ignore-case':
        return this.#ignoringCase(test.part, test.text);
      default:
        return undefined;
    }
  }

  #equals(value: Leaf): Place<T> {
    this.#equal ??= new Bins();
    return this.#in(this.#equal, value);
  }

  #startsWith(text: string): Place<T> {
    this.#prefixes ??= new TextEnds('start');
    return this.#in(this.#prefixes, text, COST.ends);
  }

  #endsWith(text: string): Place<T> {
    this.#suffixes ??= new TextEnds('end');
    return this.#in(this.#suffixes, text, COST.ends);
  }

  #holds(text: string): Place<T> {
    this.#fragments ??= new TextFragments();
    return this.#in(this.#fragments, this.#fragments.rarest(text), COST.fragments);
  }

  #wildcard(parts: Wildcard): Place<T> | undefined {
    const first = parts[0] as string;
    const last = parts[parts.length - 1] as string;
    if (parts.length === 1) return this.#equals(first);
    const places = parts.slice(1, -1).flatMap((part) => (part === '' ? [] : [this.#holds(part)]));
    if (first !== '') places.push(this.#startsWith(first));
    if (last !== '') places.push(this.#endsWith(last));
    return places.sort((a, b) => a.crowd - b.crowd)[0];
  }

  #ignoringCase(part: 'whole' | 'prefix' | 'suffix', text: string): Place<T> | undefined {
    const upper = text.toUpperCase();
    if (part === 'whole') {
      if (!isFoldable(text)) return undefined;
      this.#equalIgnoringCase ??= new Bins();
      return this.#in(this.#equalIgnoringCase, upper, COST.ignoringCase);
    }
    // Other characters than ASCII's may differ in length between the cases.
    if (!isPart(text) || !isAscii(text)) return undefined;
    if (part === 'prefix') {
      this.#prefixesIgnoringCase ??= new TextEnds('start');
      return this.#in(this.#prefixesIgnoringCase, upper, COST.ignoringCase);
    }
    this.#suffixesIgnoringCase ??= new TextEnds('end');
    return this.#in(this.#suffixesIgnoringCase, upper, COST.ignoringCase);
  }

  #in<Key>(drawer: Drawer<Key, T>, key: Key, cost = 0): Place<T> {
    return {
      crowd: drawer.crowd(key) + cost,
      add: (item) => drawer.add(key, item),
      delete: (item) => drawer.delete(key, item),
    };
  }
}

const writtenKey = (text: string): string => `\0written ${text}`;

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

/** A text with a quote at its ends may be meant for the quotes around a value, see value-test.ts. */
const isPart = (text: string): boolean => text !== '' && !text.startsWith('"') && !text.endsWith('"');

/** Whether upper case gathers all that equals `text` but for the case of its characters. */
function isFoldable(text: string): boolean {
  return text.split('').every((char) => {
    const upper = char.toUpperCase();
    return char.toLowerCase().toUpperCase() === upper && upper.toUpperCase() === upper;
  });
}

function commonStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return a.slice(0, length);
}
