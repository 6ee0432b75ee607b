import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import { busArn, EventsUnderTest, functionArn, groupArn, queueArn, ruleArn } from './events-under-test';

let events: EventsUnderTest;
beforeEach(() => {
  events = new EventsUnderTest();
});
afterEach(() => events.stop());

const shop = { source: ['shop'] };

test('queues, FIFO queues and log groups get events too', async () => {
  await events.rule('r', shop, [
    { Id: '1', Arn: queueArn('q') },
    { Id: '2', Arn: queueArn('q.fifo'), SqsParameters: { MessageGroupId: 'g' } },
    { Id: '3', Arn: groupArn('/aws/events/all') },
  ]);
  await events.put();
  expect(events.delivered).toMatchObject([
    { arn: queueArn('q'), sourceArn: ruleArn('r') },
    { arn: queueArn('q.fifo'), message: { body: expect.any(String), groupId: 'g' } },
    { arn: groupArn('/aws/events/all') },
  ]);
});

test('a target with a role is reached as that role', async () => {
  const RoleArn = 'arn:aws:iam::000000000000:role/sender';
  await events.rule('r', shop, [
    { Id: '1', Arn: queueArn('q'), RoleArn },
    { Id: '2', Arn: queueArn('q') },
  ]);
  await events.put();
  expect(events.delivered.map(({ principal }) => principal)).toEqual([
    { kind: 'role', roleArn: RoleArn, arn: RoleArn },
    { kind: 'service', service: 'events.amazonaws.com', arn: 'events.amazonaws.com' },
  ]);
});

test('a template for a log group makes an entry with its time', async () => {
  const InputPathsMap = { at: '$.time', id: '$.detail.orderId' };
  const group = { Arn: groupArn('/aws/events/all'), DeadLetterConfig: { Arn: queueArn('dlq') } };
  const template = (InputTemplate: string) => ({ InputTransformer: { InputPathsMap, InputTemplate } });
  await events.rule('r', shop, [
    { Id: '1', ...group, ...template('{"timestamp": <at>, "message": "order <id>"}') },
    { Id: '2', ...group, ...template('{"message": "order <id>"}') },
  ]);
  await events.put();
  expect(events.delivered).toMatchObject([
    { arn: groupArn('/aws/events/all'), payload: 'order o-1', timestamp: Date.UTC(2026, 0, 1) },
    { arn: queueArn('dlq'), message: { attributes: { ERROR_CODE: { StringValue: 'INVALID_PARAMETER' } } } },
  ]);
});

describe('what a target gets', () => {
  const sent = async (target: object): Promise<string | undefined> => {
    await events.rule('r', shop, [{ Id: 't', Arn: queueArn('q'), ...target }]);
    await events.put({
      Detail: '{"id":"o-1","n":5,"tags":["a","b"],"lines":[{"sku":"x"},{"sku":"y"}],"quote":"a\\"b"}',
    });
    return events.delivered.splice(0)[0]?.payload;
  };
  const transformed = (InputTemplate: string, InputPathsMap: object = {}) =>
    sent({ InputTransformer: { InputTemplate, InputPathsMap } });

  test('is a constant', async () => {
    expect(await sent({ Input: '{"fixed":true}' })).toBe('{"fixed":true}');
  });

  test.each([
    ['$.detail', '{"id":"o-1","n":5,"tags":["a","b"],"lines":[{"sku":"x"},{"sku":"y"}],"quote":"a\\"b"}'],
    ['$.detail.lines[1].sku', '"y"'],
    ['$.detail.lines[*].sku', '["x","y"]'],
    ["$['detail-type']", '"OrderCreated"'],
    ['$.detail.*.sku', '[]'],
    ['$.detail.lines[0].*', '["x"]'],
    ['$.nowhere', 'null'],
  ])('is the part of the event at %s', async (InputPath, payload) => {
    expect(await sent({ InputPath })).toBe(payload);
  });

  test('is a template with JSON values outside of strings', async () => {
    expect(
      await transformed('{"id": <id>, "n": <n>, "tags": <tags>}', {
        id: '$.detail.id',
        n: '$.detail.n',
        tags: '$.detail.tags',
      }),
    ).toBe('{"id": "o-1", "n": 5, "tags": ["a","b"]}');
  });

  test('is a template with text inside of strings', async () => {
    expect(
      await transformed('"order <id> has \\"<tags>\\" and <quote>"', {
        id: '$.detail.id',
        tags: '$.detail.tags',
        quote: '$.detail.quote',
      }),
    ).toBe('"order o-1 has \\"[a,b]\\" and a\\"b"');
  });

  test('has nothing where a path leads nowhere', async () => {
    const none = { none: '$.detail.none' };
    expect(await transformed('{"a": "<none>"}', none)).toBe('{"a": ""}');
    expect(await transformed('{"a": <none>}', none)).toBe('{"a": ""}');
    expect(await transformed('"a <none>"', none)).toBe('"a "');
  });

  test('can name the rule and hold the whole event', async () => {
    const payload = await transformed(
      '{"rule": "<aws.events.rule-name>", "arn": <aws.events.rule-arn>, "at": <aws.events.event.ingestion-time>, "event": <aws.events.event.json>, "head": <aws.events.event>}',
    );
    const { event, head, ...rest } = JSON.parse(payload as string);
    expect(rest).toEqual({ rule: 'r', arn: ruleArn('r'), at: '2026-01-01T00:00:00.000Z' });
    expect(event).toMatchObject({ source: 'shop', detail: { id: 'o-1' } });
    expect(head).toMatchObject({ source: 'shop' });
    expect(head).not.toHaveProperty('detail');
    expect(head).toHaveProperty('detailType', 'OrderCreated');
  });
});

describe('a delivery that fails', () => {
  const arn = functionArn('r');
  const down = new AwsError('ServiceException', 'down', { status: 500 });
  const withRetries = (RetryPolicy: object) => [
    { Id: 't', Arn: arn, DeadLetterConfig: { Arn: queueArn('dlq') }, ...(RetryPolicy && { RetryPolicy }) },
  ];
  const attributes = () =>
    Object.fromEntries(
      Object.entries(events.delivered.splice(0)[0]?.message?.attributes ?? {}).map(([name, { StringValue }]) => [
        name,
        StringValue,
      ]),
    );

  test('is tried again with growing waits until it succeeds', async () => {
    await events.rule('r', shop, withRetries({}));
    events.failures.set(arn, down);
    await events.put();
    await events.clock.advance(6_999);
    expect(events.clock.pending().map(({ label }) => label)).toEqual([`events: retry 3 of rule r to ${arn}`]);
    events.failures.clear();
    await events.clock.advance(1);
    expect(events.targets()).toEqual([arn]);
    await events.clock.advance(100_000_000);
    expect(events.targets()).toEqual([]);
  });

  test('does not keep the event from other targets', async () => {
    await events.rule('r', shop, [...withRetries({}), { Id: 'u', Arn: functionArn('u') }]);
    events.failures.set(arn, down);
    expect(await events.put()).toHaveProperty('EventId');
    expect(events.targets()).toEqual([functionArn('u')]);
  });

  test('ends in the dead-letter queue after the retries of its policy', async () => {
    await events.rule('r', shop, withRetries({ MaximumRetryAttempts: 2 }));
    events.failures.set(arn, down);
    const { EventId } = await events.put();
    await events.clock.advance(2_999);
    expect(events.targets()).toEqual([]);
    await events.clock.advance(1);
    expect(events.delivered[0]).toMatchObject({ arn: queueArn('dlq'), sourceArn: ruleArn('r') });
    expect(JSON.parse(events.delivered[0]?.payload as string)).toMatchObject({
      id: EventId,
      detail: { orderId: 'o-1' },
    });
    expect(attributes()).toEqual({
      RULE_ARN: ruleArn('r'),
      TARGET_ARN: arn,
      ERROR_CODE: 'ERROR_FROM_TARGET',
      ERROR_MESSAGE: 'down',
      EXHAUSTED_RETRY_CONDITION: 'MaximumRetryAttempts',
      RETRY_ATTEMPTS: '2',
    });
    expect(events.clock.pending()).toEqual([]);
  });

  test('ends there when it has become too old', async () => {
    await events.rule('r', shop, withRetries({ MaximumEventAgeInSeconds: 60 }));
    events.failures.set(arn, new AwsError('TooManyRequestsException', 'Rate Exceeded.', { status: 429 }));
    await events.put();
    await events.clock.advance(60_000);
    expect(attributes()).toMatchObject({
      ERROR_CODE: 'THROTTLING',
      EXHAUSTED_RETRY_CONDITION: 'MaximumEventAgeInSeconds',
      RETRY_ATTEMPTS: '5',
    });
  });

  test('has by default 185 retries in about a day', async () => {
    await events.rule('r', shop, withRetries({}));
    events.failures.set(arn, down);
    await events.put();
    await events.clock.advance(86_400_000);
    expect(Number(attributes().RETRY_ATTEMPTS)).toBeGreaterThan(150);
  });

  test.each([
    ['ResourceNotFoundException', 'NO_RESOURCE'],
    ['AccessDeniedException', 'NO_PERMISSIONS'],
  ])('with %s is not tried again', async (code, ERROR_CODE) => {
    await events.rule('r', shop, withRetries({}));
    events.failures.set(arn, new AwsError(code, 'no'));
    await events.put();
    expect(attributes()).toEqual({ RULE_ARN: ruleArn('r'), TARGET_ARN: arn, ERROR_CODE, ERROR_MESSAGE: 'no' });
    expect(events.clock.pending()).toEqual([]);
  });

  test('because the transformed input is no JSON is not tried again', async () => {
    const InputTransformer = { InputTemplate: '{"a": "<all>"}', InputPathsMap: { all: '$.detail' } };
    await events.rule('r', shop, [{ ...withRetries({})[0], InputTransformer }]);
    await events.put();
    expect(attributes()).toMatchObject({ ERROR_CODE: 'INVALID_JSON' });
  });

  test('is taken up again after a restart', async () => {
    await events.rule('r', shop, withRetries({}));
    events.failures.set(arn, down);
    await events.put();
    await events.clock.advance(3_000);
    await events.restart();
    events.failures.clear();
    await events.clock.advance(4_000);
    expect(events.targets()).toEqual([arn]);
    await events.restart();
    await events.clock.advance(1_000_000);
    expect(events.targets()).toEqual([]);
  });
});

describe('is refused:', () => {
  const put = (target: object) =>
    events.run('PutTargets', { Rule: 'r', Targets: [{ Id: 't', Arn: queueArn('q'), ...target }] });
  beforeEach(() => events.rule('r', shop));

  test.each([
    [{ Arn: 'nonsense' }, 'Parameter nonsense is not valid. Reason: Provided Arn is not in correct format.'],
    [
      { Arn: 'arn:aws:kinesis:us-east-1:000000000000:stream/s' },
      'events:PutTargets: the target arn:aws:kinesis:us-east-1:000000000000:stream/s is not implemented',
    ],
    [
      { Arn: 'arn:aws:sns:us-east-1:000000000000:t.fifo' },
      'Parameter arn:aws:sns:us-east-1:000000000000:t.fifo is not valid. Reason: FIFO topics are not supported.',
    ],
    [{ Arn: queueArn('q.fifo') }, 'Parameter(s) SqsParameters must be specified for target: t.'],
    [{ Input: '{', Id: 't' }, 'JSON syntax error in input for target t.'],
    [
      { Input: '{}', InputPath: '$' },
      'Only one of Input, InputPath, or InputTransformer must be provided for target t.',
    ],
    [{ InputTransformer: { InputTemplate: '<a>' } }, 'InputTemplate for target t contains invalid placeholder a.'],
    [{ Arn: busArn('default'), InputPath: '$.detail' }, 'PutTargets: InputPath of a target that is an event bus'],
    [{ RetryPolicy: { MaximumRetryAttempts: 186 } }, 'Member must have value less than or equal to 185'],
    [{ RetryPolicy: { MaximumEventAgeInSeconds: 59 } }, 'Member must have value greater than or equal to 60'],
    [{ DeadLetterConfig: { Arn: queueArn('d.fifo') } }, 'a dead-letter queue must be a standard SQS queue'],
    [
      { KinesisParameters: { PartitionKeyPath: '$' } },
      'events:PutTargets target: KinesisParameters is not implemented',
    ],
  ])('%j', async (target, message) => {
    await expect(put(target)).rejects.toThrow(message);
  });

  test('a sixth target', async () => {
    const Targets = ['a', 'b', 'c', 'd', 'e'].map((Id) => ({ Id, Arn: queueArn('q') }));
    await expect(events.run('PutTargets', { Rule: 'r', Targets })).rejects.toMatchObject({
      code: 'LimitExceededException',
    });
  });

  test('a target of a rule that does not exist', async () => {
    await expect(
      events.run('PutTargets', { Rule: 'x', Targets: [{ Id: 't', Arn: queueArn('q') }] }),
    ).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Rule x does not exist on EventBus default.',
    });
  });
});

test('targets are listed, replaced by their id, and removed', async () => {
  await events.rule('r', shop, [
    { Id: 'b', Arn: queueArn('q') },
    { Id: 'a', Arn: functionArn('f') },
  ]);
  await events.run('PutTargets', { Rule: 'r', Targets: [{ Id: 'b', Arn: queueArn('other') }] });
  expect((await events.run('ListTargetsByRule', { Rule: 'r' })).Targets).toEqual([
    { Id: 'a', Arn: functionArn('f') },
    { Id: 'b', Arn: queueArn('other') },
  ]);
  expect(await events.run('ListRuleNamesByTarget', { TargetArn: queueArn('other') })).toEqual({ RuleNames: ['r'] });
  await events.run('RemoveTargets', { Rule: 'r', Ids: ['a', 'b'] });
  expect(await events.run('ListTargetsByRule', { Rule: 'r' })).toEqual({ Targets: [] });
});
