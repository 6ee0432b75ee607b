import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { queueArn, SnsCloud, topicArn } from './sns-cloud';

let cloud: SnsCloud;
beforeAll(async () => {
  cloud = await SnsCloud.start();
});
afterAll(() => cloud.stop());

let count = 0;
/** The messages, of those given with their attributes, that a subscription with this policy gets. */
async function passed(
  policy: object,
  messages: readonly [text: string, attributes: Record<string, string | number | readonly unknown[]>][],
  scope = 'MessageAttributes',
): Promise<string[]> {
  const name = `filtered-${++count}`;
  await cloud.topic(name);
  const FilterPolicy = JSON.stringify(policy);
  await cloud.subscribe(name, name, { FilterPolicy, FilterPolicyScope: scope, RawMessageDelivery: 'true' });
  for (const [text, attributes] of messages) {
    const MessageAttributes = Object.fromEntries(
      Object.entries(attributes).map(([key, value]) => [
        key,
        {
          DataType: typeof value === 'number' ? 'Number' : typeof value === 'string' ? 'String' : 'String.Array',
          StringValue: typeof value === 'object' ? JSON.stringify(value) : String(value),
        },
      ]),
    );
    await cloud.publish(name, text, { MessageAttributes });
  }
  return (await cloud.bodies(name)).sort();
}

describe('attributes', () => {
  const messages: Parameters<typeof passed>[1] = [
    ['none', {}],
    ['placed', { kind: 'placed', total: 12.5, from: '10.0.0.5' }],
    ['Paid', { kind: 'Paid', total: 100, from: '10.1.0.5' }],
    ['many', { kind: ['placed', 'shipped', true, 7] }],
  ];

  test.each<[object, string[]]>([
    [{ kind: ['placed'] }, ['many', 'placed']],
    [{ kind: ['placed', 'Paid'] }, ['Paid', 'many', 'placed']],
    [{ kind: [{ 'anything-but': 'placed' }] }, ['Paid', 'many']],
    [{ kind: [{ 'anything-but': { prefix: 'P' } }] }, ['many', 'placed']],
    [{ kind: [{ prefix: 'ship' }] }, ['many']],
    [{ kind: [{ suffix: 'id' }] }, ['Paid']],
    [{ kind: [{ 'equals-ignore-case': 'PAID' }] }, ['Paid']],
    [{ kind: [true] }, ['many']],
    [{ kind: [7] }, ['many']],
    [{ kind: [{ exists: false }] }, ['none']],
    [{ total: [{ exists: true }] }, ['Paid', 'placed']],
    [{ total: [12.5] }, ['placed']],
    [{ total: [{ numeric: ['>', 12.5, '<=', 100] }] }, ['Paid']],
    [{ total: ['100'] }, []],
    [{ from: [{ cidr: '10.0.0.0/24' }] }, ['placed']],
    [{ kind: ['placed'], total: [{ numeric: ['>', 50] }] }, []],
    [{ $or: [{ kind: ['Paid'] }, { total: [{ numeric: ['<', 50] }] }] }, ['Paid', 'placed']],
  ])('%j lets pass %j', async (policy, expected) => {
    expect(await passed(policy, messages)).toEqual(expected);
  });

  test('of binary kind are not looked at', async () => {
    await cloud.topic('binary');
    await cloud.subscribe('binary', 'binary', { FilterPolicy: '{"a":[{"exists":true}]}' });
    const a = { DataType: 'Binary', BinaryValue: Buffer.from('x').toString('base64') };
    await cloud.publish('binary', 'm', { MessageAttributes: { a } });
    expect(await cloud.bodies('binary')).toEqual([]);
  });
});

test('bodies are filtered at any depth; what is no JSON object fits nothing', async () => {
  const messages = ['{"order":{"state":"placed"}}', '{"order":{"state":"paid"}}', '["placed"]', 'placed'];
  const given = messages.map((text) => [text, {}] as [string, object]) as Parameters<typeof passed>[1];
  const nested = { order: { state: ['placed'] } };
  expect(await passed(nested, given, 'MessageBody')).toEqual(['{"order":{"state":"placed"}}']);
});

describe('a policy that SNS would not take is refused', () => {
  beforeAll(() => cloud.topic('refusing'));
  const values = (n: number) => Array.from({ length: n }, (_, at) => `v${at}`);

  test.each<[string, object | string, string]>([
    ['nested', { a: { b: ['c'] } }, 'Filter policy scope MessageAttributes does not support nested filter policy'],
    ['six keys', Object.fromEntries(values(6).map((key) => [key, ['a']])), 'can not have more than 5 keys'],
    ['151 combinations', { a: values(151) }, 'FilterPolicy: Filter policy is too complex'],
    ['14 × 11 combinations', { a: values(14), b: values(11) }, 'FilterPolicy: Filter policy is too complex'],
    ['an unknown operator', { a: [{ contains: 'b' }] }, 'FilterPolicy: Unrecognized match type contains'],
    ['a wildcard', { a: [{ wildcard: 'b*' }] }, 'FilterPolicy: Unrecognized match type wildcard'],
    [
      'a suffix in anything-but',
      { a: [{ 'anything-but': { suffix: 'b' } }] },
      'Unsupported anything-but pattern: suffix',
    ],
    [
      'a prefix in any case',
      { $or: [{ a: [{ prefix: { 'equals-ignore-case': 'b' } }] }, { b: ['c'] }] },
      'must be a string',
    ],
    ['a text', { a: 'b' }, 'FilterPolicy: "a" must be an object or an array'],
    ['no JSON', '{', 'FilterPolicy: failed to parse JSON.'],
    ['a list', '[]', 'FilterPolicy: Filter is not an object'],
  ])('%s', async (_what, policy, reason) => {
    const FilterPolicy = typeof policy === 'string' ? policy : JSON.stringify(policy);
    const input = { TopicArn: topicArn('refusing'), Protocol: 'sqs', Endpoint: queueArn('q') };
    await expect(cloud.sns('Subscribe', { ...input, Attributes: { FilterPolicy } })).rejects.toMatchObject({
      code: 'InvalidParameter',
      message: expect.stringContaining(`Invalid parameter: Attributes Reason: `),
    });
    await expect(cloud.sns('Subscribe', { ...input, Attributes: { FilterPolicy } })).rejects.toThrow(reason);
  });
});

test('a policy can be changed and taken away; the scope has to suit it', async () => {
  await cloud.topic('changing');
  const SubscriptionArn = await cloud.subscribe('changing', 'changing', { RawMessageDelivery: 'true' });
  const set = (AttributeName: string, AttributeValue: string) =>
    cloud.sns('SetSubscriptionAttributes', { SubscriptionArn, AttributeName, AttributeValue });
  await set('FilterPolicyScope', 'MessageBody');
  await set('FilterPolicy', '{"a":{"b":["c"]}}');
  await cloud.publish('changing', '{"a":{"b":"d"}}');
  await expect(set('FilterPolicyScope', 'MessageAttributes')).rejects.toThrow('does not support nested filter policy');
  const { Attributes } = await cloud.sns('GetSubscriptionAttributes', { SubscriptionArn });
  expect(Attributes).toMatchObject({ FilterPolicy: '{"a":{"b":["c"]}}', FilterPolicyScope: 'MessageBody' });
  await set('FilterPolicy', '{}');
  await cloud.publish('changing', 'passes');
  expect(await cloud.bodies('changing')).toEqual(['passes']);
});
