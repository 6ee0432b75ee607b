import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import { invalidParameter } from './errors';
import type { TopicRecord } from './topic-record';

export type Statement = { readonly Sid?: string; readonly [member: string]: unknown };

type Document = { readonly Version: string; readonly Id?: string; readonly Statement: readonly Statement[] };

/** The policy that a topic has unless another is set: whoever is in its owner's account, as far as they are allowed to. */
export function defaultPolicy({ arn, account }: Pick<TopicRecord, 'arn' | 'account'>): string {
  const actions = [
    'GetTopicAttributes',
    'SetTopicAttributes',
    'AddPermission',
    'RemovePermission',
    'DeleteTopic',
    'Subscribe',
    'ListSubscriptionsByTopic',
    'Publish',
  ];
  return JSON.stringify({
    Version: '2008-10-17',
    Id: '__default_policy_ID',
    Statement: [
      {
        Sid: '__default_statement_ID',
        Effect: 'Allow',
        Principal: { AWS: '*' },
        Action: actions.map((action) => `SNS:${action}`),
        Resource: arn,
        Condition: { StringEquals: { 'AWS:SourceOwner': account } },
      },
    ],
  } satisfies Document);
}

/** Refuses a policy that SNS would not take, or that could not be judged here. */
export function checkPolicy(text: string, registry: Registry): void {
  try {
    registry.peer('iam').checkResourcePolicy(text);
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'NotImplemented') throw error;
    throw invalidParameter(`Policy Error: ${error.message}`);
  }
}

/** The policy of a topic with its statements as a list. */
export function documentOf(topic: TopicRecord): Document {
  const document = JSON.parse(topic.attributes.Policy ?? defaultPolicy(topic)) as Document;
  return { ...document, Statement: [document.Statement].flat() as Statement[] };
}
