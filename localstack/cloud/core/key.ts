/**
 * Store keys are strings in which every character is one byte (latin1), so that JavaScript's `<` and LMDB's byte
 * order are the same order.
 */

/** `text` as bytes that sort like its UTF-8 form, ended by a byte that sorts before any continuation. */
export function textKey(text: string): string {
  return `${Buffer.from(text, 'utf8').toString('latin1').replaceAll('\0', '\0\xff')}\0\x01`;
}

/** A non-negative integer, as bytes that sort like the number. */
export function integerKey(value: number): string {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`not a non-negative integer: ${value}`);
  return String(value).padStart(16, '0');
}

/** A key of several parts; it sorts by the first part, then by the second, … */
export function joinKey(...parts: (string | number)[]): string {
  return parts.map((part) => (typeof part === 'number' ? integerKey(part) : textKey(part))).join('');
}

/** The first key behind every key that begins with `prefix`. */
export function afterPrefix(prefix: string): string {
  return `${prefix}\xff\xff\xff\xff`;
}
