import type { AttributeValue, Item } from '../values/attribute-value';
import { member } from '../values/attribute-value';
import type { Path } from './ast';

/** What stands at a path of an item. */
export function valueAt(item: Item, path: Path): AttributeValue | undefined {
  let value = member(item, path[0] as string);
  for (let at = 1; at < path.length && value !== undefined; at++) {
    const step = path[at] as string | number;
    if (typeof step === 'number') value = value.L?.[step];
    else value = value.M === undefined ? undefined : member(value.M, step);
  }
  return value;
}

/** As DynamoDB writes a path in messages: `[a, [0], b]`. */
export const showPath = (path: Path): string =>
  `[${path.map((step) => (typeof step === 'number' ? `[${step}]` : step)).join(', ')}]`;

/** Why two paths cannot stand in one expression; undefined when they can. */
export function clash(paths: readonly Path[]): string | undefined {
  for (let second = 1; second < paths.length; second++) {
    for (let first = 0; first < second; first++) {
      const reason = clashOf(paths[first] as Path, paths[second] as Path);
      if (reason) return reason;
    }
  }
  return undefined;
}

function clashOf(one: Path, two: Path): string | undefined {
  const both = () =>
    `must remove or rewrite one of these paths; path one: ${showPath(one)}, path two: ${showPath(two)}`;
  for (let at = 0; at < one.length && at < two.length; at++) {
    const a = one[at];
    const b = two[at];
    if (typeof a !== typeof b) return `Two document paths conflict with each other; ${both()}`;
    if (a !== b) return undefined;
  }
  return `Two document paths overlap with each other; ${both()}`;
}
