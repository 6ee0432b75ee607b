import { InvalidPattern, isInvalidPattern } from './invalid-pattern';
import { JsonTokens } from './json-tokens';
import { MatchReader } from './match-reader';
import type { ValueTest } from './value-test';
import type { Wildcard } from './wildcard';
import { isTooComplex } from './wildcard-complexity';

/** One way to match a pattern: every path must have a leaf (or none) for which one of the tests holds. */
export type Alternative = ReadonlyMap<string, readonly ValueTest[]>;

/** Names that cannot be fields inside `$or`: Ruler keeps them for operators of today and tomorrow. */
const RESERVED_INSIDE_OR = new Set(
  (
    'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex ' +
    'not-wildcard not-equals-ignore-case date-after date-on-or-after date-before date-on-or-before in-date-range ' +
    'ip-address-in-range ip-address-not-in-range'
  ).split(' '),
);

/**
 * AWS does not say where its limit is. Of the rules that people report, the most complex that was accepted counts 9, the
 * least complex that was refused 11.
 */
const MAX_COMPLEXITY = 9;
/** AWS's limit on what the `$or`s of a pattern multiply to. */
const MAX_ALTERNATIVES = 1000;

/**
 * Reads an event pattern as Event Ruler's `JsonRuleCompiler` does: in the order of its text, so that the first
 * mistake is the one reported, and with its words. `$or` makes several alternatives; the last of two equal paths wins.
 * Throws `InvalidPattern`.
 */
export function parsePattern(text: string): Alternative[] {
  let alternatives: Alternative[];
  try {
    alternatives = new PatternParser(text, true).parse();
  } catch (error) {
    // `$or` that is not used as the operator stays an ordinary field: Ruler then reads the pattern its older way.
    if (!isInvalidPattern(error) || !error.whileReading || !text.includes('$or')) throw error;
    alternatives = new PatternParser(text, false).parse();
  }
  refuseComplex(alternatives);
  return alternatives;
}

function refuseComplex(alternatives: readonly Alternative[]): void {
  for (const wildcards of wildcardsByMachine(alternatives)) {
    if (!isTooComplex(wildcards, MAX_COMPLEXITY + 1)) continue;
    throw new InvalidPattern(
      'Rule is too complex - try using fewer wildcard characters or fewer repeating character sequences after a wildcard character',
      { whileReading: false },
    );
  }
}

/**
 * The wildcards that one of Ruler's machines reads at once: those of a field, of all alternatives that are the same in
 * the fields before it (in the order of their paths).
 */
function wildcardsByMachine(alternatives: readonly Alternative[]): Iterable<Wildcard[]> {
  const machines = new Map<string, Wildcard[]>();
  const numbers = new Map<readonly ValueTest[], number>();
  for (const alternative of alternatives) {
    let before = '';
    for (const [path, tests] of [...alternative].sort(([a], [b]) => (a < b ? -1 : 1))) {
      const machine = `${before}/${path}`;
      const wildcards = tests.flatMap((test) => {
        const texts = test.kind === 'anything-but-text' ? test.texts : [test];
        return texts.flatMap((text) => (text.kind === 'wildcard' ? [text.parts] : []));
      });
      if (wildcards.length > 0) machines.set(machine, [...(machines.get(machine) ?? []), ...wildcards]);
      const number = numbers.get(tests) ?? numbers.size;
      numbers.set(tests, number);
      before = `${machine}#${number}`;
    }
  }
  return machines.values();
}

class PatternParser {
  readonly #tokens: JsonTokens;
  readonly #tests: MatchReader;
  readonly #orIsOperator: boolean;

  constructor(text: string, orIsOperator: boolean) {
    this.#tokens = new JsonTokens(text);
    this.#tests = new MatchReader(this.#tokens);
    this.#orIsOperator = orIsOperator;
  }

  parse(): Alternative[] {
    if (this.#tokens.next().kind !== '{') throw this.#tokens.refuse('Filter is not an object');
    const alternatives: Map<string, ValueTest[]>[] = [];
    this.#object(alternatives, '', false);
    return alternatives;
  }

  #object(alternatives: Map<string, ValueTest[]>[], path: string, insideOr: boolean): void {
    let empty = true;
    for (let token = this.#tokens.next(); token.kind !== '}'; token = this.#tokens.next()) {
      empty = false;
      const name = token.text;
      if (name === '$or' && this.#orIsOperator) {
        this.#or(alternatives, path);
        continue;
      }
      if (insideOr && RESERVED_INSIDE_OR.has(name)) {
        throw this.#tokens.refuse(`${name} is Ruler reserved fieldName which cannot be used inside $or.`);
      }
      const fieldPath = path === '' ? name : `${path}.${name}`;
      const value = this.#tokens.next().kind;
      if (value === '{') this.#object(alternatives, fieldPath, insideOr);
      else if (value === '[') this.#field(alternatives, fieldPath);
      else throw this.#tokens.refuse(`"${name}" must be an object or an array`);
    }
    if (empty) throw this.#tokens.refuse('Empty objects are not allowed');
  }

  #or(alternatives: Map<string, ValueTest[]>[], path: string): void {
    const before = alternatives.splice(0);
    if (this.#tokens.next().kind !== '[') throw this.#tokens.refuse('It must be an Array followed with $or.');
    let branches = 0;
    for (let token = this.#tokens.next(); token.kind !== ']'; token = this.#tokens.next()) {
      branches++;
      if (token.kind !== '{') {
        throw this.#tokens.refuse('Only JSON object is allowed in array of $or relationship.');
      }
      const branch = before.length > 0 ? before.map((tests) => new Map(tests)) : [new Map<string, ValueTest[]>()];
      this.#object(branch, path, true);
      alternatives.push(...branch);
      if (alternatives.length > MAX_ALTERNATIVES) {
        throw new InvalidPattern(`Event pattern contains more than ${MAX_ALTERNATIVES} rule combinations`, {
          whileReading: false,
        });
      }
    }
    if (branches < 2) throw this.#tokens.refuse('There must have at least 2 Objects in $or relationship.');
  }

  #field(alternatives: Map<string, ValueTest[]>[], path: string): void {
    const tests: ValueTest[] = [];
    for (let token = this.#tokens.next(); token.kind !== ']'; token = this.#tokens.next()) {
      tests.push(this.#tests.read(token));
    }
    if (tests.length === 0) throw this.#tokens.refuse('Empty arrays are not allowed');
    if (alternatives.length === 0) alternatives.push(new Map());
    for (const alternative of alternatives) alternative.set(path, tests);
  }
}
