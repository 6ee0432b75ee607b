import type { Properties, ResourceContext, ResourceHandler } from './handler';
import { jsonText } from './pick';

/** AWS::SNS::TopicPolicy: the policy of one or several topics. Without it they have the default one again. */
export const snsTopicPolicy: ResourceHandler = {
  properties: ['PolicyDocument', 'Topics'],
  refused: [],
  required: ['PolicyDocument', 'Topics'],
  createOnly: [],

  create: async (properties, context) => {
    await apply(properties, context);
    const Id = context.newName(80);
    return { physicalId: Id, attributes: { Id } };
  },

  update: async (_id, properties, before, context) => {
    const topics = properties.Topics as string[];
    const left = (before.Topics as string[]).filter((topic) => !topics.includes(topic));
    await set(left, '', context);
    await apply(properties, context);
  },

  delete: (_id, properties, context) => set(properties.Topics, '', context),
};

/** AWS::SNS::TopicInlinePolicy: the policy of one topic. */
export const snsTopicInlinePolicy: ResourceHandler = {
  properties: ['PolicyDocument', 'TopicArn'],
  refused: [],
  required: ['PolicyDocument', 'TopicArn'],
  createOnly: ['TopicArn'],

  create: async ({ PolicyDocument, TopicArn }, context) => {
    await set([TopicArn], jsonText(PolicyDocument), context);
    return { physicalId: TopicArn };
  },

  update: (topic, { PolicyDocument }, _before, context) => set([topic], jsonText(PolicyDocument), context),

  delete: (topic, _properties, context) => set([topic], '', context),
};

const apply = ({ PolicyDocument, Topics }: Properties, context: ResourceContext): Promise<void> =>
  set(Topics, jsonText(PolicyDocument), context);

async function set(topics: readonly string[], AttributeValue: string, { call }: ResourceContext): Promise<void> {
  for (const TopicArn of topics) {
    await call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });
  }
}
