import { attachedPolicy, inlinePolicy } from './attached-policy';
import type { ResourceContext, ResourceHandler } from './handler';

const setPolicy = (TopicArn: string, AttributeValue: string, { call }: ResourceContext) =>
  call('sns', 'SetTopicAttributes', { TopicArn, AttributeName: 'Policy', AttributeValue });

/** AWS::SNS::TopicPolicy: the policy of one or several topics. Without it they have the default one again. */
export const snsTopicPolicy: ResourceHandler = attachedPolicy('Topics', setPolicy);

/** AWS::SNS::TopicInlinePolicy: the policy of one topic. */
export const snsTopicInlinePolicy: ResourceHandler = inlinePolicy('TopicArn', setPolicy);
