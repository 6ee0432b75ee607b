import { parseArn } from '../../core/arn';
import { notImplemented, refuseUnknown } from '../../core/aws-error';
import { uuid } from '../../core/ids';
import type { Operation } from '../../core/service';
import { invalidParameter } from './errors';
import { tooManyFilters } from './filter-policy';
import { page } from './page';
import { changedAttributes, shownSubscription } from './subscription-attributes';
import { isFunctionArn, isQueueArn, type Protocol, type SubscriptionRecord } from './subscription-record';
import { isFifo, type TopicRecord, topicOf } from './topic-record';
import type { Topics } from './topics';

const ABSENT = ['http', 'https', 'email', 'email-json', 'sms', 'application', 'firehose'];
const MAX_FILTERS = 200;

export function subscriptionOperations(topics: Topics): Record<string, Operation> {
  const summary = ({ arn, owner, protocol, endpoint, topicArn }: SubscriptionRecord) => ({
    SubscriptionArn: arn,
    Owner: owner,
    Protocol: protocol,
    Endpoint: endpoint,
    TopicArn: topicArn,
  });

  const checkFilterCount = (topicArn: string): void => {
    const filtered = topics.subscriptionsOf(topicArn).filter(({ attributes }) => attributes.FilterPolicy !== undefined);
    if (filtered.length >= MAX_FILTERS) throw tooManyFilters();
  };

  return {
    Subscribe: (input, { account, principal }) => {
      refuseUnknown('sns:Subscribe', input, [
        'TopicArn',
        'Protocol',
        'Endpoint',
        'Attributes',
        'ReturnSubscriptionArn',
      ]);
      const topic = topics.get(input.TopicArn);
      const protocol = readProtocol(input.Protocol);
      const endpoint = readEndpoint(input.Endpoint, protocol, topic, account);
      const given = (input.Attributes || {}) as Record<string, string>;
      const fifo = isFifo(topic) && endpoint.endsWith('.fifo');
      const attributes = changedAttributes('Attributes Reason: ', {}, given, { protocol, fifo });
      const existing = topics
        .subscriptionsOf(topic.arn)
        .find((one) => one.protocol === protocol && one.endpoint === endpoint);
      if (existing) {
        const same = Object.keys(given).every((name) => existing.attributes[name] === attributes[name]);
        if (!same) {
          throw invalidParameter('Attributes Reason: Subscription already exists with different attributes');
        }
        return { SubscriptionArn: existing.arn };
      }
      if (attributes.FilterPolicy !== undefined) checkFilterCount(topic.arn);
      const arn = `${topic.arn}:${uuid()}`;
      const about = { protocol, endpoint, owner: account, principal: principal.arn };
      topics.setSubscription({ arn, topicArn: topic.arn, ...about, attributes });
      return { SubscriptionArn: arn };
    },

    Unsubscribe: (input) => {
      refuseUnknown('sns:Unsubscribe', input, ['SubscriptionArn']);
      readSubscriptionArn(input.SubscriptionArn);
      const subscription = topics.findSubscription(input.SubscriptionArn);
      if (subscription) topics.deleteSubscription(subscription);
    },

    ListSubscriptions: (input, call) => {
      refuseUnknown('sns:ListSubscriptions', input, ['NextToken']);
      return page(topics.subscriptions(call), input.NextToken, (items) => ({ Subscriptions: items.map(summary) }));
    },

    ListSubscriptionsByTopic: (input) => {
      refuseUnknown('sns:ListSubscriptionsByTopic', input, ['TopicArn', 'NextToken']);
      const { arn } = topics.get(input.TopicArn);
      return page(topics.subscriptionsOf(arn), input.NextToken, (items) => ({ Subscriptions: items.map(summary) }));
    },

    GetSubscriptionAttributes: (input) => {
      refuseUnknown('sns:GetSubscriptionAttributes', input, ['SubscriptionArn']);
      readSubscriptionArn(input.SubscriptionArn);
      return { Attributes: shownSubscription(topics.subscription(input.SubscriptionArn)) };
    },

    SetSubscriptionAttributes: (input) => {
      refuseUnknown('sns:SetSubscriptionAttributes', input, ['SubscriptionArn', 'AttributeName', 'AttributeValue']);
      readSubscriptionArn(input.SubscriptionArn);
      const before = topics.subscription(input.SubscriptionArn);
      const { topicArn, endpoint, protocol } = before;
      const change = { [String(input.AttributeName)]: String(input.AttributeValue ?? '') };
      const fifo = topicArn.endsWith('.fifo') && endpoint.endsWith('.fifo');
      const attributes = changedAttributes('', before.attributes, change, { protocol, fifo });
      if (attributes.FilterPolicy !== undefined && before.attributes.FilterPolicy === undefined) {
        checkFilterCount(topicArn);
      }
      topics.setSubscription({ ...before, attributes });
    },
  };
}

function readSubscriptionArn(given: unknown): void {
  const parts = String(given ?? '').split(':').length;
  if (parts < 6) throw invalidParameter(`SubscriptionArn Reason: An ARN must have at least 6 elements, not ${parts}`);
  if (parseArn(topicOf(String(given)))?.service !== 'sns') throw invalidParameter('SubscriptionId');
}

function readProtocol(given: unknown): Protocol {
  if (given === 'sqs' || given === 'lambda') return given;
  if (ABSENT.includes(String(given))) throw notImplemented(`sns:Subscribe: the protocol ${given}`);
  throw invalidParameter(`Amazon SNS does not support this protocol string: ${given}`);
}

function readEndpoint(given: unknown, protocol: Protocol, topic: TopicRecord, account: string): string {
  const endpoint = String(given ?? '');
  if (protocol === 'sqs') {
    if (!isQueueArn(endpoint)) throw invalidParameter('SQS endpoint ARN');
    if (endpoint.endsWith('.fifo') && !isFifo(topic)) {
      throw invalidParameter(
        'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
      );
    }
  } else {
    if (!isFunctionArn(endpoint)) throw invalidParameter('Lambda endpoint ARN');
    if (isFifo(topic)) {
      throw invalidParameter('Invalid parameter: Endpoint Reason: Please use SQS queues with FIFO topics');
    }
  }
  // At AWS the owner of the endpoint would have to confirm.
  if (parseArn(endpoint)?.account !== account) {
    throw notImplemented(`sns:Subscribe: the endpoint ${endpoint} of another account`);
  }
  return endpoint;
}
