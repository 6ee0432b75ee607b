import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { busArn, EventsUnderTest, functionArn, ruleArn } from './events-under-test';

const DAY = 86_400_000;
const archiveArn = (name: string) => `arn:aws:events:us-east-1:000000000000:archive/${name}`;

let events: EventsUnderTest;
beforeEach(() => {
  events = new EventsUnderTest();
});
afterEach(() => events.stop());

const create = (more: object = {}) =>
  events.run('CreateArchive', { ArchiveName: 'a', EventSourceArn: busArn('default'), ...more });
const describeArchive = (ArchiveName = 'a') => events.run('DescribeArchive', { ArchiveName });
const count = async () => (await describeArchive()).EventCount;

test('an archive is described as AWS describes it', async () => {
  const CreationTime = Date.UTC(2026, 0, 1) / 1_000;
  const EventPattern = '{"source":["shop"]}';
  expect(await create({ Description: 'd', EventPattern, RetentionDays: 1 })).toEqual({
    ArchiveArn: archiveArn('a'),
    State: 'ENABLED',
    CreationTime,
  });
  const summary = {
    ArchiveName: 'a',
    EventSourceArn: busArn('default'),
    State: 'ENABLED',
    RetentionDays: 1,
    SizeBytes: 0,
    EventCount: 0,
    CreationTime,
  };
  expect(await describeArchive()).toEqual({
    ArchiveArn: archiveArn('a'),
    Description: 'd',
    EventPattern,
    ...summary,
  });
  expect(await events.run('ListArchives', {})).toEqual({ Archives: [summary] });
});

test('the events that match are counted, and their bytes', async () => {
  await create({ EventPattern: '{"source":["shop"]}' });
  await events.rule('all', { source: [{ prefix: '' }] });
  await events.put({ Detail: '{"text":"ä"}' });
  await events.put({ Source: 'other' });
  const text = events.delivered[0]?.payload as string;
  expect(await describeArchive()).toMatchObject({ EventCount: 1, SizeBytes: Buffer.byteLength(text) });
});

test('an archive without a pattern takes everything on its bus, and nothing on another', async () => {
  await events.run('CreateEventBus', { Name: 'b' });
  await create();
  await events.put();
  await events.put({ Source: 'other' });
  await events.put({ EventBusName: 'b' });
  expect(await count()).toBe(2);
});

test('what was archived is there after a restart', async () => {
  await create();
  await events.put();
  await events.restart();
  await events.put();
  expect(await count()).toBe(2);
});

test('events are gone when their days of retention are over', async () => {
  await create({ RetentionDays: 2 });
  await events.put();
  await events.clock.advance(DAY);
  await events.put({ Time: 0 });
  expect(await count()).toBe(2);
  await events.clock.advance(DAY);
  expect(await count()).toBe(2);
  await events.clock.advance(1);
  expect(await count()).toBe(1);
  await events.clock.advance(DAY);
  expect(await describeArchive()).toMatchObject({ EventCount: 0, SizeBytes: 0 });
});

test('an update changes only what it names, and holds for the events that come', async () => {
  await create({ EventPattern: '{"source":["shop"]}', Description: 'd' });
  await events.run('UpdateArchive', { ArchiveName: 'a', EventPattern: '{"source":["other"]}' });
  await events.put();
  await events.put({ Source: 'other' });
  expect(await describeArchive()).toMatchObject({
    Description: 'd',
    EventPattern: '{"source":["other"]}',
    EventCount: 1,
    RetentionDays: 0,
  });
  await events.clock.advance(DAY + 1);
  await events.run('UpdateArchive', { ArchiveName: 'a', RetentionDays: 1 });
  expect(await count()).toBe(0);
});

test('a deleted archive is gone with its events', async () => {
  await create();
  await events.put();
  await events.run('DeleteArchive', { ArchiveName: 'a' });
  await expect(describeArchive()).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
    message: 'Archive a does not exist.',
  });
  await create();
  expect(await count()).toBe(0);
});

test('archives are listed by one filter at a time, page by page', async () => {
  await events.run('CreateEventBus', { Name: 'b' });
  for (const ArchiveName of ['x-1', 'x-2', 'y']) await create({ ArchiveName });
  await create({ ArchiveName: 'x-3', EventSourceArn: busArn('b') });
  const list = async (input: object) =>
    (await events.run('ListArchives', input)).Archives.map(({ ArchiveName }: { ArchiveName: string }) => ArchiveName);
  expect(await list({ NamePrefix: 'x-' })).toEqual(['x-1', 'x-2', 'x-3']);
  expect(await list({ EventSourceArn: busArn('b') })).toEqual(['x-3']);
  expect(await list({ State: 'DISABLED' })).toEqual([]);
  const { NextToken } = await events.run('ListArchives', { Limit: 3 });
  expect(await list({ NextToken })).toEqual(['y']);
  await expect(list({ NamePrefix: 'x', State: 'ENABLED' })).rejects.toThrow(
    'At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.',
  );
});

describe('the managed rule of an archive', () => {
  const name = 'Events-Archive-a';
  beforeEach(() => create({ EventPattern: '{"detail":{"n":[12345678901234567890]}}' }));

  test('is shown, with the pattern of the archive and without replayed events', async () => {
    expect(await events.run('DescribeRule', { Name: name })).toMatchObject({
      EventPattern: '{"detail":{"n":[12345678901234567890]},"replay-name":[{"exists":false}]}',
      ManagedBy: 'prod.vhs.events.aws.internal',
      Arn: ruleArn(name),
    });
    const { Targets } = await events.run('ListTargetsByRule', { Rule: name });
    expect(Targets).toMatchObject([{ Id: name, Arn: 'arn:aws:events:us-east-1:::' }]);
  });

  test.each([
    ['PutRule', { Name: name, EventPattern: '{"source":["x"]}' }],
    ['DisableRule', { Name: name }],
    ['EnableRule', { Name: name }],
    ['PutTargets', { Rule: name, Targets: [{ Id: 't', Arn: functionArn('f') }] }],
    ['RemoveTargets', { Rule: name, Ids: [name] }],
    ['DeleteRule', { Name: name }],
  ])('is not for users: %s', async (operation, input) => {
    await expect(events.run(operation, input)).rejects.toMatchObject({ code: 'ManagedRuleException' });
  });

  test('can be removed by force; then the archive gets nothing any more', async () => {
    await events.run('RemoveTargets', { Rule: name, Ids: [name], Force: true });
    await events.run('DeleteRule', { Name: name, Force: true });
    await events.put({ Detail: '{"n":12345678901234567890}' });
    expect(await count()).toBe(0);
  });

  test('goes with the archive', async () => {
    await events.run('DeleteArchive', { ArchiveName: 'a' });
    expect(await events.run('ListRules', {})).toEqual({ Rules: [] });
  });
});

describe('is refused:', () => {
  test.each([
    [{ EventSourceArn: busArn('none') }, 'ResourceNotFoundException', 'Event bus none does not exist.'],
    [{ ArchiveName: 'x'.repeat(49) }, 'ValidationException', "at 'archiveName' failed to satisfy constraint"],
    [{ RetentionDays: -1 }, 'ValidationException', 'greater than or equal to 0'],
    [{ EventPattern: '{"a":1}' }, 'InvalidEventPatternException', '"a" must be an object or an array'],
    [{ EventPattern: '{}' }, 'InvalidEventPatternException', 'Empty objects are not allowed'],
  ])('an archive with %j', async (more, code, message) => {
    await expect(create(more)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(await events.run('ListArchives', {})).toEqual({ Archives: [] });
    expect(await events.run('ListRules', {})).toEqual({ Rules: [] });
  });

  test('a second archive of the same name', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({
      code: 'ResourceAlreadyExistsException',
      message: 'Archive a already exists.',
    });
  });

  test('a change that is not valid, which leaves the archive as it was', async () => {
    await create({ EventPattern: '{"source":["shop"]}' });
    await expect(events.run('UpdateArchive', { ArchiveName: 'a', EventPattern: '{' })).rejects.toThrow();
    await events.put();
    expect(await describeArchive()).toMatchObject({ EventPattern: '{"source":["shop"]}', EventCount: 1 });
  });
});
