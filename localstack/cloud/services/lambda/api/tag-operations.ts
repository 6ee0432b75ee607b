import type { Operation } from '../../../core/service';
import type { FunctionRecord } from '../function-record';
import type { Functions } from '../functions';
import { invalidParameter } from './errors';

export type TagStore = {
  tags(arn: string): Readonly<Record<string, string>>;
  setTags(arn: string, tags: Record<string, string>): void;
};

/** Tags of functions and of event source mappings, by ARN. */
export function tagOperations(functions: Functions, mappings: TagStore): Record<string, Operation> {
  const storeOf = (arn: string): TagStore =>
    arn.includes(':event-source-mapping:') ? mappings : functionTags(functions);
  return {
    ListTags: (input) => ({ Tags: storeOf(input.Resource).tags(input.Resource) }),
    TagResource: (input) => {
      const store = storeOf(input.Resource);
      const tags = { ...store.tags(input.Resource), ...input.Tags };
      if (Object.keys(tags).length > 50) throw invalidParameter('Number of tags exceeds function tag limit.');
      store.setTags(input.Resource, tags);
    },
    UntagResource: (input) => {
      const store = storeOf(input.Resource);
      // In the query: `tagKeys` once for each key.
      const keys = [input.tagKeys ?? input.TagKeys ?? []].flat() as string[];
      const kept = Object.entries(store.tags(input.Resource)).filter(([key]) => !keys.includes(key));
      store.setTags(input.Resource, Object.fromEntries(kept));
    },
  };
}

function functionTags(functions: Functions): TagStore {
  const recordOf = (arn: string): FunctionRecord => functions.resolve(arn, { account: '', region: '' }).record;
  return {
    tags: (arn) => recordOf(arn).tags,
    setTags: (arn, tags) => functions.set({ ...recordOf(arn), tags }),
  };
}
