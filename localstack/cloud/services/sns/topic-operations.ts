import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Operation } from '../../core/service';
import { agrees, withAttributes } from './attributes';
import { invalidParameter, noSuchResource } from './errors';
import { page } from './page';
import { checkTopicAttributes, checkTopicName, shownAttributes } from './topic-attributes';
import { defaultPolicy } from './topic-policy';
import { readTopicArn, type TopicRecord, topicArn } from './topic-record';
import type { Topics } from './topics';

type Tag = { readonly Key: string; readonly Value: string };

const MAX_TAGS = 50;

const tagMap = (tags: readonly Tag[] | '' | undefined): Record<string, string> =>
  Object.fromEntries((tags || []).map(({ Key, Value }) => [Key, Value ?? '']));

const tagList = (tags: Readonly<Record<string, string>>): Tag[] =>
  Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));

/** Topics, their attributes and tags. */
export function topicOperations(topics: Topics, registry: Registry): Record<string, Operation> {
  const tagged = (arn: unknown): TopicRecord => {
    const topic = topics.find(readTopicArn(arn, 'ResourceArn'));
    if (!topic) throw noSuchResource();
    return topic;
  };

  return {
    CreateTopic: (input, { account, region }) => {
      refuseUnknown('sns:CreateTopic', input, ['Name', 'Attributes', 'Tags']);
      const name = String(input.Name ?? '');
      const given = (input.Attributes || {}) as Record<string, string>;
      const fifo = given.FifoTopic === 'true';
      checkTopicName(name, fifo);
      checkTopicAttributes('CreateTopic', given, { name }, registry);
      const tags = tagMap(input.Tags);
      checkTags(tags);
      const arn = topicArn({ account, region, name });
      const existing = topics.find(arn);
      if (existing) {
        const shown = shownAttributes(existing, 0);
        const wanted = { ...given, ...(given.FifoTopic === 'false' && { FifoTopic: '' }) };
        if (!agrees(shown, wanted)) throw different('Attributes');
        if (input.Tags && !sameTags(existing.tags, tags)) throw different('Tags');
        return { TopicArn: arn };
      }
      const { FifoTopic: _, ...rest } = withAttributes({}, given);
      const attributes = { Policy: defaultPolicy({ arn, account }), ...rest };
      topics.set({ arn, name, account, region, attributes, tags });
      return { TopicArn: arn };
    },

    DeleteTopic: (input) => {
      refuseUnknown('sns:DeleteTopic', input, ['TopicArn']);
      topics.delete(readTopicArn(input.TopicArn));
    },

    ListTopics: (input, call) => {
      refuseUnknown('sns:ListTopics', input, ['NextToken']);
      return page(topics.list(call), input.NextToken, (items) => ({
        Topics: items.map(({ arn }) => ({ TopicArn: arn })),
      }));
    },

    GetTopicAttributes: (input) => {
      refuseUnknown('sns:GetTopicAttributes', input, ['TopicArn']);
      const topic = topics.get(input.TopicArn);
      return { Attributes: shownAttributes(topic, topics.subscriptionsOf(topic.arn).length) };
    },

    SetTopicAttributes: (input) => {
      refuseUnknown('sns:SetTopicAttributes', input, ['TopicArn', 'AttributeName', 'AttributeValue']);
      const topic = topics.get(input.TopicArn);
      const name = String(input.AttributeName);
      if (name === 'FifoTopic') throw invalidParameter('AttributeName');
      const change = { [name]: String(input.AttributeValue ?? '') };
      checkTopicAttributes('SetTopicAttributes', change, topic, registry);
      const attributes = withAttributes(topic.attributes, change);
      topics.set({ ...topic, attributes: { Policy: defaultPolicy(topic), ...attributes } });
    },

    TagResource: (input) => {
      refuseUnknown('sns:TagResource', input, ['ResourceArn', 'Tags']);
      const topic = tagged(input.ResourceArn);
      const tags = { ...topic.tags, ...tagMap(input.Tags) };
      checkTags(tags);
      topics.set({ ...topic, tags });
      return {};
    },

    UntagResource: (input) => {
      refuseUnknown('sns:UntagResource', input, ['ResourceArn', 'TagKeys']);
      const topic = tagged(input.ResourceArn);
      const gone = (input.TagKeys || []) as string[];
      const tags = Object.fromEntries(Object.entries(topic.tags).filter(([key]) => !gone.includes(key)));
      topics.set({ ...topic, tags });
      return {};
    },

    ListTagsForResource: (input) => {
      refuseUnknown('sns:ListTagsForResource', input, ['ResourceArn']);
      return { Tags: tagList(tagged(input.ResourceArn).tags) };
    },
  };
}

function checkTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS) {
    throw new AwsError('TagLimitExceeded', 'Could not complete request: tag quota of per resource exceeded');
  }
  for (const [key, value] of Object.entries(tags)) {
    if (key === '' || key.length > 128 || value.length > 256 || /^aws:/i.test(key)) throw invalidParameter('Tags');
  }
}

const sameTags = (a: Readonly<Record<string, string>>, b: Readonly<Record<string, string>>): boolean =>
  Object.keys(a).length === Object.keys(b).length && agrees(a, b);

const different = (what: 'Attributes' | 'Tags') =>
  invalidParameter(`${what} Reason: Topic already exists with different ${what.toLowerCase()}`);
