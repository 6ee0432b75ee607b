import type { InvalidPattern } from './invalid-pattern';

/** The literal texts between the `*`s of a wildcard: one more than there are `*`s. */
export type Wildcard = readonly string[];

/** Throws `InvalidPattern` for `**` and for a backslash before anything but `*` and `\`. */
export function parseWildcard(text: string, refuse: (reason: string) => InvalidPattern): Wildcard {
  const parts: string[] = [];
  let part = '';
  // Ruler counts positions in the UTF-8 form with the opening quote.
  const position = (at: number) => Buffer.byteLength(text.slice(0, at), 'utf8') + 1;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const next = text[at + 1];
    if (char === '*') {
      if (next === '*') throw refuse(`Consecutive wildcard characters at pos ${position(at)}`);
      parts.push(part);
      part = '';
    } else if (char === '\\') {
      if (next !== '*' && next !== '\\') throw refuse(`Invalid escape character at pos ${position(at)}`);
      part += next;
      at++;
    } else {
      part += char;
    }
  }
  return [...parts, part];
}

export function matchesWildcard(value: string, parts: Wildcard): boolean {
  const first = parts[0] as string;
  if (parts.length === 1) return value === first;
  const last = parts[parts.length - 1] as string;
  if (value.length < first.length + last.length || !value.startsWith(first) || !value.endsWith(last)) return false;
  // The leftmost place for each part leaves the most room for the rest.
  const end = value.length - last.length;
  let at = first.length;
  for (let index = 1; index < parts.length - 1; index++) {
    const part = parts[index] as string;
    const found = value.indexOf(part, at);
    if (found < 0 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}
