import { type EventFields, FieldPaths, join, type Membership } from './event-fields';
import { FieldFiling } from './filing';
import { type Alternative, parsePattern } from './pattern-parser';
import { holds, type ValueTest } from './value-test';

type Field = { readonly number: number; readonly tests: readonly ValueTest[] };

/** An alternative of one rule's pattern, its fields in the order of their paths. */
type Candidate<Name> = {
  readonly rule: Rule<Name>;
  readonly fields: readonly Field[];
  /** The field it is filed under; undefined when it can match events that have none of its fields. */
  readonly filed: Field | undefined;
};

type Rule<Name> = { readonly name: Name; readonly candidates: Candidate<Name>[]; matchedIn: number };

/**
 * Many patterns, and which of them match an event. Each alternative of a pattern is filed under the one of its fields
 * that the fewest others are filed under, so an event is only compared with patterns that share a value, a prefix or
 * a suffix with it: the cost grows with the event, hardly with the number of patterns.
 */
export class PatternIndex<Name> {
  readonly #paths = new FieldPaths();
  readonly #rules = new Map<Name, Rule<Name>>();
  readonly #filing = new Map<number, FieldFiling<Candidate<Name>>>();
  readonly #anywhere = new Set<Candidate<Name>>();
  #turn = 0;

  /** Adds or replaces. Throws `InvalidPattern`. */
  set(name: Name, pattern: string): void {
    const alternatives = parsePattern(pattern);
    this.delete(name);
    const rule: Rule<Name> = { name, candidates: [], matchedIn: 0 };
    for (const alternative of alternatives) rule.candidates.push(this.#file(rule, alternative));
    this.#rules.set(name, rule);
  }

  delete(name: Name): boolean {
    for (const candidate of this.#rules.get(name)?.candidates ?? []) {
      const { filed } = candidate;
      if (filed) this.#filing.get(filed.number)?.delete(filed.tests, candidate);
      else this.#anywhere.delete(candidate);
    }
    return this.#rules.delete(name);
  }

  get size(): number {
    return this.#rules.size;
  }

  /** The names of the patterns that match, in no particular order. `event` is as `parseEventJson` gives it. */
  match(event: unknown): Name[] {
    const turn = ++this.#turn;
    const matched: Name[] = [];
    const fields = this.#paths.collect(event);
    const check = (candidates: Set<Candidate<Name>>): void => {
      for (const candidate of candidates) {
        const { rule } = candidate;
        if (rule.matchedIn === turn || !matches(candidate.fields, 0, fields, undefined)) continue;
        rule.matchedIn = turn;
        matched.push(rule.name);
      }
    };
    check(this.#anywhere);
    for (const [number, values] of fields) {
      const filing = this.#filing.get(number);
      if (!filing) continue;
      filing.eachPresent(check);
      for (const { leaf } of values) filing.each(leaf, check);
    }
    return matched;
  }

  #file(rule: Rule<Name>, alternative: Alternative): Candidate<Name> {
    const fields = [...alternative]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, tests]) => ({ number: this.#paths.number(path), tests }));
    let filed: Field | undefined;
    let leastCrowd = Number.POSITIVE_INFINITY;
    for (const field of fields) {
      if (field.tests.some((test) => test.kind === 'absent')) continue;
      const crowd = this.#filingOf(field).crowd(field.tests);
      if (crowd >= leastCrowd) continue;
      filed = field;
      leastCrowd = crowd;
    }
    const candidate: Candidate<Name> = { rule, fields, filed };
    if (filed) this.#filingOf(filed).add(filed.tests, candidate);
    else this.#anywhere.add(candidate);
    return candidate;
  }

  #filingOf(field: Field): FieldFiling<Candidate<Name>> {
    let filing = this.#filing.get(field.number);
    if (!filing) {
      filing = new FieldFiling();
      this.#filing.set(field.number, filing);
    }
    return filing;
  }
}

/** Whether fields `at` and up can be met by values that share one element of every array they are in. */
function matches(fields: readonly Field[], at: number, event: EventFields, soFar: Membership | undefined): boolean {
  const field = fields[at];
  if (!field) return true;
  let consistent = false;
  for (const { leaf, membership } of event.get(field.number) ?? []) {
    const joined = join(soFar, membership);
    if (joined === false) continue;
    consistent = true;
    if (field.tests.some((test) => holds(test, leaf)) && matches(fields, at + 1, event, joined)) return true;
  }
  // Absent is what no value consistent with the matches before has (Ruler takes the fields in the order of paths).
  return !consistent && field.tests.some((test) => test.kind === 'absent') && matches(fields, at + 1, event, soFar);
}
