type Tag = { readonly Key: string; readonly Value: string };

/** The tags of a resource property (`[{Key, Value}]`) as a map, which some APIs want. */
export const tagMap = (tags: readonly Tag[] | undefined): Record<string, string> =>
  Object.fromEntries((tags ?? []).map(({ Key, Value }) => [Key, String(Value)]));

/** What has to be set and what removed for `before` to become `now`. */
export function tagChanges(
  now: readonly Tag[] | undefined,
  before: readonly Tag[] | undefined,
): { set: Tag[]; removed: string[] } {
  const old = tagMap(before);
  const next = tagMap(now);
  return {
    set: Object.entries(next)
      .filter(([key, value]) => old[key] !== value)
      .map(([Key, Value]) => ({ Key, Value })),
    removed: Object.keys(old).filter((key) => !(key in next)),
  };
}
