import { parseArn } from '../../core/arn';

/** What subscriptions can deliver to here. */
export type Protocol = 'sqs' | 'lambda';

export type SubscriptionRecord = {
  /** The ARN of its topic and a UUID. */
  readonly arn: string;
  readonly topicArn: string;
  readonly protocol: Protocol;
  /** ARN of the queue or function. */
  readonly endpoint: string;
  readonly owner: string;
  /** ARN of whoever made it. */
  readonly principal: string;
  /** As set, without what is default. */
  readonly attributes: Readonly<Record<string, string>>;
};

export const isRaw = ({ attributes }: SubscriptionRecord): boolean => attributes.RawMessageDelivery === 'true';

/** The dead-letter queue. */
export const deadLettersOf = ({ attributes }: SubscriptionRecord): string | undefined =>
  attributes.RedrivePolicy === undefined
    ? undefined
    : (JSON.parse(attributes.RedrivePolicy) as { deadLetterTargetArn: string }).deadLetterTargetArn;

/** ARNs of queues have no kind before their name, those of functions `function:`. */
export const isQueueArn = (arn: string): boolean => {
  const parsed = parseArn(arn);
  return parsed?.service === 'sqs' && /^[\w-]{1,80}(\.fifo)?$/.test(parsed.resource);
};

export const isFunctionArn = (arn: string): boolean => {
  const parsed = parseArn(arn);
  return parsed?.service === 'lambda' && parsed.resource.startsWith('function:');
};
