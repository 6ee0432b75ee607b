import { syntaxError } from './expression-error';

export type TokenKind = 'word' | 'name' | 'value' | 'number' | 'sign' | 'end';

export type Token = { readonly kind: TokenKind; readonly text: string; readonly start: number; readonly end: number };

const TOKEN =
  /[ \t\r\n]+|([a-zA-Z][a-zA-Z0-9_]*)|(#[a-zA-Z0-9_]+)|(:[a-zA-Z0-9_]+)|([0-9]+)|(<>|<=|>=|[=<>(),.[\]+-])/y;

/** The tokens of an expression, the last of them its end. */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  while (at < source.length) {
    const match = TOKEN.exec(source);
    if (!match) {
      const bad = source[at] as string;
      throw syntaxError(bad, source.slice(tokens.at(-1)?.start ?? at, at + 2).trim());
    }
    const end = TOKEN.lastIndex;
    const text = match[0];
    const kind = match[1] ? 'word' : match[2] ? 'name' : match[3] ? 'value' : match[4] ? 'number' : 'sign';
    if (text.trim() !== '') tokens.push({ kind, text, start: at, end });
    at = end;
  }
  tokens.push({ kind: 'end', text: '<EOF>', start: source.length, end: source.length });
  return tokens;
}
