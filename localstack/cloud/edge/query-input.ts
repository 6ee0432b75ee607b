import { AwsError } from '../core/aws-error';

type Node = { [name: string]: Node | string };

/**
 * The input of an awsQuery request: `Tags.member.1.Key=a` becomes `{Tags: [{Key: 'a'}]}`, and the map
 * `Attributes.entry.1.key=a&Attributes.entry.1.value=b` (or `Name` and `Value`) becomes `{Attributes: {a: 'b'}}`. Every
 * leaf is a string; an empty list (`Tags=`) is an empty string.
 */
export function parseQueryInput(form: URLSearchParams): { action: string; input: Record<string, unknown> } {
  const root: Node = {};
  for (const [name, value] of form) {
    if (name === 'Action' || name === 'Version') continue;
    const path = name.split('.');
    let node = root;
    for (const part of path.slice(0, -1)) {
      const next = node[part];
      if (typeof next === 'string') throw new AwsError('MalformedInput', `${name} conflicts with another parameter`);
      const child: Node = next ?? Object.create(null);
      node[part] = child;
      node = child;
    }
    node[path[path.length - 1]!] = value;
  }
  const action = form.get('Action');
  if (!action) throw new AwsError('MissingAction', 'The request must contain the parameter Action.');
  return { action, input: withLists(root) as Record<string, unknown> };
}

function withLists(node: Node | string): unknown {
  if (typeof node === 'string') return node;
  const names = Object.keys(node);
  const { member, entry } = node;
  if (names.length === 1 && entry !== undefined && typeof entry !== 'string') {
    return Object.fromEntries(
      Object.values(entry).flatMap((one) => {
        if (typeof one === 'string') return [];
        const value = one.value ?? one.Value;
        return [[String(one.key ?? one.Name), value === undefined ? '' : withLists(value)]];
      }),
    );
  }
  if (names.length === 1 && member !== undefined && typeof member !== 'string') {
    return Object.keys(member)
      .sort((a, b) => Number(a) - Number(b))
      .map((index) => withLists(member[index]!));
  }
  return Object.fromEntries(names.map((name) => [name, withLists(node[name]!)]));
}
