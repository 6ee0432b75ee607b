import type { CallOperand, Operand, Path, PathStep } from './ast';
import { ExpressionError, syntaxError } from './expression-error';
import { type Token, type TokenKind, tokenize } from './lexer';
import { isReserved } from './reserved-words';

const MAX_BYTES = 4096;
const MAX_DEPTH = 32;

/**
 * Walks the tokens of one expression and reads what all kinds of expression have in common. Faults that DynamoDB
 * reports in an order of its own, whatever their place in the text, are collected in `faults`.
 */
export class TokenReader {
  readonly #source: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  readonly faults: { parentheses?: string; call?: string; misuse?: string; reserved?: string } = {};

  constructor(source: string) {
    if (source === '') throw new ExpressionError('The expression can not be empty;');
    const size = Buffer.byteLength(source, 'utf8');
    if (size > MAX_BYTES)
      throw new ExpressionError(`Expression size has exceeded the maximum allowed size; expression size: ${size}`);
    this.#source = source;
    this.#tokens = tokenize(source);
    if (this.#tokens.length === 1) throw new ExpressionError('The expression can not be empty;');
  }

  get token(): Token {
    return this.#tokens[this.#at] as Token;
  }

  next(): Token {
    return this.#tokens[this.#at++] as Token;
  }

  /** Where the reader stands, for going back to. */
  mark(): number {
    return this.#at;
  }

  reset(mark: number): void {
    this.#at = mark;
  }

  /** Where the parenthesis that opens at `mark` is closed. */
  partner(mark: number): number {
    let depth = 0;
    for (let at = mark; at < this.#tokens.length; at++) {
      const { kind, text } = this.#tokens[at] as Token;
      if (kind !== 'sign') continue;
      if (text === '(') depth++;
      else if (text === ')' && --depth === 0) return at;
    }
    return -1;
  }

  isSign(text: string): boolean {
    return this.token.kind === 'sign' && this.token.text === text;
  }

  isWord(word: string): boolean {
    return this.token.kind === 'word' && this.token.text.toUpperCase() === word;
  }

  takeSign(text: string): boolean {
    if (!this.isSign(text)) return false;
    this.#at++;
    return true;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.#at++;
    return true;
  }

  expectSign(text: string): void {
    if (!this.takeSign(text)) throw this.fault();
  }

  expect(kind: TokenKind): string {
    if (this.token.kind !== kind) throw this.fault();
    return this.next().text;
  }

  /** A syntax error at the present token. */
  fault(): ExpressionError {
    const before = this.#tokens[this.#at - 1] ?? this.token;
    const after = this.#tokens[this.#at + 1] ?? this.token;
    return syntaxError(this.token.text, this.#source.slice(before.start, after.end));
  }

  /** Throws the faults collected so far, in DynamoDB's order. */
  report(): void {
    const { parentheses, call, misuse, reserved } = this.faults;
    const first = parentheses ?? call ?? misuse ?? reserved;
    if (first) throw new ExpressionError(first);
  }

  path(): Path {
    const steps: PathStep[] = [this.#pathName()];
    for (;;) {
      if (this.takeSign('.')) steps.push(this.#pathName());
      else if (this.takeSign('[')) {
        steps.push(Number(this.expect('number')));
        this.expectSign(']');
      } else break;
    }
    if (steps.length > MAX_DEPTH)
      throw new ExpressionError(`The document path has too many nesting elements; nesting level: ${steps.length}`);
    return steps;
  }

  #pathName(): string {
    const { kind, text } = this.token;
    if (kind !== 'word' && kind !== 'name') throw this.fault();
    this.#at++;
    if (kind === 'word' && isReserved(text))
      this.faults.reserved ??= `Attribute name is a reserved keyword; reserved keyword: ${text}`;
    return text;
  }

  /** A path, a `:value` or a call; in parentheses or not. */
  operand(arity: ReadonlyMap<string, number>): Operand {
    if (this.takeSign('(')) {
      const doubled = this.isSign('(');
      const inner = this.operand(arity);
      this.expectSign(')');
      if (doubled) this.faults.parentheses ??= REDUNDANT;
      return inner;
    }
    if (this.token.kind === 'value') return { kind: 'value', name: this.next().text };
    const call = this.call(arity);
    return call ?? { kind: 'path', path: this.path() };
  }

  /** A call, when what comes is a word with a parenthesis behind it. */
  call(arity: ReadonlyMap<string, number>): CallOperand | undefined {
    const behind = this.#tokens[this.#at + 1];
    if (this.token.kind !== 'word' || behind?.kind !== 'sign' || behind.text !== '(') return undefined;
    const name = this.next().text;
    this.#at++;
    const operands = [this.operand(arity)];
    while (this.takeSign(',')) operands.push(this.operand(arity));
    this.expectSign(')');
    if (!arity.has(name)) this.faults.call ??= `Invalid function name; function: ${name}`;
    return { kind: 'call', name, operands };
  }
}

export const REDUNDANT = 'The expression has redundant parentheses;';
