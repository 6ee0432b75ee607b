import { WrittenNumber } from './numbers';
import type { Leaf } from './value-test';

/** Which element of which array a leaf is in, innermost array first. Arrays are numbered within one event. */
export type Membership = {
  readonly array: number;
  readonly index: number;
  readonly outer: Membership | undefined;
};

export type FieldValue = { readonly leaf: Leaf; readonly membership: Membership | undefined };

/** The values of an event by field number. */
export type EventFields = ReadonlyMap<number, readonly FieldValue[]>;

type Node = { children: Map<string, Node> | undefined; field: number };

/**
 * The paths that patterns ask for, numbered, and the way to collect their values from an event in one walk. A dot in a
 * name and a step into an object are the same, as in Ruler: `a.b` in a pattern is met by `{"a": {"b": …}}` too.
 */
export class FieldPaths {
  readonly #root: Node = { children: undefined, field: -1 };
  #count = 0;

  /** The number of the field at `path`. */
  number(path: string): number {
    let node = this.#root;
    for (const step of path.split('.')) {
      node.children ??= new Map();
      let child = node.children.get(step);
      if (!child) {
        child = { children: undefined, field: -1 };
        node.children.set(step, child);
      }
      node = child;
    }
    if (node.field < 0) node.field = this.#count++;
    return node.field;
  }

  collect(event: unknown): EventFields {
    const fields = new Map<number, FieldValue[]>();
    let arrays = 0;
    const visit = (value: unknown, node: Node, membership: Membership | undefined): void => {
      if (typeof value !== 'object' || value === null || value instanceof WrittenNumber) {
        if (node.field < 0) return;
        const found = fields.get(node.field);
        const entry = { leaf: value as Leaf, membership };
        if (found) found.push(entry);
        else fields.set(node.field, [entry]);
      } else if (Array.isArray(value)) {
        const array = arrays++;
        for (let index = 0; index < value.length; index++) {
          const element: unknown = value[index];
          // Only objects and arrays inside an array bind what they hold to their place in it.
          const nested = typeof element === 'object' && element !== null && !(element instanceof WrittenNumber);
          visit(element, node, nested ? { array, index, outer: membership } : membership);
        }
      } else {
        visitObject(value, node, membership);
      }
    };
    const visitObject = (object: object, node: Node, membership: Membership | undefined): void => {
      if (!node.children) return;
      for (const name of Object.keys(object)) {
        const child = node.children.get(name) ?? (name.includes('.') ? descend(node, name) : undefined);
        if (child) visit((object as Record<string, unknown>)[name], child, membership);
      }
    };
    if (typeof event === 'object' && event !== null && !Array.isArray(event)) {
      visitObject(event, this.#root, undefined);
    }
    return fields;
  }
}

function descend(from: Node, name: string): Node | undefined {
  let node: Node | undefined = from;
  for (const step of name.split('.')) node = node?.children?.get(step);
  return node;
}

/**
 * `so far` extended by `added`, or false when they are in different elements of one array (Ruler's array consistency:
 * all values that match come from the same element).
 */
export function join(soFar: Membership | undefined, added: Membership | undefined): Membership | undefined | false {
  if (soFar === added || !added) return soFar;
  if (!soFar) return added;
  let joined: Membership | undefined = soFar;
  for (let place: Membership | undefined = added; place; place = place.outer) {
    const index = indexIn(soFar, place.array);
    if (index === undefined) joined = { array: place.array, index: place.index, outer: joined };
    else if (index !== place.index) return false;
  }
  return joined;
}

function indexIn(membership: Membership, array: number): number | undefined {
  for (let place: Membership | undefined = membership; place; place = place.outer) {
    if (place.array === array) return place.index;
  }
  return undefined;
}
