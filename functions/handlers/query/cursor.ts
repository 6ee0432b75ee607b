import { invalid } from '../http/problem';

/** Cursors of another form are refused, not misread. */
const form = 1;

/** An opaque token for a position in one list: base64url of `[form, list, position]`. */
export function toCursor(list: string, position: string): string {
  return Buffer.from(JSON.stringify([form, list, position])).toString('base64url');
}

/** The position in this list; throws a problem for anything that `toCursor` did not make for it. */
export function fromCursor(list: string, cursor: string): string {
  const parts = decoded(cursor);
  if (parts === undefined) {
    throw invalid({ field: 'cursor', value: cursor, expected: 'the cursor of an earlier answer, unchanged' });
  }
  if (parts.list !== list) {
    throw invalid({ field: 'cursor', value: cursor, expected: `a cursor of ${list}; this one is of ${parts.list}` });
  }
  return parts.position;
}

function decoded(cursor: string): { readonly list: string; readonly position: string } | undefined {
  if (!/^[\w-]+$/.test(cursor)) return undefined;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== form) return undefined;
    const [, list, position] = parts;
    if (typeof list !== 'string' || typeof position !== 'string' || position === '') return undefined;
    return { list, position };
  } catch {
    return undefined;
  }
}
