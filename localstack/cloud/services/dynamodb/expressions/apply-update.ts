import { validationError } from '../errors';
import type { AttributeValue, Item } from '../values/attribute-value';
import { member, setMember, typeOf } from '../values/attribute-value';
import { addNumbers } from '../values/number';
import type { Path } from './ast';
import type { BoundAction, BoundSetValue } from './bind-update';
import { valueAt } from './document-path';

/** Values while they are being changed. */
type Draft = { [name: string]: DraftValue };
type DraftValue = Omit<AttributeValue, 'L' | 'M'> & { L?: (DraftValue | undefined)[]; M?: Draft };

/**
 * The item after an update. All right sides are read from the item as it was before; list elements are removed by
 * the index that they had then, and elements set behind the end of a list are appended.
 */
export function applyUpdate(before: Item, actions: readonly BoundAction[]): Item {
  const values = actions.map((action) => (action.kind === 'set' ? evaluate(before, action.value) : undefined));
  const draft: Draft = { ...(before as Draft) };
  const heads = new Set(actions.filter(({ path }) => path.length > 1).map(({ path }) => path[0] as string));
  for (const head of heads) {
    const value = member(before, head);
    if (value) setMember(draft as never, head, structuredClone(value));
  }
  const lists = new Set<DraftValue>();
  actions.forEach((action, index) => {
    const place = locate(draft, action.path, lists);
    switch (action.kind) {
      case 'set':
        place.set(values[index] as DraftValue);
        break;
      case 'remove':
        place.remove();
        break;
      case 'add':
        place.set(sum(place.get() as AttributeValue | undefined, action.value));
        break;
      case 'delete': {
        const left = difference(place.get() as AttributeValue | undefined, action.value);
        if (left) place.set(left);
        else place.remove();
        break;
      }
    }
  });
  for (const list of lists) list.L = (list.L as DraftValue[]).filter((element) => element !== undefined);
  return draft as Item;
}

type Place = { get(): DraftValue | undefined; set(value: DraftValue | AttributeValue): void; remove(): void };

function locate(draft: Draft, path: Path, lists: Set<DraftValue>): Place {
  let map: Draft = draft;
  let parent: DraftValue | undefined;
  for (let at = 0; at < path.length - 1; at++) {
    const step = path[at] as string | number;
    parent = typeof step === 'number' ? parent?.L?.[step] : (member(map as Item, step) as DraftValue | undefined);
    const next = path[at + 1];
    if (typeof next === 'number' ? !parent?.L : !parent?.M)
      throw validationError('The document path provided in the update expression is invalid for update');
    if (parent?.M) map = parent.M;
  }
  const last = path.at(-1) as string | number;
  if (typeof last === 'string') {
    return {
      get: () => member(map as Item, last) as DraftValue | undefined,
      set: (value) => setMember(map as never, last, value as AttributeValue),
      remove: () => {
        delete map[last];
      },
    };
  }
  const owner = parent as DraftValue;
  const list = owner.L as (DraftValue | undefined)[];
  lists.add(owner);
  return {
    get: () => list[last],
    set: (value) => {
      list[last] = value as DraftValue;
    },
    remove: () => {
      if (last < list.length) list[last] = undefined;
    },
  };
}

function evaluate(item: Item, value: BoundSetValue): AttributeValue {
  switch (value.kind) {
    case 'literal':
      return value.value;
    case 'path': {
      const found = valueAt(item, value.path);
      if (!found)
        throw validationError('The provided expression refers to an attribute that does not exist in the item');
      return found;
    }
    case 'if_not_exists':
      return valueAt(item, value.path) ?? evaluate(item, value.otherwise);
    case 'list_append': {
      const left = evaluate(item, value.left).L;
      const right = evaluate(item, value.right).L;
      if (!left || !right) throw wrongType();
      return { L: [...left, ...right] };
    }
    case 'sum': {
      const left = evaluate(item, value.left).N;
      const right = evaluate(item, value.right).N;
      if (left === undefined || right === undefined) throw wrongType();
      return { N: addNumbers(left, right, value.sign) };
    }
  }
}

const wrongType = () => validationError('An operand in the update expression has an incorrect data type');

/** ADD: a number to a number, members to a set; onto nothing, the value itself. */
function sum(present: AttributeValue | undefined, value: AttributeValue): AttributeValue {
  if (!present) return value;
  const type = typeOf(value);
  if (type !== typeOf(present)) throw wrongType();
  if (type === 'N') return { N: addNumbers(present.N as string, value.N as string) };
  const set = type as 'SS' | 'NS' | 'BS';
  return { [set]: [...new Set([...(present[set] as string[]), ...(value[set] as string[])])] };
}

/** DELETE: what is left of a set; undefined when nothing is. */
function difference(present: AttributeValue | undefined, value: AttributeValue): AttributeValue | undefined {
  if (!present) return undefined;
  const type = typeOf(value) as 'SS' | 'NS' | 'BS';
  if (type !== typeOf(present)) throw wrongType();
  const gone = new Set(value[type]);
  const left = (present[type] as string[]).filter((each) => !gone.has(each));
  return left.length > 0 ? { [type]: left } : undefined;
}
