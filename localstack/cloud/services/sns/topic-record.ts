import { formatArn, parseArn } from '../../core/arn';
import { invalidParameter, noSuchTopic } from './errors';

/** A topic as it is kept. */
export type TopicRecord = {
  readonly arn: string;
  readonly name: string;
  readonly account: string;
  readonly region: string;
  /** As set, without what is default. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
};

type TopicId = Pick<TopicRecord, 'name' | 'account' | 'region'>;

export const topicArn = ({ account, region, name }: TopicId): string =>
  formatArn({ service: 'sns', region, account, resource: name });

export const isFifo = ({ name }: Pick<TopicRecord, 'name'>): boolean => name.endsWith('.fifo');

/** The ARN of the topic that a subscription's ARN begins with. */
export const topicOf = (subscriptionArn: string): string => subscriptionArn.slice(0, subscriptionArn.lastIndexOf(':'));

/** A member of a request that has to be the ARN of a topic. */
export function readTopicArn(given: unknown, member = 'TopicArn'): string {
  if (typeof given !== 'string' || given === '') throw invalidParameter(member);
  const parts = given.split(':').length;
  if (parts < 6) throw invalidParameter(`${member} Reason: An ARN must have at least 6 elements, not ${parts}`);
  const arn = parseArn(given);
  if (arn?.service !== 'sns') throw invalidParameter(member);
  if (arn.resource.includes(':') || arn.resource.includes('/')) throw noSuchTopic();
  return given;
}
