import { AwsError, notImplemented } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import { invalidParameter } from './errors';
import { checkPolicy, defaultPolicy } from './topic-policy';
import { isFifo, type TopicRecord } from './topic-record';

type Check = (value: string, registry: Registry) => void;

const oneOf =
  (name: string, values: readonly string[]): Check =>
  (value) => {
    if (!values.includes(value)) throw invalidParameter(`Attributes Reason: ${name}: Invalid value [${value}]`);
  };

/** What can be set, and what may be said there. */
const CHECKS: Readonly<Record<string, Check>> = {
  Policy: checkPolicy,
  DisplayName: (value) => {
    if (value.length > 100) throw invalidParameter('DisplayName');
  },
  KmsMasterKeyId: () => {},
  SignatureVersion: oneOf('SignatureVersion', ['1', '2']),
  TracingConfig: (value) => {
    if (value === 'Active') throw notImplemented('sns: TracingConfig Active');
    oneOf('TracingConfig', ['PassThrough'])(value, undefined as never);
  },
  FifoTopic: oneOf('FifoTopic', ['true', 'false']),
  ContentBasedDeduplication: oneOf('ContentBasedDeduplication', ['true', 'false']),
  FifoThroughputScope: oneOf('FifoThroughputScope', ['Topic', 'MessageGroup']),
};

const FIFO_ONLY = ['ContentBasedDeduplication', 'FifoThroughputScope'];

/** What SNS has besides: for endpoints that are not here, and the archive of FIFO topics. */
const KNOWN =
  /^(DeliveryPolicy|ArchivePolicy|(HTTP|Firehose|Lambda|Application|SQS)(Success|Failure)Feedback(RoleArn|SampleRate))$/;

/** Refuses attributes that SNS would not take for a topic of this name, or that are not honoured here. */
export function checkTopicAttributes(
  at: string,
  attributes: Readonly<Record<string, string>>,
  topic: Pick<TopicRecord, 'name'>,
  registry: Registry,
): void {
  for (const [name, value] of Object.entries(attributes)) {
    const check = CHECKS[name];
    if (!check) throw KNOWN.test(name) ? notImplemented(`sns:${at}: ${name}`) : invalidParameter('AttributeName');
    if (FIFO_ONLY.includes(name) && !isFifo(topic)) throw invalidParameter('AttributeName');
    // An empty value takes the attribute away.
    if (value !== '') check(value, registry);
  }
}

const NAME = /^[\w-]{1,256}$/;
const FIFO_NAME =
  'Fifo Topic names must end with .fifo and must be made up of only uppercase and lowercase ASCII letters, numbers, underscores, and hyphens, and must be between 1 and 256 characters long.';

/** A name is that of a FIFO topic if, and only if, the topic is to be one. */
export function checkTopicName(name: string, fifo: boolean): void {
  const bare = fifo ? name.replace(/\.fifo$/, '') : name;
  const right = NAME.test(bare) && name.length <= 256 && (!fifo || name.endsWith('.fifo'));
  if (!right) throw fifo ? new AwsError('InvalidParameter', `Invalid parameter: ${FIFO_NAME}`) : badName();
}

const badName = () => invalidParameter('Topic Name');

const HTTP_DEFAULTS = JSON.stringify({
  http: {
    defaultHealthyRetryPolicy: {
      minDelayTarget: 20,
      maxDelayTarget: 20,
      numRetries: 3,
      numMaxDelayRetries: 0,
      numNoDelayRetries: 0,
      numMinDelayRetries: 0,
      backoffFunction: 'linear',
    },
    disableSubscriptionOverrides: false,
    defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
  },
});

/** As `GetTopicAttributes` shows them. */
export function shownAttributes(topic: TopicRecord, subscriptions: number): Record<string, string> {
  return {
    TopicArn: topic.arn,
    Owner: topic.account,
    Policy: defaultPolicy(topic),
    DisplayName: '',
    SubscriptionsConfirmed: String(subscriptions),
    SubscriptionsPending: '0',
    SubscriptionsDeleted: '0',
    EffectiveDeliveryPolicy: HTTP_DEFAULTS,
    ...(isFifo(topic) && { FifoTopic: 'true', ContentBasedDeduplication: 'false', FifoThroughputScope: 'Topic' }),
    ...topic.attributes,
  };
}
