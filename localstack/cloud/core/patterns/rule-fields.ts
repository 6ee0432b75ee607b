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
  for (const field of fields) {
    const values = event.get(field.number);
    if (!values) {
      if (!field.absent) return false;
    } else {
      // What stands in an array may be absent from the element that the other fields are met in.
      if (!field.takesAny(values) && !(field.absent && values.bound)) return false;
      bound ||= values.bound;
    }
  }
  return !bound || meetsTogether(fields, 0, event, undefined);
}

function meetsTogether(
  fields: readonly RuleField[],
  at: number,
  event: EventFields,
  soFar: Membership | undefined,
): boolean {
  const field = fields[at];
  if (!field) return true;
  let consistent = false;
  // Values of the same element lead to the same rest: it is tried once.
  let failedHere = false;
  let failedIn: Membership | undefined;
  for (const { leaf, membership } of event.get(field.number)?.near(soFar) ?? []) {
    const joined = join(soFar, membership);
    if (joined === false) continue;
    consistent = true;
    const failed = joined === soFar ? failedHere : membership === failedIn;
    if (failed || !field.takes(leaf)) continue;
    if (meetsTogether(fields, at + 1, event, joined)) return true;
    if (joined === soFar) failedHere = true;
    else failedIn = membership;
  }
  // Absent is what no value consistent with the matches before has (Ruler takes the fields in the order of paths).
  return !consistent && field.absent && meetsTogether(fields, at + 1, event, soFar);
}
