import { WrittenNumber } from '../../core/patterns/numbers';

/**
 * Reads the JSONPath that EventBridge takes in `InputPath` and `InputPathsMap`: names after dots or in brackets,
 * indexes, `[*]` and `.*`. Undefined when `path` is none.
 */
export function parseJsonPath(path: string): readonly (string | number)[] | undefined {
  if (!path.startsWith('$')) return undefined;
  const steps: (string | number)[] = [];
  let rest = path.slice(1);
  while (rest !== '') {
    const match = /^(?:\.([^.[\]]+)|\[(\d+|\*)\]|\['([^']+)'\]|\["([^"]+)"\])/.exec(rest);
    if (!match) return undefined;
    const [whole, name, index, single, double] = match;
    if (name === '*') steps.push(ALL);
    else if (index !== undefined) steps.push(index === '*' ? ALL : Number(index));
    else steps.push((name ?? single ?? double) as string);
    rest = rest.slice(whole.length);
  }
  return steps;
}

const ALL = -1;

/** The value at a path; undefined when there is none. With a wildcard, an array of what is found. */
export function atPath(value: unknown, steps: readonly (string | number)[]): unknown {
  let current = value;
  for (const [at, step] of steps.entries()) {
    if (step === ALL) {
      if (typeof current !== 'object' || current === null || current instanceof WrittenNumber) return undefined;
      return Object.values(current)
        .map((item) => atPath(item, steps.slice(at + 1)))
        .filter((found) => found !== undefined);
    }
    if (typeof current !== 'object' || current === null) return undefined;
    if (Array.isArray(current) !== (typeof step === 'number')) return undefined;
    current = Object.hasOwn(current, step) ? (current as Record<string | number, unknown>)[step] : undefined;
  }
  return current;
}
