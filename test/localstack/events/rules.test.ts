import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { account, busArn, EventsUnderTest, functionArn, ruleArn } from './events-under-test';

let events: EventsUnderTest;
beforeEach(() => {
  events = new EventsUnderTest();
});
afterEach(() => events.stop());

const pattern = '{"source":["a"]}';

describe('buses', () => {
  test('the default one is there', async () => {
    expect(await events.run('DescribeEventBus', {})).toMatchObject({ Name: 'default', Arn: busArn('default') });
    expect((await events.run('ListEventBuses', {})).EventBuses).toHaveLength(1);
  });

  test('are created, described, updated, listed and deleted', async () => {
    const created = await events.run('CreateEventBus', { Name: 'b', Description: 'one' });
    expect(created).toEqual({ EventBusArn: busArn('b'), Description: 'one' });
    await events.run('UpdateEventBus', { Name: 'b', Description: 'two' });
    expect(await events.run('DescribeEventBus', { Name: busArn('b') })).toEqual({
      Name: 'b',
      Arn: busArn('b'),
      Description: 'two',
      CreationTime: 1_767_225_600,
      LastModifiedTime: 1_767_225_600,
    });
    await events.run('DeleteEventBus', { Name: 'b' });
    await expect(events.run('DescribeEventBus', { Name: 'b' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Event bus b does not exist.',
    });
  });

  test('cannot be created twice, and not deleted with rules, nor the default one', async () => {
    await events.run('CreateEventBus', { Name: 'b' });
    await expect(events.run('CreateEventBus', { Name: 'b' })).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'Event bus b already exists.',
    });
    await events.run('PutRule', { Name: 'r', EventBusName: 'b', EventPattern: pattern });
    await expect(events.run('DeleteEventBus', { Name: 'b' })).rejects.toThrow("can't be deleted since it has rules");
    await expect(events.run('DeleteEventBus', { Name: 'default' })).rejects.toThrow('Cannot delete event bus default.');
  });

  test('have permissions, by statement and as a whole', async () => {
    await events.run('PutPermission', { Action: 'events:PutEvents', Principal: '111111111111', StatementId: 'one' });
    const Policy = async () => JSON.parse((await events.run('DescribeEventBus', {})).Policy).Statement;
    expect(await Policy()).toEqual([
      {
        Sid: 'one',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: 'events:PutEvents',
        Resource: busArn('default'),
      },
    ]);
    await events.run('PutPermission', { Policy: JSON.stringify({ Version: '2012-10-17', Statement: [{ Sid: 'x' }] }) });
    expect(await Policy()).toEqual([{ Sid: 'x' }]);
    await expect(events.run('RemovePermission', { StatementId: 'one' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Statement with the provided id does not exist.',
    });
    await events.run('RemovePermission', { StatementId: 'x' });
    expect(await events.run('DescribeEventBus', {})).not.toHaveProperty('Policy');
  });
});

describe('rules', () => {
  test('are put, described and listed', async () => {
    expect(await events.run('PutRule', { Name: 'r', EventPattern: pattern, Description: 'd' })).toEqual({
      RuleArn: ruleArn('r'),
    });
    await events.run('CreateEventBus', { Name: 'b' });
    expect(await events.run('PutRule', { Name: 'r', EventBusName: 'b', EventPattern: pattern })).toEqual({
      RuleArn: ruleArn('b/r'),
    });
    expect(await events.run('DescribeRule', { Name: 'r' })).toEqual({
      Name: 'r',
      Arn: ruleArn('r'),
      EventPattern: pattern,
      State: 'ENABLED',
      Description: 'd',
      EventBusName: 'default',
      CreatedBy: account,
    });
    for (const Name of ['r1', 'r2', 'x']) await events.run('PutRule', { Name, EventPattern: pattern });
    const { Rules, NextToken } = await events.run('ListRules', { NamePrefix: 'r', Limit: 2 });
    expect(Rules.map(({ Name }: { Name: string }) => Name)).toEqual(['r', 'r1']);
    const rest = await events.run('ListRules', { NamePrefix: 'r', Limit: 2, NextToken });
    expect(rest.Rules.map(({ Name }: { Name: string }) => Name)).toEqual(['r2']);
    expect(rest).not.toHaveProperty('NextToken');
  });

  test('keep their targets when they are put again', async () => {
    await events.rule('r', { source: ['a'] });
    await events.run('PutRule', { Name: 'r', EventPattern: '{"source":["b"]}' });
    expect((await events.run('ListTargetsByRule', { Rule: 'r' })).Targets).toHaveLength(1);
  });

  test('cannot be deleted while they have targets', async () => {
    await events.rule('r', { source: ['a'] });
    await expect(events.run('DeleteRule', { Name: 'r' })).rejects.toThrow(
      "Rule can't be deleted since it has targets.",
    );
    await events.run('RemoveTargets', { Rule: 'r', Ids: ['t'] });
    await events.run('DeleteRule', { Name: 'r' });
    await events.run('DeleteRule', { Name: 'r' });
    await expect(events.run('DescribeRule', { Name: 'r' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
      message: 'Rule r does not exist on EventBus default.',
    });
  });

  test('with an invalid pattern are refused, and the one before stays', async () => {
    await events.rule('r', { source: ['shop'] });
    await expect(events.run('PutRule', { Name: 'r', EventPattern: '{"source":"shop"}' })).rejects.toMatchObject({
      code: 'InvalidEventPatternException',
      message:
        'Event pattern is not valid. Reason: "source" must be an object or an array\n at [Source: (String)"{"source":"shop"}"; line: 1, column: 12]',
    });
    await events.put();
    expect(events.targets()).toEqual([functionArn('r')]);
  });

  test.each([
    [{ Name: 'r' }, 'Parameter(s) EventPattern or ScheduleExpression must be specified.'],
    [{ Name: 'r', ScheduleExpression: 'rate(5 minute)' }, 'Parameter ScheduleExpression is not valid.'],
    [{ Name: 'r', ScheduleExpression: 'rate(1 minute)', EventBusName: 'b' }, 'supported only on the default event bus'],
    [{ Name: 'a b', EventPattern: pattern }, 'must satisfy regular expression pattern'],
    [{ Name: 'r', EventPattern: pattern, EventBusName: 'none' }, 'Event bus none does not exist.'],
    [{ Name: 'r', EventPattern: pattern, State: 'PAUSED' }, 'must satisfy enum value set'],
  ])('are refused: %j', async (input, message) => {
    await events.run('CreateEventBus', { Name: 'b' });
    await expect(events.run('PutRule', input)).rejects.toThrow(message);
  });

  test('have tags, as buses have', async () => {
    await events.run('PutRule', { Name: 'r', EventPattern: pattern, Tags: [{ Key: 'a', Value: '1' }] });
    for (const ResourceARN of [ruleArn('r'), busArn('default')]) {
      await events.run('TagResource', { ResourceARN, Tags: [{ Key: 'b', Value: '2' }] });
    }
    await events.run('UntagResource', { ResourceARN: ruleArn('r'), TagKeys: ['a'] });
    for (const ResourceARN of [ruleArn('r'), busArn('default')]) {
      expect(await events.run('ListTagsForResource', { ResourceARN })).toEqual({ Tags: [{ Key: 'b', Value: '2' }] });
    }
    await expect(events.run('ListTagsForResource', { ResourceARN: ruleArn('x') })).rejects.toThrow(
      'Rule x does not exist on EventBus default.',
    );
  });
});

test('patterns can be tried out', async () => {
  const run = (EventPattern: string, Event: string) => events.run('TestEventPattern', { EventPattern, Event });
  expect(await run('{"detail":{"n":[{"numeric":[">",1]}]}}', '{"detail":{"n":2}}')).toEqual({ Result: true });
  expect(await run('{"detail":{"n":[{"numeric":[">",1]}]}}', '{"detail":{"n":"2"}}')).toEqual({ Result: false });
  await expect(run('{"a":[]}', '{}')).rejects.toMatchObject({ code: 'InvalidEventPatternException' });
  await expect(run('{"a":[1]}', 'x')).rejects.toMatchObject({ code: 'ValidationException' });
});
