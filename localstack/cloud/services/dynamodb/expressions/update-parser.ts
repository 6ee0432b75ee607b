import type { Operand, SetValue, UpdateAction, ValueOperand } from './ast';
import { ExpressionError } from './expression-error';
import { TokenReader } from './token-reader';

/** Functions of update expressions, with the number of their operands. */
export const updateFunctions: ReadonlyMap<string, number> = new Map([
  ['if_not_exists', 2],
  ['list_append', 2],
]);

const SECTIONS = ['SET', 'REMOVE', 'ADD', 'DELETE'] as const;

/** Reads an update expression. Throws `ExpressionError`. */
export function parseUpdate(source: string): UpdateAction[] {
  const reader = new TokenReader(source);
  const actions: UpdateAction[] = [];
  const seen = new Set<string>();
  let repeated: string | undefined;
  while (reader.token.kind !== 'end') {
    const section = SECTIONS.find((name) => reader.takeWord(name));
    if (!section) throw reader.fault();
    if (seen.has(section)) repeated ??= section;
    seen.add(section);
    do actions.push(readAction(reader, section));
    while (reader.takeSign(','));
  }
  reader.report();
  if (repeated) throw new ExpressionError(`The "${repeated}" section can only be used once in an update expression;`);
  return actions;
}

function readAction(reader: TokenReader, section: (typeof SECTIONS)[number]): UpdateAction {
  const path = reader.path();
  if (section === 'REMOVE') return { kind: 'remove', path };
  if (section === 'SET') {
    reader.expectSign('=');
    return { kind: 'set', path, value: readSetValue(reader) };
  }
  const value: ValueOperand = { kind: 'value', name: reader.expect('value') };
  return { kind: section === 'ADD' ? 'add' : 'delete', path, value };
}

function readSetValue(reader: TokenReader): SetValue {
  const left = readTerm(reader);
  if (!reader.isSign('+') && !reader.isSign('-')) return left;
  const sign = reader.next().text === '+' ? 1 : -1;
  return { kind: 'sum', sign, left, right: readTerm(reader) };
}

/** An operand, or a whole value in parentheses. */
function readTerm(reader: TokenReader): SetValue {
  if (!reader.takeSign('(')) return reader.operand(updateFunctions) as Operand;
  const inner = readSetValue(reader);
  reader.expectSign(')');
  return inner;
}
