import type { InvalidPattern } from './invalid-pattern';

/** The literal texts between the `*`s of a wildcard: one more than there are `*`s. */
export type Wildcard = readonly string[];

/** Among the states of `wildcardComplexity`, where every other one is a character or the empty end. */
const STAR = 'star';

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

/**
 * In how many places of how many wildcards a value can stand at once in the worst case, or `limit` when it is that
 * or more. That is what Ruler's machine pays for a value (its `MachineComplexityEvaluator`), and why EventBridge
 * refuses rules. AWS does not publish its limit; see `MAX_COMPLEXITY` in pattern-parser.ts.
 */
export function wildcardComplexity(wildcards: readonly Wildcard[], limit: number): number {
  const wild = wildcards.filter((parts) => parts.length > 1);
  if (wild.length >= limit) return limit;
  // The states of all wildcards, one after another: each character, and each `*` as a state that stays.
  const states: string[] = [];
  const starts: number[] = [];
  for (const parts of wild) {
    starts.push(states.length);
    parts.forEach((part, index) => {
      if (index > 0) states.push(STAR);
      states.push(...part);
    });
    states.push('');
  }
  const alphabet = new Set(states.filter((state) => state.length === 1));
  const close = (at: number, into: Set<number>) => {
    into.add(at);
    if (states[at] === STAR) into.add(at + 1);
  };
  const first = new Set<number>();
  for (const start of starts) close(start, first);
  const seen = new Set<string>();
  const queue: Set<number>[] = [first];
  let worst = 0;
  // The number of sets is bounded in practice by the limit; the bound is for patterns made to be slow.
  for (let step = 0; step < queue.length && step < 5_000; step++) {
    const set = queue[step] as Set<number>;
    for (const char of alphabet) {
      const next = new Set<number>();
      for (const at of set) {
        if (states[at] === STAR) close(at, next);
        else if (states[at] === char) close(at + 1, next);
      }
      // Beside a `*` the place behind it is the same place until a character is read there.
      const places = [...next].filter((at) => !(states[at - 1] === STAR && next.has(at - 1))).length;
      if (places >= limit) return limit;
      worst = Math.max(worst, places);
      const key = [...next].sort((a, b) => a - b).join();
      if (next.size > 0 && !seen.has(key)) {
        seen.add(key);
        queue.push(next);
      }
    }
  }
  return worst;
}
