import { FieldValues, type Membership } from './field-values';
import { WrittenNumber } from './numbers';
import type { Leaf } from './value-test';

/** Fewer fields are searched through as fast as a map is made of them. */
const WORTH_A_MAP = 12;

/** The values of an event by field number. */
export class EventFields {
  readonly numbers: number[] = [];
  readonly #values: FieldValues[] = [];
  #byNumber: Map<number, FieldValues> | undefined;

  get(number: number): FieldValues | undefined {
    if (this.#byNumber) return this.#byNumber.get(number);
    const at = this.numbers.indexOf(number);
    return at < 0 ? undefined : this.#values[at];
  }

  add(number: number, leaf: Leaf, membership: Membership | undefined): void {
    const found = this.get(number);
    if (found) {
      found.add(leaf, membership);
      return;
    }
    const values = new FieldValues(leaf, membership);
    this.numbers.push(number);
    this.#values.push(values);
    if (this.numbers.length === WORTH_A_MAP) {
      this.#byNumber = new Map(this.numbers.map((some, at) => [some, this.#values[at] as FieldValues]));
    } else {
      this.#byNumber?.set(number, values);
    }
  }
}

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
    const fields = new EventFields();
    let arrays = 0;
    const visit = (value: unknown, node: Node, membership: Membership | undefined): void => {
      if (typeof value !== 'object' || value === null || value instanceof WrittenNumber) {
        if (node.field >= 0) fields.add(node.field, value as Leaf, membership);
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
      const { children } = node;
      if (!children) return;
      for (const name in object) {
        const child = children.get(name) ?? (name.includes('.') ? descend(node, name) : undefined);
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
