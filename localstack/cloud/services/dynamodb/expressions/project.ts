import type { AttributeValue, Item } from '../values/attribute-value';
import { member, setMember } from '../values/attribute-value';
import type { Path } from './ast';
import { valueAt } from './document-path';

/** A part of a document under construction; list elements stand at their old index until the end. */
type Branch = { readonly children: Map<string | number, Branch | AttributeValue>; readonly list: boolean };

/** What stands at the given paths, in the shape of the item; lists close up over what was not asked for. */
export function project(item: Item, paths: readonly Path[]): Item {
  const result: { [name: string]: AttributeValue } = {};
  const branches = new Map<string, Branch>();
  for (const path of paths) {
    const value = valueAt(item, path);
    if (!value) continue;
    const head = path[0] as string;
    if (path.length === 1) setMember(result, head, value);
    else graft(branches, path, value);
  }
  for (const [name, branch] of branches) {
    if (!member(result, name)) setMember(result, name, harvest(branch));
  }
  return result;
}

function graft(branches: Map<string, Branch>, path: Path, value: AttributeValue): void {
  let children = branches as Map<string | number, Branch | AttributeValue>;
  for (let at = 0; at < path.length - 1; at++) {
    const step = path[at] as string | number;
    let branch = children.get(step) as Branch | undefined;
    if (!branch) {
      branch = { children: new Map(), list: typeof path[at + 1] === 'number' };
      children.set(step, branch);
    }
    children = branch.children;
  }
  children.set(path.at(-1) as string | number, value);
}

function harvest(branch: Branch): AttributeValue {
  const value = (child: Branch | AttributeValue) => ('children' in child ? harvest(child as Branch) : child);
  if (branch.list) {
    const entries = [...branch.children].sort(([a], [b]) => Number(a) - Number(b));
    return { L: entries.map(([, child]) => value(child)) };
  }
  const map: { [name: string]: AttributeValue } = {};
  for (const [name, child] of branch.children) setMember(map, name as string, value(child));
  return { M: map };
}
