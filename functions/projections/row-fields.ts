/** The later of two RFC 3339 times in UTC with milliseconds: a row's `updatedAt` never goes back. */
export function latest(one: string, other: string): string {
  return one > other ? one : other;
}

/** The object without its undefined fields, so that an absent field does not overwrite one that is there. */
export function present<Fields extends Record<string, unknown>>(
  fields: Fields,
): { [Name in keyof Fields]?: Exclude<Fields[Name], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as never;
}
