import type { InvalidPattern } from './invalid-pattern';
import { describe, JsonSource } from './json-source';

export type Token = {
  readonly kind: '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'true' | 'false' | 'null' | 'end';
  /** As written for everything but names and strings: a name unescaped, a string only by `JsonTokens.text`. */
  readonly text: string;
};

type Scope = { readonly kind: '{' | '['; readonly at: number; filled: boolean };

const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const DIGIT = /\d/;
/** What Java takes for the start and for a part of an identifier: how far Jackson shows a word that it does not know. */
const WORD_START = /[\p{L}\p{Nl}\p{Sc}\p{Pc}]/u;
const WORD_PART = /[\p{L}\p{Nl}\p{Sc}\p{Pc}\p{Nd}\p{Mn}\p{Mc}\p{Cf}]/u;
const LONGEST_WORD = 256;
const ANY_TOKEN = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";
const BETWEEN_ENTRIES = 'Unexpected end-of-input within/between Object entries';
const NOT_A_COMMENT =
  "maybe a (non-standard) comment? (not recognized as one since Feature 'ALLOW_COMMENTS' not enabled for parser)";

/**
 * Reads JSON token by token, keeps numbers as they are written, and reports errors in the words and with the
 * locations of Jackson, which Event Ruler reads patterns with: EventBridge shows them to its callers. Like Jackson,
 * it reads a string to its end only when its text, or the token after it, is asked for.
 */
export class JsonTokens {
  readonly #source: JsonSource;
  /** Open objects and arrays, innermost last. */
  readonly #open: Scope[] = [];
  /** Where the reader stands. */
  #at = 0;
  /** The value of the name that is the current token. */
  #queued: Token | undefined;
  #current: Token = { kind: 'end', text: '' };
  #string: 'none' | 'unread' | 'read' = 'none';
  #stringText = '';

  constructor(source: string) {
    this.#source = new JsonSource(source);
  }

  next(): Token {
    const token = this.#queued ? this.#entered(this.#queued) : this.#read();
    this.#current = token;
    return token;
  }

  /** The text of the current token. */
  text(): string {
    if (this.#current.kind !== 'string') return this.#current.text;
    if (this.#string === 'unread') this.#finishString();
    return this.#stringText;
  }

  /** The error that Ruler raises at the current token. */
  refuse(message: string): InvalidPattern {
    return this.#source.error(message, this.#at);
  }

  #entered(token: Token): Token {
    this.#queued = undefined;
    if (token.kind === '{' || token.kind === '[') {
      this.#open.push({ kind: token.kind, at: this.#at - 1, filled: false });
    }
    return token;
  }

  #read(): Token {
    if (this.#string === 'unread') this.#finishString();
    let char = this.#skipSpace();
    const scope = this.#open.at(-1);
    if (char === undefined) {
      if (!scope) return { kind: 'end', text: '' };
      const kind = scope.kind === '{' ? 'Object' : 'Array';
      const start = this.#source.location(scope.at);
      throw this.refuse(`Unexpected end-of-input: expected close marker for ${kind} (start marker at ${start})`);
    }
    if (char === '}' || char === ']') return this.#close(char, scope);
    if (scope?.filled) {
      const entries = scope.kind === '{' ? 'Object' : 'Array';
      if (char !== ',') throw this.#unexpected(`was expecting comma to separate ${entries} entries`);
      char = this.#skipSpaceTo(BETWEEN_ENTRIES.replace('Object', entries));
    }
    if (scope) scope.filled = true;
    if (scope?.kind !== '{') return this.#entered(this.#value(char, scope));
    if (char !== '"') throw this.#unexpected('was expecting double-quote to start field name');
    const name = this.#readString('field name', 'name');
    if (this.#skipSpaceTo(BETWEEN_ENTRIES) !== ':') {
      throw this.#unexpected('was expecting a colon to separate field name and value');
    }
    // Jackson reads on to the value before it hands out the name, so that is where it says it is.
    this.#queued = this.#value(this.#skipSpaceTo(BETWEEN_ENTRIES), scope);
    return { kind: 'name', text: name };
  }

  #close(kind: '}' | ']', scope: Scope | undefined): Token {
    if (scope?.kind !== (kind === '}' ? '{' : '[')) {
      const [opened, expected] = !scope
        ? ['root', kind === '}' ? ']' : '}']
        : scope.kind === '{'
          ? ['Object', '}']
          : ['Array', ']'];
      const start = this.#source.location(scope?.at ?? -1);
      throw this.#source.error(
        `Unexpected close marker '${kind}': expected '${expected}' (for ${opened} starting at ${start})`,
        this.#at - 1,
      );
    }
    this.#open.pop();
    return { kind, text: kind };
  }

  /** The first character after white space, read; undefined at the end. */
  #skipSpace(): string | undefined {
    for (;;) {
      const char = this.#source.text[this.#at];
      if (char === undefined) return undefined;
      this.#at++;
      if (char === ' ' || char === '\n' || char === '\t' || char === '\r') continue;
      if (char === '/') throw this.#unexpected(NOT_A_COMMENT);
      if (char >= ' ') return char;
      throw this.#source.error(
        `Illegal character (${describe(char)}): only regular white space (\\r, \\n, \\t) is allowed between tokens`,
        this.#at - 1,
      );
    }
  }

  #skipSpaceTo(atTheEnd: string): string {
    const char = this.#skipSpace();
    if (char === undefined) throw this.refuse(atTheEnd);
    return char;
  }

  /** The value that starts with `char`, which has been read. */
  #value(char: string, scope: Scope | undefined): Token {
    if (char === '"') {
      this.#string = 'unread';
      return { kind: 'string', text: '' };
    }
    if (char === '{' || char === '[') return { kind: char, text: char };
    if (char === '-' || DIGIT.test(char)) return this.#number(scope);
    if (char === 't') return this.#word('true', char);
    if (char === 'f') return this.#word('false', char);
    if (char === 'n') return this.#word('null', char);
    if (char === 'N') throw this.#nonStandard('NaN');
    if (char === 'I') throw this.#nonStandard('Infinity');
    if (char === '+') throw this.#plus();
    if (char === '}' && scope) throw this.#unexpected('expected a value');
    if (WORD_START.test(char)) throw this.#unknownWord(char);
    throw this.#unexpected(`expected a valid value ${ANY_TOKEN}`);
  }

  #number(scope: Scope | undefined): Token {
    const { text } = this.#source;
    const start = this.#at - 1;
    NUMBER.lastIndex = start;
    const number = NUMBER.exec(text)?.[0];
    if (number === undefined) {
      if (text[start + 1] === undefined) {
        throw this.#source.error('Unexpected end-of-inputNo digit following sign', start + 1);
      }
      if (text[start + 1] === '.') {
        throw this.#source.unexpectedChar('.', start, `expected a valid value ${ANY_TOKEN}`);
      }
      const expected = 'expected digit (0-9) to follow minus sign, for valid numeric value';
      throw this.#source.unexpected(start + 1, expected, ' in numeric value');
    }
    this.#at = start + number.length;
    const after = text[this.#at];
    if (/^-?0$/.test(number) && after !== undefined && DIGIT.test(after)) {
      throw this.refuse('Invalid numeric value: Leading zeroes not allowed');
    }
    if (after === '.' && !/[.eE]/.test(number)) {
      const odd = text[this.#at + 1] ?? '.';
      throw this.#source.unexpectedChar(odd, this.#at, 'Decimal point not followed by a digit', ' in numeric value');
    }
    if ((after === 'e' || after === 'E') && !/[eE]/.test(number)) throw this.#badExponent();
    if (!scope && after !== undefined) {
      if (!' \t\r\n'.includes(after)) {
        throw this.#source.unexpected(this.#at, 'Expected space separating root-level values');
      }
      this.#at++;
    }
    return { kind: 'number', text: number };
  }

  #badExponent(): InvalidPattern {
    const { text } = this.#source;
    const sign = text[this.#at + 1] === '+' || text[this.#at + 1] === '-' ? 1 : 0;
    const end = this.#at + 1 + sign;
    const odd = text[end];
    if (odd === undefined) {
      return this.#source.error('Unexpected end-of-inputexpected a digit for number exponent', end);
    }
    const expected = 'Exponent indicator not followed by a digit';
    return this.#source.unexpectedChar(odd, end - 1, expected, ' in numeric value');
  }

  #plus(): InvalidPattern {
    const next = this.#source.text[this.#at];
    if (next === undefined) {
      return this.refuse('Unexpected end-of-input in a value');
    }
    const expected =
      'JSON spec does not allow numbers to have plus signs: enable `JsonReadFeature.ALLOW_LEADING_PLUS_SIGN_FOR_NUMBERS` to allow';
    return this.#source.unexpectedChar('+', this.#at, expected, ' in numeric value');
  }

  #word(word: 'true' | 'false' | 'null', first: string): Token {
    const matched = this.#match(word, first);
    if (matched.length < word.length || WORD_PART.test(this.#source.text[this.#at] ?? ' ')) {
      throw this.#unknownWord(matched);
    }
    return { kind: word, text: word };
  }

  #nonStandard(word: 'NaN' | 'Infinity'): InvalidPattern {
    const matched = this.#match(word, word[0] as string);
    if (matched.length < word.length || WORD_PART.test(this.#source.text[this.#at] ?? ' ')) {
      return this.#unknownWord(matched);
    }
    return this.refuse(`Non-standard token '${word}': enable \`JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS\` to allow`);
  }

  #match(word: string, first: string): string {
    let matched = first;
    while (matched.length < word.length && this.#source.text[this.#at] === word[matched.length]) {
      matched += word[matched.length];
      this.#at++;
    }
    return matched;
  }

  #unknownWord(matched: string): InvalidPattern {
    let word = matched;
    for (let char = this.#source.text[this.#at]; char !== undefined && WORD_PART.test(char); ) {
      word += char;
      char = this.#source.text[++this.#at];
      if (word.length < LONGEST_WORD) continue;
      word += '...';
      break;
    }
    return this.refuse(`Unrecognized token '${word}': was expecting ${ANY_TOKEN}`);
  }

  #unexpected(expected: string): InvalidPattern {
    return this.#source.unexpected(this.#at - 1, expected);
  }

  #finishString(): void {
    this.#stringText = this.#readString('string value', 'string value');
    this.#string = 'read';
  }

  /** Reads to the closing quote, from behind the opening one. */
  #readString(what: 'field name' | 'string value', place: string): string {
    const { text } = this.#source;
    let read = '';
    for (;;) {
      const char = text[this.#at];
      if (char === undefined) {
        throw this.refuse(
          `Unexpected end-of-input${what === 'field name' ? ' in field name' : ': was expecting closing quote for a string value'}`,
        );
      }
      this.#at++;
      if (char === '"') return read;
      if (char === '\\') {
        read += this.#escaped();
      } else if (char < ' ') {
        throw this.#source.error(
          `Illegal unquoted character (${describe(char)}): has to be escaped using backslash to be included in ${place}`,
          this.#at - 1,
        );
      } else {
        read += char;
      }
    }
  }

  #escaped(): string {
    const { text } = this.#source;
    const escaped = text[this.#at++];
    if (escaped === undefined) {
      this.#at--;
      throw this.refuse('Unexpected end-of-input in character escape sequence');
    }
    if (escaped !== 'u') {
      const plain = ESCAPES[escaped];
      if (plain !== undefined) return plain;
      throw this.#source.error(`Unrecognized character escape ${describe(escaped)}`, this.#at - 1);
    }
    let code = 0;
    for (let digit = 0; digit < 4; digit++) {
      const char = text[this.#at++];
      if (char === undefined) {
        this.#at--;
        throw this.refuse('Unexpected end-of-input in character escape sequence');
      }
      if (!/[0-9a-fA-F]/.test(char)) {
        throw this.#unexpected('expected a hex-digit for character escape sequence');
      }
      code = code * 16 + Number.parseInt(char, 16);
    }
    return String.fromCharCode(code);
  }
}
