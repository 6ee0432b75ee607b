import type { Wildcard } from './wildcard';

/** Among the states, where every other one is a character to be read, or the empty end. */
const STAR = 'star';
/** Any character that stands in no wildcard. */
const OTHER = '\0';
/** Bounds the search for patterns made to be slow; the limit does so for all others. */
const MAX_SETS = 5_000;

/** The states in which a value can leave the wildcards, and whether its last character led there by a character of the wildcard. */
type Places = Map<number, boolean>;

/** Whether `wildcardComplexity` is `limit` or more; told at once of most wildcards. */
export const isTooComplex = (wildcards: readonly Wildcard[], limit: number): boolean =>
  atMost(wildcards) >= limit && wildcardComplexity(wildcards, limit) >= limit;

/** Never less than the complexity: as if a value could be at its worst in all parts at once. */
function atMost(wildcards: readonly Wildcard[]): number {
  let most = 0;
  for (const parts of wildcards) {
    most += 2 * (parts.length - 1);
    // Only one place in the text before the first star can be the right one.
    for (const [index, part] of parts.entries()) most += index === 0 ? Math.min(part.length, 1) : mostPlacesIn(part);
  }
  return most;
}

/** How many beginnings of `part` can be the end of one text: as deep as its borders are nested. */
function mostPlacesIn(part: string): number {
  const borders = [0];
  const depths = [0];
  let most = 0;
  for (let length = 1; length <= part.length; length++) {
    let border = length === 1 ? 0 : (borders[length - 1] as number);
    while (border > 0 && part[border] !== part[length - 1]) border = borders[border] as number;
    if (length > 1 && part[border] === part[length - 1]) border++;
    borders[length] = border;
    depths[length] = (depths[border] as number) + 1;
    most = Math.max(most, depths[length] as number);
  }
  return most;
}

/**
 * How many beginnings of wildcards can match the same value in the worst case, or `limit` when it is that many or more: what
 * Ruler's `MachineComplexityEvaluator` counts, and why EventBridge refuses rules. A beginning that ends with a `*` and the
 * one without it are two.
 */
export function wildcardComplexity(wildcards: readonly Wildcard[], limit: number): number {
  const { states, starts } = statesOf(wildcards);
  const alphabet = new Set([...states.filter((state) => state.length === 1), OTHER]);
  const first: Places = new Map();
  for (const start of starts) enter(states, first, start, false);
  const seen = new Set<string>();
  const queue = [first];
  let worst = 0;
  for (let at = 0; at < queue.length && at < MAX_SETS; at++) {
    for (const char of alphabet) {
      const next = after(states, queue[at] as Places, char);
      worst = Math.max(worst, count(states, next));
      if (worst >= limit) return limit;
      const key = [...next.keys()].sort((a, b) => a - b).join();
      if (next.size === 0 || seen.has(key)) continue;
      seen.add(key);
      queue.push(next);
    }
  }
  return worst;
}

/** The states of all wildcards, one after another. */
function statesOf(wildcards: readonly Wildcard[]): { states: string[]; starts: number[] } {
  const states: string[] = [];
  const starts: number[] = [];
  for (const parts of new Map(wildcards.map((parts) => [JSON.stringify(parts), parts])).values()) {
    starts.push(states.length);
    parts.forEach((part, index) => {
      if (index > 0) states.push(STAR);
      states.push(...part.split(''));
    });
    states.push('');
  }
  return { states, starts };
}

function after(states: readonly string[], places: Places, char: string): Places {
  const next: Places = new Map();
  for (const at of places.keys()) {
    if (states[at] === STAR) enter(states, next, at, false);
    else if (states[at] === char) enter(states, next, at + 1, true);
  }
  return next;
}

function enter(states: readonly string[], places: Places, at: number, byChar: boolean): void {
  places.set(at, byChar || (places.get(at) ?? false));
  // A `*` takes nothing, too.
  if (states[at] === STAR && !places.has(at + 1)) places.set(at + 1, false);
}

function count(states: readonly string[], places: Places): number {
  let beginnings = 0;
  for (const [at, byChar] of places) beginnings += (byChar ? 1 : 0) + (states[at] === STAR ? 1 : 0);
  return beginnings;
}
