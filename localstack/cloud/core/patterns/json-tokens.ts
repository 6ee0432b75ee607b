import { InvalidPattern } from './invalid-pattern';

export type Token = {
  readonly kind: '{' | '}' | '[' | ']' | 'name' | 'string' | 'number' | 'true' | 'false' | 'null' | 'end';
  /** Unescaped for names and strings, as written for everything else. */
  readonly text: string;
  /** Where the reader stands when this token is the current one; a string's end is only reached by reading its text. */
  readonly seenTo: number;
  readonly end: number;
};

/** Jackson quotes this much of the source in its messages. */
const QUOTED_SOURCE = 500;
const ESCAPES: Record<string, string> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\', '/': '/' };
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORD = /[\w$]+/y;
const ANY_VALUE = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')";

/**
 * Reads JSON token by token, keeps numbers as they are written, and reports errors in the words and with the
 * locations of Jackson, which Event Ruler reads patterns with: EventBridge shows them to its callers.
 */
export class JsonTokens {
  readonly #source: string;
  /** Open objects and arrays, innermost last. */
  readonly #open: ('{' | '[')[] = [];
  #at = 0;
  /** Whether a `,` or the end of the object or array must come before the next value. */
  #afterValue = false;
  #queued: Token | undefined;
  #current: Token = { kind: 'end', text: '', seenTo: 0, end: 0 };
  #location = 0;

  constructor(source: string) {
    this.#source = source;
  }

  next(): Token {
    const token = this.#queued ?? this.#read();
    this.#queued = undefined;
    if (token.kind === 'name') {
      // Jackson reads on to the value before it hands out the name, so that is where it says it is.
      this.#queued = this.#readValue(this.#skipSpace());
      this.#current = { ...token, seenTo: this.#queued.seenTo };
    } else {
      this.#current = token;
    }
    this.#location = this.#current.seenTo;
    return this.#current;
  }

  /** The text of the current token; reads a string to its end. */
  text(): string {
    if (this.#current.kind === 'string') this.#location = this.#current.end;
    return this.#current.text;
  }

  /** The error that Ruler raises at the current token. */
  refuse(message: string): InvalidPattern {
    return this.#error(message, this.#location);
  }

  #error(message: string, offset: number): InvalidPattern {
    const before = this.#source.slice(0, offset);
    const line = before.split('\n').length;
    const column = offset - (before.lastIndexOf('\n') + 1) + 1;
    const left = this.#source.length - QUOTED_SOURCE;
    const quoted = `"${this.#source.slice(0, QUOTED_SOURCE)}"${left > 0 ? `[truncated ${left} chars]` : ''}`;
    return new InvalidPattern(`${message}\n at [Source: (String)${quoted}; line: ${line}, column: ${column}]`, {
      whileReading: true,
    });
  }

  #unexpected(at: number, expected: string): InvalidPattern {
    if (at >= this.#source.length) return this.#unexpectedEnd();
    const char = this.#source[at] as string;
    return this.#error(`Unexpected character ('${char}' (code ${char.charCodeAt(0)})): ${expected}`, at);
  }

  #unexpectedEnd(): InvalidPattern {
    const open = this.#open.at(-1);
    const inside = open === undefined ? '' : `: expected close marker for ${open === '{' ? 'Object' : 'Array'}`;
    return this.#error(`Unexpected end-of-input${inside}`, this.#source.length);
  }

  #skipSpace(): number {
    while (this.#at < this.#source.length && ' \t\r\n'.includes(this.#source[this.#at] as string)) this.#at++;
    return this.#at;
  }

  #read(): Token {
    const at = this.#skipSpace();
    const open = this.#open.at(-1);
    if (open === undefined) {
      if (at >= this.#source.length) return { kind: 'end', text: '', seenTo: at, end: at };
      return this.#readValue(at);
    }
    const closer = open === '{' ? '}' : ']';
    if (this.#source[at] === closer) return this.#close(closer);
    if (this.#afterValue) {
      if (this.#source[at] !== ',') {
        throw this.#unexpected(at, `was expecting comma to separate ${open === '{' ? 'Object' : 'Array'} entries`);
      }
      this.#at++;
    }
    const start = this.#skipSpace();
    if (open === '[') return this.#readValue(start);
    if (this.#source[start] !== '"') throw this.#unexpected(start, 'was expecting double-quote to start field name');
    const name = this.#readString(start);
    const colon = this.#skipSpace();
    if (this.#source[colon] !== ':') {
      throw this.#unexpected(colon, 'was expecting a colon to separate field name and value');
    }
    this.#at++;
    return { ...name, kind: 'name' };
  }

  #close(kind: '}' | ']'): Token {
    this.#open.pop();
    this.#at++;
    this.#afterValue = true;
    return { kind, text: kind, seenTo: this.#at, end: this.#at };
  }

  #readValue(at: number): Token {
    const char = this.#source[at];
    if (char === undefined) throw this.#unexpectedEnd();
    if (char === '{' || char === '[') {
      this.#open.push(char);
      this.#at = at + 1;
      this.#afterValue = false;
      return { kind: char, text: char, seenTo: this.#at, end: this.#at };
    }
    this.#afterValue = true;
    if (char === '"') return this.#readString(at);
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(this.#source)?.[0];
    if (number !== undefined) {
      this.#at = at + number.length;
      return { kind: 'number', text: number, seenTo: this.#at, end: this.#at };
    }
    WORD.lastIndex = at;
    const word = WORD.exec(this.#source)?.[0];
    if (word === undefined) throw this.#unexpected(at, `expected a valid value ${ANY_VALUE}`);
    this.#at = at + word.length;
    if (word !== 'true' && word !== 'false' && word !== 'null') {
      throw this.#error(`Unrecognized token '${word}': was expecting ${ANY_VALUE}`, this.#at);
    }
    return { kind: word, text: word, seenTo: this.#at, end: this.#at };
  }

  #readString(start: number): Token {
    let text = '';
    let at = start + 1;
    for (;;) {
      const char = this.#source[at];
      if (char === undefined) throw this.#error('Unexpected end-of-input in VALUE_STRING', this.#source.length);
      if (char === '"') break;
      if (char === '\\') {
        const escaped = this.#source[at + 1] ?? '';
        const code = /^[0-9a-fA-F]{4}$/.exec(this.#source.slice(at + 2, at + 6))?.[0];
        if (escaped === 'u' && code !== undefined) {
          text += String.fromCharCode(Number.parseInt(code, 16));
          at += 6;
          continue;
        }
        const plain = ESCAPES[escaped];
        if (plain === undefined) {
          throw this.#error(`Unrecognized character escape '${escaped}' (code ${escaped.charCodeAt(0) || 0})`, at + 2);
        }
        text += plain;
        at += 2;
        continue;
      }
      if (char < ' ') {
        throw this.#error(
          `Illegal unquoted character ((CTRL-CHAR, code ${char.charCodeAt(0)})): has to be escaped using backslash to be included in string value`,
          at + 1,
        );
      }
      text += char;
      at++;
    }
    this.#at = at + 1;
    return { kind: 'string', text, seenTo: start + 1, end: this.#at };
  }
}
