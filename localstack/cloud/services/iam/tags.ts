export type Tags = Readonly<Record<string, string>>;

/** Tags as IAM lists them. */
export const tagList = (tags: Tags): { Key: string; Value: string }[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

export function mergeTags(tags: Tags, added: readonly { Key: string; Value?: string }[] | '' | undefined): Tags {
  return { ...tags, ...Object.fromEntries([...(added || [])].map(({ Key, Value }) => [Key, Value ?? ''])) };
}
