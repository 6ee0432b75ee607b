import { WrittenNumber } from '../../core/patterns/numbers';

/** `JSON.stringify`, with numbers that no double holds as they were written. */
export function stringifyExact(value: unknown): string {
  const written: string[] = [];
  const json = JSON.stringify(value, (_key, item: unknown) => {
    if (!(item instanceof WrittenNumber)) return item;
    written.push(item.text);
    return `\u0000${written.length - 1}\u0000`;
  });
  if (written.length === 0) return json;
  return json.replace(/"\\u0000(\d+)\\u0000"/g, (_match, index: string) => written[Number(index)] as string);
}
