import { refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import type { Buses } from './buses';
import { readArn } from './records';
import { notFound, validation } from './validation';

type Tag = { readonly Key: string; readonly Value: string };
type Tags = Readonly<Record<string, string>>;

const MAX_TAGS = 50;

export function tagsFrom(list: readonly Tag[] = []): Tags {
  if (list.length > MAX_TAGS) throw validation(`A resource can have at most ${MAX_TAGS} tags.`);
  return Object.fromEntries(list.map(({ Key, Value }) => [Key, Value]));
}

/** Tags of buses and of rules, which are told apart by their ARN. */
export function tagOperations(buses: Buses): Record<string, Operation> {
  const tagged = (arn: string): { tags: Tags; set: (tags: Tags) => void } => {
    const named = readArn(arn);
    const rule = named?.rule === undefined ? undefined : buses.findRule(named.bus, named.rule);
    if (rule) return { tags: rule.tags, set: (tags) => buses.setRule({ ...rule, tags }) };
    const bus = named && named.rule === undefined ? buses.find(named.bus) : undefined;
    if (bus) return { tags: bus.record.tags, set: (tags) => buses.setBus({ ...bus.record, tags }) };
    const what = named?.rule === undefined ? `Event bus ${named?.bus.name ?? arn}` : `Rule ${named.rule}`;
    throw notFound(`${what} does not exist${named?.rule === undefined ? '.' : ` on EventBus ${named.bus.name}.`}`);
  };

  return {
    TagResource: (input) => {
      refuseUnknown('events:TagResource', input, ['ResourceARN', 'Tags']);
      const { tags, set } = tagged(input.ResourceARN);
      const all = { ...tags, ...tagsFrom(input.Tags) };
      tagsFrom(Object.entries(all).map(([Key, Value]) => ({ Key, Value })));
      set(all);
      return {};
    },

    UntagResource: (input) => {
      refuseUnknown('events:UntagResource', input, ['ResourceARN', 'TagKeys']);
      const { tags, set } = tagged(input.ResourceARN);
      set(Object.fromEntries(Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key))));
      return {};
    },

    ListTagsForResource: (input) => {
      refuseUnknown('events:ListTagsForResource', input, ['ResourceARN']);
      return { Tags: Object.entries(tagged(input.ResourceARN).tags).map(([Key, Value]) => ({ Key, Value })) };
    },
  };
}
