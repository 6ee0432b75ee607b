import { ignoreCase } from './ignore-case';
import { InvalidPattern, isInvalidPattern } from './invalid-pattern';
import { addressDigits, cidrRange } from './ip-address';
import type { JsonTokens, Token } from './json-tokens';
import { readNumber, WrittenNumber } from './numbers';
import type { ValueTest } from './value-test';
import { parseWildcard, type Wildcard } from './wildcard';

/** Reads what stands in the array of a pattern's field, as Event Ruler's `JsonRuleCompiler` does. */
export class MatchReader {
  readonly #tokens: JsonTokens;

  constructor(tokens: JsonTokens) {
    this.#tokens = tokens;
  }

  /** The test that starts with `token`, the current one. Throws `InvalidPattern`. */
  read(token: Token): ValueTest {
    switch (token.kind) {
      case '{':
        return this.#expression();
      case 'string': {
        const text = this.#tokens.text();
        // An address means the address, however it is written.
        const digits = addressDigits(text);
        return digits === undefined
          ? { kind: 'equals', value: text }
          : { kind: 'address', bottom: digits, top: digits };
      }
      case 'number': {
        const number = readNumber(token.text);
        return number instanceof WrittenNumber
          ? { kind: 'written', text: number.text }
          : { kind: 'equals', value: number };
      }
      case 'true':
      case 'false':
        return { kind: 'equals', value: token.kind === 'true' };
      case 'null':
        return { kind: 'equals', value: null };
      default:
        throw this.#tokens.refuse('Match value must be String, number, true, false, or null');
    }
  }

  #expression(): ValueTest {
    const token = this.#tokens.next();
    if (token.kind !== 'name') throw this.#tokens.refuse('Match expression name not found');
    switch (token.text) {
      case 'exactly':
        return this.#only({ kind: 'equals', value: this.#string('exact match pattern must be a string') });
      case 'prefix':
      case 'suffix':
        return this.#prefixOrSuffix(token.text);
      case 'numeric':
        return this.#numeric();
      case 'anything-but':
        return this.#anythingBut();
      case 'exists':
        return this.#exists();
      case 'cidr':
        // Ruler says "prefix" here too.
        return this.#only({ kind: 'address', ...cidrRange(this.#string('prefix match pattern must be a string')) });
      case 'equals-ignore-case':
        return this.#only(ignoreCase('whole', this.#string('equals-ignore-case match pattern must be a string')));
      case 'wildcard':
        return this.#only({
          kind: 'wildcard',
          parts: this.#wildcard(this.#string('wildcard match pattern must be a string')),
        });
      default:
        throw this.#tokens.refuse(`Unrecognized match type ${token.text}`);
    }
  }

  #string(otherwise: string): string {
    if (this.#tokens.next().kind !== 'string') throw this.#tokens.refuse(otherwise);
    return this.#tokens.text();
  }

  #wildcard(text: string): Wildcard {
    return parseWildcard(text, (reason) => this.#tokens.refuse(reason));
  }

  #only<T>(test: T): T {
    this.#end('Only one key allowed in match expression');
    return test;
  }

  #end(otherwise: string): void {
    if (this.#tokens.next().kind !== '}') throw this.#tokens.refuse(otherwise);
  }

  #prefixOrSuffix(kind: 'prefix' | 'suffix'): ValueTest {
    const token = this.#tokens.next();
    if (token.kind !== '{') {
      if (token.kind !== 'string') throw this.#tokens.refuse(`${kind} match pattern must be a string`);
      return this.#only({ kind, text: this.#tokens.text() });
    }
    const name = this.#tokens.next();
    const title = kind === 'prefix' ? 'Prefix' : 'Suffix';
    if (name.kind !== 'name') throw this.#tokens.refuse(`${title} expression name not found`);
    if (name.text !== 'equals-ignore-case') throw this.#tokens.refuse(`Unsupported ${kind} pattern: ${name.text}`);
    const text = this.#string('equals-ignore-case match pattern must be a string');
    return this.#only(this.#only(ignoreCase(kind, text)));
  }

  #exists(): ValueTest {
    const { kind } = this.#tokens.next();
    if (kind !== 'true' && kind !== 'false') {
      throw this.#tokens.refuse('exists match pattern must be either true or false.');
    }
    return this.#only({ kind: kind === 'true' ? 'exists' : 'absent' });
  }

  #numeric(): ValueTest {
    if (this.#tokens.next().kind !== '[') throw this.#tokens.refuse('Value of numeric must be an array.');
    const test = this.#comparison();
    this.#end(TOO_MANY);
    return test;
  }

  #comparison(): ValueTest {
    const first = this.#tokens.next();
    if (first.kind !== 'string') throw this.#tokens.refuse(`Invalid member in numeric match: ${this.#tokens.text()}`);
    const operator = this.#tokens.text();
    const operand = this.#tokens.next();
    if (!['=', '>=', '>', '<=', '<'].includes(operator)) {
      throw this.#tokens.refuse(`Unrecognized numeric range operator: ${operator}`);
    }
    if (operand.kind !== 'number') {
      throw this.#tokens.refuse(`Value of ${operator === '=' ? 'equals' : operator} must be numeric`);
    }
    const after = this.#tokens.next();
    const open = operator === '>' || operator === '<';
    if (operator === '>' || operator === '>=') {
      if (after.kind !== ']') return this.#between(operand.text, open, after);
      return { ...EVERYTHING, bottom: this.#comparable(operand.text, true), openBottom: open };
    }
    if (after.kind !== ']') throw this.#tokens.refuse(TOO_MANY);
    const value = this.#comparable(operand.text, true);
    return operator === '=' ? { kind: 'equals', value } : { ...EVERYTHING, top: value, openTop: open };
  }

  #between(bottomText: string, openBottom: boolean, token: Token): ValueTest {
    if (token.kind !== 'string') throw this.#tokens.refuse(`Bad value in numeric range: ${this.#tokens.text()}`);
    const operator = this.#tokens.text();
    if (operator !== '<' && operator !== '<=') throw this.#tokens.refuse(`Bad numeric range operator: ${operator}`);
    const operand = this.#tokens.next();
    if (operand.kind !== 'number') throw this.#tokens.refuse(`Value of ${operator} must be numeric`);
    if (this.#tokens.next().kind !== ']') throw this.#tokens.refuse('Too many terms in numeric range expression');
    const bottom = this.#comparable(bottomText, true);
    const top = this.#comparable(operand.text, true);
    if (bottom >= top) throw this.#tokens.refuse('Bottom must be less than top');
    return { kind: 'range', bottom, openBottom, top, openTop: operator === '<' };
  }

  #comparable(text: string, whileReading: boolean): number {
    const number = readNumber(text);
    if (!(number instanceof WrittenNumber)) return number;
    const reason = `Cannot compare number : ${text}`;
    throw whileReading ? this.#tokens.refuse(reason) : new InvalidPattern(reason, { whileReading: false });
  }

  #anythingBut(): ValueTest {
    let token = this.#tokens.next();
    let inner: string | undefined;
    if (token.kind === '{') {
      const name = this.#tokens.next();
      if (name.kind !== 'name') throw this.#tokens.refuse('Anything-But expression name not found');
      inner = name.text;
      if (!Object.hasOwn(INSIDE_ANYTHING_BUT, inner))
        throw this.#tokens.refuse(`Unsupported anything-but pattern: ${inner}`);
      token = this.#tokens.next();
    }
    if (token.kind !== '[' && token.kind !== 'string' && token.kind !== 'number') {
      throw this.#tokens.refuse('Value of anything-but must be an array or single string/number value.');
    }
    const test =
      inner === undefined
        ? this.#anythingButValues(token)
        : this.#anythingButTexts(inner as keyof typeof INSIDE_ANYTHING_BUT, token);
    this.#end(TOO_MANY);
    if (inner !== undefined) this.#end(TOO_MANY);
    return test;
  }

  #anythingButValues(first: Token): ValueTest {
    const values = new Set<string | number>();
    if (first.kind !== '[') {
      values.add(first.kind === 'string' ? this.#tokens.text() : this.#comparable(first.text, false));
      return { kind: 'anything-but', values };
    }
    const kinds = new Set<string>();
    this.#list((token) => {
      if (token.kind !== 'string' && token.kind !== 'number') {
        throw this.#tokens.refuse('Inside anything but list, start|null|boolean is not supported.');
      }
      kinds.add(token.kind);
      values.add(token.kind === 'string' ? this.#tokens.text() : this.#comparable(token.text, false));
    });
    if (kinds.size !== 1) {
      throw this.#tokens.refuse(
        'Inside anything but list, either all values are number or string, mixed type is not supported',
      );
    }
    return { kind: 'anything-but', values };
  }

  /** Ruler catches what is wrong in a list inside anything-but, and reports it as its own: with the location twice. */
  #list(read: (token: Token) => void): void {
    try {
      for (let token = this.#tokens.next(); token.kind !== ']'; token = this.#tokens.next()) read(token);
    } catch (error) {
      throw isInvalidPattern(error) ? this.#tokens.refuse(error.reason) : error;
    }
  }

  #anythingButTexts(inner: keyof typeof INSIDE_ANYTHING_BUT, first: Token): ValueTest {
    const texts: string[] = [];
    const add = (token: Token) => {
      if (token.kind !== 'string') throw this.#tokens.refuse(INSIDE_ANYTHING_BUT[inner]);
      const text = this.#tokens.text();
      if ((inner === 'prefix' || inner === 'suffix') && text === '') {
        throw this.#tokens.refuse('Null prefix/suffix not allowed');
      }
      texts.push(text);
    };
    if (first.kind === '[') this.#list(add);
    else add(first);
    return {
      kind: 'anything-but-text',
      texts: texts.map((text) => {
        if (inner === 'equals-ignore-case') return ignoreCase('whole', text);
        return inner === 'wildcard' ? { kind: 'wildcard', parts: this.#wildcard(text) } : { kind: inner, text };
      }),
    };
  }
}

const TOO_MANY = 'Too many elements in numeric expression';

const EVERYTHING = {
  kind: 'range',
  bottom: Number.NEGATIVE_INFINITY,
  openBottom: false,
  top: Number.POSITIVE_INFINITY,
  openTop: false,
} as const;

/** What Ruler says of a value that is no string. */
const INSIDE_ANYTHING_BUT = {
  'equals-ignore-case': 'Inside anything-but/equals-ignore-case list, number|start|null|boolean is not supported.',
  prefix: 'prefix/suffix match pattern must be a string',
  suffix: 'prefix/suffix match pattern must be a string',
  wildcard: 'wildcard match pattern must be a string',
} as const;
