import type { EventFields } from './event-fields';
import { type FieldValues, join, type Membership } from './field-values';
import { holds, type Leaf, type ValueTest } from './value-test';

/** A field of a pattern: what one of the values at its path must meet. */
export class RuleField {
  readonly number: number;
  readonly tests: readonly ValueTest[];
  /** Whether the path may have no value. */
  readonly absent: boolean;
  /** What a value may equal: most often one thing, and no set is needed for that. */
  readonly #equal: Leaf | ReadonlySet<Leaf> | undefined;
  readonly #others: readonly ValueTest[];

  constructor(number: number, tests: readonly ValueTest[]) {
    this.number = number;
    this.tests = tests;
    this.absent = tests.some((test) => test.kind === 'absent');
    const equal = tests.flatMap((test) => (test.kind === 'equals' ? [test.value] : []));
    this.#equal = equal.length > 1 ? new Set<Leaf>(equal) : equal[0];
    this.#others = equal.length > 0 ? tests.filter((test) => test.kind !== 'equals') : tests;
  }

  takes(leaf: Leaf): boolean {
    if (leaf === this.#equal || (this.#equal instanceof Set && this.#equal.has(leaf))) return true;
    for (const test of this.#others) if (holds(test, leaf)) return true;
    return false;
  }

  takesAny(values: FieldValues): boolean {
    if (values.single) return this.takes(values.leaf);
    for (const { leaf } of values.all) if (this.takes(leaf)) return true;
    return false;
  }
}

/** Whether the fields, in the order of their paths, are met by values that share one element of every array they are in. */
export function meets(fields: readonly RuleField[], event: EventFields): boolean {
  let bound = false;
  let many = false;
  for (const field of fields) {
    const values = event.get(field.number);
    if (!values) {
      if (!field.absent) return false;
    } else {
      // What stands in an array may be absent from the element that the other fields are met in.
      if (!field.takesAny(values) && !(field.absent && values.bound)) return false;
      bound ||= values.bound;
      many ||= values.many;
    }
  }
  return !bound || meetsTogether(fields, 0, event, undefined, many ? new Failures(fields, event) : undefined);
}

function meetsTogether(
  fields: readonly RuleField[],
  at: number,
  event: EventFields,
  before: Membership | undefined,
  failures: Failures | undefined,
): boolean {
  const field = fields[at];
  if (!field) return true;
  const soFar = failures ? failures.relevant(at, before) : before;
  if (failures?.has(at, soFar)) return false;
  let consistent = false;
  for (const { leaf, membership } of event.get(field.number)?.near(soFar) ?? []) {
    const joined = join(soFar, membership);
    if (joined === false) continue;
    consistent = true;
    if (field.takes(leaf) && meetsTogether(fields, at + 1, event, joined, failures)) return true;
  }
  // Absent is what no value consistent with the matches before has (Ruler takes the fields in the order of paths).
  if (!consistent && field.absent && meetsTogether(fields, at + 1, event, soFar, failures)) return true;
  failures?.add(at, soFar);
  return false;
}

/**
 * From where the rest of the fields cannot be met. Without it, arrays that have nothing to do with each other would be
 * tried in all combinations of their elements.
 */
class Failures {
  readonly #failed: Set<string>[];
  /** By place among the fields, the arrays that the values of that field and of those behind it are in. */
  readonly #arrays: Set<number>[] = [];

  constructor(fields: readonly RuleField[], event: EventFields) {
    this.#failed = fields.map(() => new Set());
    let behind = new Set<number>();
    for (const field of [...fields].reverse()) {
      const arrays = event.get(field.number)?.arrays;
      behind = arrays ? new Set([...behind, ...arrays]) : behind;
      this.#arrays.unshift(behind);
    }
  }

  /** What of `membership` binds the field at this place, or any behind it. */
  relevant(at: number, membership: Membership | undefined): Membership | undefined {
    const arrays = this.#arrays[at] as Set<number>;
    const pick = (place: Membership | undefined): Membership | undefined => {
      if (!place) return undefined;
      const outer = pick(place.outer);
      return arrays.has(place.array) ? { array: place.array, index: place.index, outer } : outer;
    };
    return pick(membership);
  }

  has(at: number, membership: Membership | undefined): boolean {
    return (this.#failed[at] as Set<string>).has(nameOf(membership));
  }

  add(at: number, membership: Membership | undefined): void {
    (this.#failed[at] as Set<string>).add(nameOf(membership));
  }
}

function nameOf(membership: Membership | undefined): string {
  const places: string[] = [];
  for (let place = membership; place; place = place.outer) places.push(`${place.array}:${place.index}`);
  return places.sort().join();
}
