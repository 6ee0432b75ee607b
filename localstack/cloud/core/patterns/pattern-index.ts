import { type EventFields, FieldPaths } from './event-fields';
import { FieldFiling, type Place } from './filing';
import { type Alternative, parsePattern } from './pattern-parser';
import { meets, RuleField } from './rule-fields';

/** An alternative of one rule's pattern, its fields in the order of their paths. */
type Candidate<Name> = { readonly rule: Rule<Name>; readonly fields: readonly RuleField[]; checkedIn: number };

/** The field that a candidate is filed under, and where. */
type Filed<Name> = {
  readonly candidate: Candidate<Name>;
  readonly field: RuleField;
  readonly places: Place<Candidate<Name>>[];
};

type Rule<Name> = { readonly name: Name; readonly filed: Filed<Name>[]; matchedIn: number };

/**
 * Many patterns, and which of them match an event. Each alternative of a pattern is filed under the one of its fields
 * that the fewest others are filed under, so an event is only compared with patterns that share something with it: a
 * value, a part of a value, a range. The cost grows with the event, hardly with the number of patterns.
 */
export class PatternIndex<Name> {
  readonly #paths = new FieldPaths();
  readonly #rules = new Map<Name, Rule<Name>>();
  readonly #filing = new Map<number, FieldFiling<Candidate<Name>>>();
  /** By field number, what is also filed under the absence of the field. */
  readonly #absent = new Map<number, Set<Candidate<Name>>>();
  #absentCrowd = 0;
  #turn = 0;

  /** Adds or replaces. Throws `InvalidPattern`. */
  set(name: Name, pattern: string): void {
    const alternatives = parsePattern(pattern);
    this.delete(name);
    const rule: Rule<Name> = { name, filed: [], matchedIn: 0 };
    for (const alternative of alternatives) rule.filed.push(this.#file(rule, alternative));
    this.#rules.set(name, rule);
  }

  delete(name: Name): boolean {
    for (const { candidate, field, places } of this.#rules.get(name)?.filed ?? []) {
      for (const place of places) place.delete(candidate);
      if (!field.absent) continue;
      const absent = this.#absent.get(field.number);
      absent?.delete(candidate);
      if (absent?.size === 0) this.#absent.delete(field.number);
      this.#absentCrowd--;
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
    const check = (candidate: Candidate<Name>): void => {
      const { rule } = candidate;
      if (candidate.checkedIn === turn || rule.matchedIn === turn) return;
      candidate.checkedIn = turn;
      if (!meets(candidate.fields, fields)) return;
      rule.matchedIn = turn;
      matched.push(rule.name);
    };
    for (const number of fields.numbers) {
      const filing = this.#filing.get(number);
      const values = filing && fields.get(number);
      if (!values) continue;
      filing.eachPresent(check);
      if (values.single) filing.each(values.leaf, check);
      else for (const { leaf } of values.all) filing.each(leaf, check);
    }
    if (this.#absent.size > 0) this.#eachAbsent(fields, check);
    return matched;
  }

  #eachAbsent(fields: EventFields, check: (candidate: Candidate<Name>) => void): void {
    for (const [number, candidates] of this.#absent) {
      // What stands in an array may be absent from one of its elements.
      if (fields.get(number)?.bound === false) continue;
      for (const candidate of candidates) check(candidate);
    }
  }

  #file(rule: Rule<Name>, alternative: Alternative): Filed<Name> {
    const fields = [...alternative]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, tests]) => new RuleField(this.#paths.number(path), tests));
    const candidate: Candidate<Name> = { rule, fields, checkedIn: 0 };
    let filed: Filed<Name> | undefined;
    let leastCrowd = Number.POSITIVE_INFINITY;
    for (const field of fields) {
      const places = this.#filingOf(field.number).places(field.tests);
      // Most events lack a field that may be absent; worst is one that is only good for that.
      const absentCrowd = field.absent ? (this.#absentCrowd + 1) * (places.length > 0 ? 1 : 2) : 0;
      const crowd = places.reduce((sum, place) => sum + place.crowd, absentCrowd);
      if (crowd >= leastCrowd) continue;
      filed = { candidate, field, places };
      leastCrowd = crowd;
    }
    if (!filed) throw new Error('a pattern without fields');
    for (const place of filed.places) place.add(candidate);
    if (filed.field.absent) this.#fileUnderAbsence(filed);
    return filed;
  }

  #fileUnderAbsence({ candidate, field }: Filed<Name>): void {
    const absent = this.#absent.get(field.number);
    if (absent) absent.add(candidate);
    else this.#absent.set(field.number, new Set([candidate]));
    this.#absentCrowd++;
  }

  #filingOf(number: number): FieldFiling<Candidate<Name>> {
    let filing = this.#filing.get(number);
    if (!filing) {
      filing = new FieldFiling();
      this.#filing.set(number, filing);
    }
    return filing;
  }
}
