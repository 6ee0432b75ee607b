/** A member of a JSON object, its value as it is written. */
export type Member = { readonly name: string; readonly text: string };

/**
 * The members of every object that stands `depth` levels deep (1: the document is one) in a text that is JSON.
 * `JSON.parse` keeps the last of two members of one name, and does not tell `1.0` from `1`.
 */
export function membersAt(text: string, depth: number): readonly (readonly Member[])[] {
  const objects: Member[][] = [];
  let level = 0;
  let members: Member[] | undefined;
  let name: string | undefined;
  let valueAt = 0;
  const close = (end: number) => {
    if (name !== undefined) members?.push({ name, text: text.slice(valueAt, end).trim() });
    name = undefined;
  };
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    const inObject = members !== undefined && level === depth;
    if (char === '"') {
      const end = endOfString(text, at);
      if (inObject && name === undefined) name = JSON.parse(text.slice(at, end)) as string;
      at = end - 1;
    } else if (char === ':' && inObject) valueAt = at + 1;
    else if (char === ',' && inObject) close(at);
    else if (char === '{' || char === '[') {
      level += 1;
      if (level === depth && char === '{') {
        members = [];
        objects.push(members);
      }
    } else if (char === '}' || char === ']') {
      if (inObject) {
        close(at);
        members = undefined;
      }
      level -= 1;
    }
  }
  return objects;
}

/** The place behind the closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
