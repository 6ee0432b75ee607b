import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ACCOUNT, queueArn, SnsCloud, topicArn } from './sns-cloud';

let cloud: SnsCloud;
beforeAll(async () => {
  cloud = await SnsCloud.start();
});
afterAll(() => cloud.stop());

const functionArn = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`;
const subscribe = (topic: string, Endpoint: string, more: object = {}) =>
  cloud.sns('Subscribe', {
    TopicArn: topicArn(topic),
    Protocol: Endpoint.includes(':lambda:') ? 'lambda' : 'sqs',
    Endpoint,
    ...more,
  });

describe('topics', () => {
  test('are made once, described, changed and deleted', async () => {
    const Tags = [{ Key: 'team', Value: 'shop' }];
    const made = { Name: 'orders', Attributes: { DisplayName: 'Orders' }, Tags };
    expect(await cloud.sns('CreateTopic', made)).toEqual({ TopicArn: topicArn('orders') });
    expect(await cloud.sns('CreateTopic', made)).toEqual({ TopicArn: topicArn('orders') });
    expect(await cloud.sns('CreateTopic', { Name: 'orders' })).toEqual({ TopicArn: topicArn('orders') });
    await expect(cloud.sns('CreateTopic', { ...made, Attributes: { DisplayName: 'Other' } })).rejects.toThrow(
      'Invalid parameter: Attributes Reason: Topic already exists with different attributes',
    );
    await expect(cloud.sns('CreateTopic', { ...made, Tags: [{ Key: 'team', Value: 'x' }] })).rejects.toThrow(
      'Invalid parameter: Tags Reason: Topic already exists with different tags',
    );
    const TopicArn = topicArn('orders');
    await subscribe('orders', queueArn('q'));
    await cloud.sns('SetTopicAttributes', { TopicArn, AttributeName: 'SignatureVersion', AttributeValue: '2' });
    const { Attributes } = await cloud.sns('GetTopicAttributes', { TopicArn });
    expect(Attributes).toMatchObject({
      TopicArn,
      Owner: ACCOUNT,
      DisplayName: 'Orders',
      SubscriptionsConfirmed: '1',
      SubscriptionsPending: '0',
      SignatureVersion: '2',
    });
    expect(JSON.parse(Attributes.Policy)).toMatchObject({ Id: '__default_policy_ID' });
    expect((await cloud.sns('ListTopics', {})).Topics).toContainEqual({ TopicArn });
    await cloud.sns('DeleteTopic', { TopicArn });
    await cloud.sns('DeleteTopic', { TopicArn });
    await expect(cloud.sns('GetTopicAttributes', { TopicArn })).rejects.toMatchObject({
      code: 'NotFound',
      status: 404,
      message: 'Topic does not exist',
    });
    expect((await cloud.sns('ListSubscriptions', {})).Subscriptions).toEqual([]);
  });

  test('have tags', async () => {
    const ResourceArn = await cloud.topic('tagged');
    await cloud.sns('TagResource', {
      ResourceArn,
      Tags: [
        { Key: 'a', Value: '1' },
        { Key: 'b', Value: '2' },
      ],
    });
    await cloud.sns('UntagResource', { ResourceArn, TagKeys: ['a'] });
    expect(await cloud.sns('ListTagsForResource', { ResourceArn })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
    const gone = cloud.sns('ListTagsForResource', { ResourceArn: topicArn('none') });
    await expect(gone).rejects.toMatchObject({ code: 'ResourceNotFound' });
  });

  test.each<[string, object, string]>([
    ['a name with a space', { Name: 'a b' }, 'Invalid parameter: Topic Name'],
    ['a FIFO name without being one', { Name: 'a.fifo' }, 'Invalid parameter: Topic Name'],
    ['a FIFO topic without the name', { Name: 'a', Attributes: { FifoTopic: 'true' } }, 'must end with .fifo'],
    ['FIFO attributes of others', { Name: 'a', Attributes: { ContentBasedDeduplication: 'true' } }, 'AttributeName'],
    ['an unknown attribute', { Name: 'a', Attributes: { Colour: 'red' } }, 'Invalid parameter: AttributeName'],
    ['a policy that is none', { Name: 'a', Attributes: { Policy: '{"Statement":1}' } }, 'Policy Error'],
    [
      'a policy for HTTP',
      { Name: 'a', Attributes: { DeliveryPolicy: '{}' } },
      'sns:CreateTopic: DeliveryPolicy is not',
    ],
    ['a role for feedback', { Name: 'a', Attributes: { SQSSuccessFeedbackRoleArn: 'r' } }, 'is not implemented'],
    [
      'active tracing',
      { Name: 'a', Attributes: { TracingConfig: 'Active' } },
      'TracingConfig Active is not implemented',
    ],
    ['data protection', { Name: 'a', DataProtectionPolicy: '{}' }, 'DataProtectionPolicy is not implemented'],
  ])('are not made with %s', async (_what, input, reason) => {
    await expect(cloud.sns('CreateTopic', input)).rejects.toThrow(reason);
  });

  test('come a hundred to a page', async () => {
    for (let at = 0; at < 101; at++) await cloud.topic(`page-${String(at).padStart(3, '0')}`);
    const first = await cloud.sns('ListTopics', {});
    expect(first.Topics).toHaveLength(100);
    const { Topics, NextToken } = await cloud.sns('ListTopics', { NextToken: first.NextToken });
    expect(Topics.at(-1)).toEqual({ TopicArn: await cloud.topic('tagged') });
    expect(NextToken).toBeUndefined();
  });
});

describe('subscriptions', () => {
  beforeAll(async () => {
    await cloud.topic('subscribed');
    await cloud.topic('subscribed.fifo');
  });

  test('are made once, described and listed', async () => {
    const Attributes = { RawMessageDelivery: 'true' };
    const { SubscriptionArn } = await subscribe('subscribed', queueArn('q'), { Attributes });
    expect(SubscriptionArn).toMatch(/:subscribed:[0-9a-f-]{36}$/);
    expect(await subscribe('subscribed', queueArn('q'))).toEqual({ SubscriptionArn });
    await expect(
      subscribe('subscribed', queueArn('q'), { Attributes: { RawMessageDelivery: 'false' } }),
    ).rejects.toThrow('Invalid parameter: Attributes Reason: Subscription already exists with different attributes');
    expect(await cloud.sns('GetSubscriptionAttributes', { SubscriptionArn })).toEqual({
      Attributes: {
        SubscriptionArn,
        TopicArn: topicArn('subscribed'),
        Protocol: 'sqs',
        Endpoint: queueArn('q'),
        Owner: ACCOUNT,
        SubscriptionPrincipal: `arn:aws:iam::${ACCOUNT}:root`,
        PendingConfirmation: 'false',
        ConfirmationWasAuthenticated: 'true',
        RawMessageDelivery: 'true',
      },
    });
    const Subscriptions = [
      {
        SubscriptionArn,
        Owner: ACCOUNT,
        Protocol: 'sqs',
        Endpoint: queueArn('q'),
        TopicArn: topicArn('subscribed'),
      },
    ];
    expect(await cloud.sns('ListSubscriptionsByTopic', { TopicArn: topicArn('subscribed') })).toEqual({
      Subscriptions,
    });
    expect(await cloud.sns('ListSubscriptions', {})).toEqual({ Subscriptions });
    await cloud.sns('Unsubscribe', { SubscriptionArn });
    await cloud.sns('Unsubscribe', { SubscriptionArn });
    await expect(cloud.sns('GetSubscriptionAttributes', { SubscriptionArn })).rejects.toMatchObject({
      code: 'NotFound',
    });
  });

  const dead = (arn: string) => ({ Attributes: { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arn }) } });
  test.each<[string, string, string, object, string]>([
    ['HTTP', 'subscribed', 'https://example.com', { Protocol: 'https' }, 'the protocol https is not implemented'],
    ['email', 'subscribed', 'a@example.com', { Protocol: 'email' }, 'the protocol email is not implemented'],
    ['a made-up protocol', 'subscribed', 'x', { Protocol: 'x' }, 'does not support this protocol string: x'],
    ['a queue without an ARN', 'subscribed', 'q', {}, 'Invalid parameter: SQS endpoint ARN'],
    [
      'a FIFO queue',
      'subscribed',
      queueArn('q.fifo'),
      {},
      'FIFO SQS Queues can not be subscribed to standard SNS topics',
    ],
    ['a function behind a FIFO topic', 'subscribed.fifo', functionArn, {}, 'Endpoint Reason'],
    ['a queue of another account', 'subscribed', 'arn:aws:sqs:us-east-1:111111111111:q', {}, 'of another account'],
    [
      'raw functions',
      'subscribed',
      functionArn,
      { Attributes: { RawMessageDelivery: 'true' } },
      'raw message delivery',
    ],
    ['dead letters nowhere', 'subscribed', queueArn('q'), dead('x'), 'deadLetterTargetArn is an invalid arn'],
    ['a scope', 'subscribed', queueArn('q'), { Attributes: { FilterPolicyScope: 'x' } }, 'Invalid value [x]'],
    ['a policy for HTTP', 'subscribed', queueArn('q'), { Attributes: { DeliveryPolicy: '{}' } }, 'is not implemented'],
    ['no topic', 'none', queueArn('q'), {}, 'Topic does not exist'],
  ])('are refused: %s', async (_what, topic, endpoint, more, reason) => {
    await expect(subscribe(topic, endpoint, more)).rejects.toThrow(reason);
  });
});
