import type { CallOperand, Comparator, Condition, Operand } from './ast';
import { ExpressionError } from './expression-error';
import { REDUNDANT, TokenReader } from './token-reader';

const MAX_OPERATORS = 300;
const MAX_CHOICES = 100;

/** Functions of condition expressions, with the number of their operands. */
export const conditionFunctions: ReadonlyMap<string, number> = new Map([
  ['attribute_exists', 1],
  ['attribute_not_exists', 1],
  ['attribute_type', 2],
  ['begins_with', 2],
  ['contains', 2],
  ['size', 1],
]);

const COMPARATORS: ReadonlySet<string> = new Set(['=', '<>', '<', '<=', '>', '>=']);

/** Reads a condition, filter or key condition expression. Throws `ExpressionError`. */
export function parseCondition(source: string): Condition {
  const reader = new TokenReader(source);
  const condition = new ConditionParser(reader).parse();
  if (reader.token.kind !== 'end') throw reader.fault();
  reader.report();
  return condition;
}

class ConditionParser {
  readonly #reader: TokenReader;
  #operators = 0;

  constructor(reader: TokenReader) {
    this.#reader = reader;
  }

  parse(): Condition {
    return this.#logical(this.#or());
  }

  #or(): Condition {
    let left = this.#and();
    while (this.#reader.takeWord('OR')) {
      this.#count();
      left = { kind: 'or', left: this.#logical(left), right: this.#logical(this.#and()) };
    }
    return left;
  }

  #and(): Condition {
    let left = this.#not();
    while (this.#reader.takeWord('AND')) {
      this.#count();
      left = { kind: 'and', left: this.#logical(left), right: this.#logical(this.#not()) };
    }
    return left;
  }

  #not(): Condition {
    if (!this.#reader.takeWord('NOT')) return this.#primary();
    this.#count();
    return { kind: 'not', condition: this.#logical(this.#not()) };
  }

  #primary(): Condition {
    if (this.#reader.isSign('(')) {
      // A parenthesis opens a condition, or only an operand: `(a) = :b`.
      const mark = this.#reader.mark();
      const faults = { ...this.#reader.faults };
      this.#reader.next();
      const doubled = this.#reader.isSign('(');
      try {
        const condition = this.#or();
        this.#reader.expectSign(')');
        if (doubled && this.#reader.partner(mark + 1) === this.#reader.mark() - 2)
          this.#reader.faults.parentheses ??= REDUNDANT;
        if (!this.#comparatorFollows()) return condition;
      } catch (error) {
        if (!(error instanceof ExpressionError)) throw error;
        this.#reader.reset(mark);
        const restored = this.#reader.faults;
        for (const key of Object.keys(restored) as (keyof typeof restored)[]) delete restored[key];
        Object.assign(restored, faults);
        try {
          return this.#comparison();
        } catch {
          throw error;
        }
      }
      this.#reader.reset(mark);
    }
    return this.#comparison();
  }

  #comparatorFollows(): boolean {
    const { kind, text } = this.#reader.token;
    return (kind === 'sign' && COMPARATORS.has(text)) || this.#reader.isWord('BETWEEN') || this.#reader.isWord('IN');
  }

  #comparison(): Condition {
    const left = this.#reader.operand(conditionFunctions);
    const { kind, text } = this.#reader.token;
    if (kind === 'sign' && COMPARATORS.has(text)) {
      this.#count();
      this.#reader.next();
      const right = this.#reader.operand(conditionFunctions);
      this.#values(left, right);
      return { kind: 'compare', comparator: text as Comparator, left, right };
    }
    if (this.#reader.takeWord('BETWEEN')) {
      this.#count();
      const lower = this.#reader.operand(conditionFunctions);
      if (!this.#reader.takeWord('AND')) throw this.#reader.fault();
      const upper = this.#reader.operand(conditionFunctions);
      this.#values(left, lower, upper);
      return { kind: 'between', operand: left, lower, upper };
    }
    if (this.#reader.takeWord('IN')) {
      this.#count();
      this.#reader.expectSign('(');
      const choices = [this.#reader.operand(conditionFunctions)];
      while (this.#reader.takeSign(',')) choices.push(this.#reader.operand(conditionFunctions));
      this.#reader.expectSign(')');
      if (choices.length > MAX_CHOICES)
        throw new ExpressionError(
          `The IN operator is provided with too many operands; number of operands: ${choices.length}`,
        );
      this.#values(left, ...choices);
      return { kind: 'in', operand: left, choices };
    }
    if (left.kind !== 'call') throw this.#reader.fault();
    this.#count();
    this.#values(...left.operands);
    return left;
  }

  /** Operands have to be values: of the functions, only `size` gives one. */
  #values(...operands: Operand[]): void {
    for (const operand of operands) {
      if (operand.kind !== 'call') continue;
      if (operand.name !== 'size' && conditionFunctions.has(operand.name)) this.#misused(operand);
      this.#values(...operand.operands);
    }
  }

  /** What stands alone has to be true or false, which `size` is not. */
  #logical(condition: Condition): Condition {
    if (condition.kind === 'call' && condition.name === 'size') this.#misused(condition);
    return condition;
  }

  #misused(call: CallOperand): void {
    this.#reader.faults.misuse ??= `The function is not allowed to be used this way in an expression; function: ${call.name}`;
  }

  #count(): void {
    if (++this.#operators > MAX_OPERATORS)
      throw new ExpressionError(`The expression contains too many operators; maximum operator count: ${MAX_OPERATORS}`);
  }
}
