import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Access, Principal } from '../../../localstack/cloud/core/service';
import { account, busArn, call, EventsUnderTest, functionArn, queueArn, ruleArn } from './events-under-test';

let events: EventsUnderTest;
beforeEach(() => {
  events = new EventsUnderTest();
});
afterEach(() => events.stop());

test('an event comes to the targets of the rules that match, as EventBridge says', async () => {
  await events.rule('orders', { 'detail-type': [{ prefix: 'Order' }] });
  await events.rule('users', { 'detail-type': [{ prefix: 'User' }] });
  const { EventId } = await events.put({ Resources: ['arn:a'] });
  expect(events.delivered).toMatchObject([
    {
      arn: functionArn('orders'),
      principal: { kind: 'service', service: 'events.amazonaws.com' },
      sourceArn: ruleArn('orders'),
    },
  ]);
  expect(events.delivered[0]?.payload).toBe(
    JSON.stringify({
      version: '0',
      id: EventId,
      'detail-type': 'OrderCreated',
      source: 'shop',
      account,
      time: '2026-01-01T00:00:00Z',
      region: 'us-east-1',
      resources: ['arn:a'],
      detail: { orderId: 'o-1' },
    }),
  );
});

test('the time of an entry is kept in whole seconds', async () => {
  await events.rule('r', { source: ['shop'] });
  await events.put({ Time: 1_700_000_000.75 });
  expect(events.payloads()[0].time).toBe('2023-11-14T22:13:20Z');
});

test('numbers that no double holds come as they were put', async () => {
  await events.rule('r', { detail: { n: [{ exists: true }] } });
  await events.put({ Detail: '{"n": 12345678901234567890.5}' });
  expect(events.delivered[0]?.payload).toContain('"detail":{"n": 12345678901234567890.5}}');
});

test('a rule that is disabled, deleted or changed no longer takes events', async () => {
  await events.rule('r', { source: ['shop'] });
  await events.run('DisableRule', { Name: 'r' });
  await events.put();
  expect(events.targets()).toEqual([]);
  await events.run('EnableRule', { Name: 'r' });
  await events.put();
  expect(events.targets()).toEqual([functionArn('r')]);
  await events.run('PutRule', { Name: 'r', EventPattern: '{"source":["other"]}' });
  await events.put();
  expect(events.targets()).toEqual([]);
});

test('rules, buses and targets are there after a restart', async () => {
  await events.run('CreateEventBus', { Name: 'b' });
  await events.rule('r', { source: ['shop'] }, undefined, { EventBusName: 'b' });
  await events.restart();
  await events.put({ EventBusName: 'b' });
  expect(events.targets()).toEqual([functionArn('r')]);
});

describe('a bus', () => {
  beforeEach(async () => {
    await events.run('CreateEventBus', { Name: 'b' });
    await events.rule('on-b', { source: ['shop'] }, undefined, { EventBusName: 'b' });
    await events.rule('on-default', { source: ['shop'] });
  });

  test('is named or given by its ARN', async () => {
    await events.put({ EventBusName: 'b' });
    await events.put({ EventBusName: busArn('b') });
    await events.put();
    expect(events.targets()).toEqual([functionArn('on-b'), functionArn('on-b'), functionArn('on-default')]);
  });

  test('that does not exist swallows events, as at AWS', async () => {
    expect(await events.put({ EventBusName: 'none' })).toEqual({ EventId: expect.any(String) });
    expect(events.targets()).toEqual([]);
  });

  test('sends to another bus, which sees the same event', async () => {
    await events.rule('forward', { source: ['shop'] }, [{ Id: 'b', Arn: busArn('b') }]);
    const { EventId } = await events.put();
    const payloads = events.payloads();
    expect(payloads.map(({ id }) => id)).toEqual([EventId, EventId]);
  });

  test('sends what came from another bus to no third one, as at AWS', async () => {
    await events.rule('there', { source: ['shop'] }, [{ Id: 'b', Arn: busArn('b') }]);
    const back = { Id: 'd', Arn: busArn('default'), DeadLetterConfig: { Arn: queueArn('dlq') } };
    await events.rule('back', { source: ['shop'] }, [back], { EventBusName: 'b' });
    await events.put();
    expect(events.delivered.map(({ arn }) => arn).sort()).toEqual(
      [functionArn('on-b'), functionArn('on-default'), queueArn('dlq')].sort(),
    );
    const letter = events.delivered.find(({ arn }) => arn === queueArn('dlq'));
    expect(letter?.message?.attributes?.ERROR_CODE?.StringValue).toBe('THIRD_ACCOUNT_HOP_DETECTED');
  });
});

describe('each entry is checked by itself', () => {
  test.each([
    [{ Source: '' }, 'InvalidArgument', 'Parameter Source is not valid. Reason: Source is a required argument.'],
    [
      { DetailType: undefined },
      'InvalidArgument',
      'Parameter DetailType is not valid. Reason: DetailType is a required argument.',
    ],
    [{ Detail: undefined }, 'InvalidArgument', 'Parameter Detail is not valid. Reason: Detail is a required argument.'],
    [{ Detail: '{"a": 1' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: '[1]' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Detail: '"text"' }, 'MalformedDetail', 'Detail is malformed.'],
    [{ Source: 'aws.ec2' }, 'NotAuthorizedForSourceException', 'Not authorized for the source.'],
  ])('%j', async (entry, ErrorCode, ErrorMessage) => {
    expect(await events.put(entry)).toEqual({ ErrorCode, ErrorMessage });
  });

  test('and the others are taken', async () => {
    await events.rule('r', { source: ['shop'] });
    const good = { Source: 'shop', DetailType: 'd', Detail: '{}' };
    const result = await events.run('PutEvents', { Entries: [good, { ...good, Detail: 'x' }, good] });
    expect(result).toEqual({
      FailedEntryCount: 1,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'MalformedDetail', ErrorMessage: 'Detail is malformed.' },
        { EventId: expect.any(String) },
      ],
    });
    expect(events.targets()).toHaveLength(2);
  });
});

describe('the whole request is refused', () => {
  const entry = { Source: 's', DetailType: 'd', Detail: '{}' };
  const put = (Entries: object[], more: object = {}) => events.run('PutEvents', { Entries, ...more });

  test('without entries, and with more than ten', async () => {
    await expect(put([])).rejects.toThrow('Member must have length greater than or equal to 1');
    await expect(put(Array(11).fill(entry))).rejects.toMatchObject({
      code: 'ValidationException',
      message:
        "1 validation error detected: Value '[]' at 'entries' failed to satisfy constraint: Member must have length less than or equal to 10",
    });
  });

  test('when it is larger than 1 MB', async () => {
    const half = { ...entry, Detail: JSON.stringify({ text: 'x'.repeat(600_000) }) };
    expect((await put([half])).FailedEntryCount).toBe(0);
    await expect(put([half, half])).rejects.toMatchObject({
      code: 'ValidationException',
      message: 'Total size of the entries in the request is over the limit.',
    });
  });

  test('when the time of an entry is none, before any entry is taken', async () => {
    await events.rule('r', { source: ['shop'] });
    await expect(put([entry, { ...entry, Time: 1e15 }])).rejects.toMatchObject({ code: 'SerializationException' });
    expect(events.targets()).toEqual([]);
  });

  test('for what is not honoured', async () => {
    await expect(put([entry], { EndpointId: 'a.veo' })).rejects.toMatchObject({ status: 501 });
  });
});

describe('the policy of the bus', () => {
  const judged: { principal: Principal; access: Access }[] = [];
  const role: Principal = { kind: 'role', roleArn: 'arn:aws:iam::0:role/r', arn: 'arn:aws:sts::0:assumed-role/r/s' };

  test('denies by source, detail type and caller, entry by entry', async () => {
    await events.stop();
    events = new EventsUnderTest({
      judge: (_policy, principal, access) => {
        judged.push({ principal, access });
        const { 'events:source': source } = access.context as Record<string, string>;
        return source === 'orderstream' ? 'deny' : 'none';
      },
      checkResourcePolicy: () => {},
    });
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 's', Effect: 'Deny' }] });
    await events.run('PutPermission', { Policy });
    const entry = { Source: 'shop', DetailType: 'd', Detail: '{}' };
    const { Entries } = await events.run(
      'PutEvents',
      { Entries: [entry, { ...entry, Source: 'orderstream' }] },
      { principal: role },
    );
    expect(Entries).toEqual([
      { EventId: expect.any(String) },
      {
        ErrorCode: 'AccessDeniedException',
        ErrorMessage: `User: ${role.arn} is not authorized to perform: events:PutEvents on resource: ${busArn('default')} with an explicit deny in a resource-based policy`,
      },
    ]);
    expect(judged[0]).toEqual({
      principal: role,
      access: {
        action: 'events:PutEvents',
        resource: busArn('default'),
        context: { 'events:source': 'shop', 'events:detail-type': 'd' },
      },
    });
  });

  test('must allow the callers of another account', async () => {
    expect(await events.put({ EventBusName: busArn('default') }, { account: '111111111111' })).toMatchObject({
      ErrorCode: 'AccessDeniedException',
    });
  });
});

test('what a caller must be allowed is asked for every entry', () => {
  const Entries = [{ Source: 'a', DetailType: 'b', EventBusName: 'c', Detail: '{}' }];
  expect(events.access('PutEvents', { Entries })).toEqual([
    {
      action: 'events:PutEvents',
      resource: busArn('c'),
      context: { 'events:source': 'a', 'events:detail-type': 'b' },
      deniedByService: true,
    },
  ]);
  expect(events.access('PutTargets', { Rule: 'r', EventBusName: 'c' })).toEqual([
    { action: 'events:PutTargets', resource: ruleArn('c/r') },
  ]);
});

test('other services put events too', async () => {
  await events.rule('r', { source: ['lambda'] });
  events.peer.put(busArn('default'), { source: 'lambda', detailType: 'd', detail: '{}' }, call.principal);
  expect(events.payloads()).toMatchObject([{ source: 'lambda', account, region: 'us-east-1' }]);
  const none = () => events.peer.put(busArn('none'), { source: 's', detailType: 'd', detail: '{}' }, call.principal);
  expect(none).toThrow('Event bus none does not exist.');
});
