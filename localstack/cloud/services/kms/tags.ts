import { AwsError } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import type { Authorization } from './authorization';
import type { Keys } from './keys';
import { pageOf, read } from './request';

type Tags = Readonly<Record<string, string>>;

const MAX_TAGS = 50;

/** `[{TagKey, TagValue}]` as a map. */
export function tagsIn(list: unknown): Tags {
  const tags = (list ?? []) as readonly { readonly TagKey?: unknown; readonly TagValue?: unknown }[];
  const map: Record<string, string> = {};
  for (const { TagKey, TagValue } of tags) {
    const key = String(TagKey ?? '');
    const value = String(TagValue ?? '');
    if (key === '' || key.length > 128 || value.length > 256) throw tagError('Invalid tag');
    if (/^aws:/i.test(key)) throw tagError('Tag keys that begin with aws: are reserved');
    if (key in map) throw tagError('Duplicate tag keys');
    map[key] = value;
  }
  return map;
}

export function tooMany(tags: Tags): Tags {
  if (Object.keys(tags).length > MAX_TAGS) throw tagError('Too many tags');
  return tags;
}

/** Condition keys of requests with tags. */
export const tagKeys = (tags: Tags) => ({
  ...Object.fromEntries(Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value])),
  ...(Object.keys(tags).length > 0 && { 'aws:TagKeys': Object.keys(tags) }),
});

const tagError = (message: string) => new AwsError('TagException', message);

export function tagOperations(keys: Keys, authorization: Authorization): Record<string, Operation> {
  return {
    TagResource: (input, call) => {
      const { KeyId, Tags: list } = read('TagResource', input, ['KeyId', 'Tags']);
      const { key } = keys.named(KeyId, call);
      const tags = tagsIn(list);
      authorization.authorize('TagResource', key, call, { keys: tagKeys(tags) });
      keys.refusePending(key);
      keys.set({ ...key, tags: tooMany({ ...key.tags, ...tags }) });
    },

    UntagResource: (input, call) => {
      const { KeyId, TagKeys } = read('UntagResource', input, ['KeyId', 'TagKeys']);
      const { key } = keys.named(KeyId, call);
      const gone = [TagKeys ?? []].flat().map(String);
      authorization.authorize('UntagResource', key, call, { keys: { 'aws:TagKeys': gone } });
      keys.refusePending(key);
      keys.set({ ...key, tags: Object.fromEntries(Object.entries(key.tags).filter(([name]) => !gone.includes(name))) });
    },

    ListResourceTags: (input, call) => {
      const request = read('ListResourceTags', input, ['KeyId', 'Limit', 'Marker']);
      const { key } = keys.named(request.KeyId, call);
      authorization.authorize('ListResourceTags', key, call);
      const tags = Object.entries(key.tags).sort(([a], [b]) => (a < b ? -1 : 1));
      const { page, more } = pageOf(tags, request, 50, ([name]) => name);
      return { Tags: page.map(([TagKey, TagValue]) => ({ TagKey, TagValue })), ...more };
    },
  };
}
