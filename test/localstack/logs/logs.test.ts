import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Activity } from '../../../localstack/cloud/core/activity';
import { Clock } from '../../../localstack/cloud/core/clock';
import { Faults } from '../../../localstack/cloud/core/faults';
import type { LogSink } from '../../../localstack/cloud/core/peers';
import { Registry } from '../../../localstack/cloud/core/registry';
import type { Call, CloudContext, Service } from '../../../localstack/cloud/core/service';
import { Store } from '../../../localstack/cloud/core/store';
import { Trace } from '../../../localstack/cloud/core/trace';
import { createLogs, type LogsOptions } from '../../../localstack/cloud/services/logs';

const START = Date.UTC(2026, 0, 1);
const DAY = 86_400_000;
const call = { requestId: 'r', account: '000000000000', region: 'us-east-1' } as Call;

let dir: string;
let clock: Clock;
let store: Store;
let service: Service;
let sink: LogSink;

function open(options?: LogsOptions): void {
  store = new Store({ dir, sync: false });
  const context: CloudContext = {
    clock,
    store,
    registry: new Registry(),
    activity: new Activity(),
    faults: new Faults(),
    trace: new Trace(clock),
    endpoint: () => 'http://127.0.0.1:4566',
    account: '000000000000',
    region: 'us-east-1',
    dir,
  };
  ({ service, peer: sink } = createLogs(context, options));
}

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'logs-'));
  clock = new Clock({ manual: true, startAt: START });
  open();
});

afterEach(async () => {
  clock.stop();
  await store.close();
  rmSync(dir, { recursive: true, force: true });
});

// biome-ignore lint/suspicious/noExplicitAny: results have the shape of the API reference.
const run = (operation: string, input: object): any => service.operations[operation]!(input, call);
const messages = (input: object): string[] =>
  run('FilterLogEvents', { logGroupName: 'g', ...input }).events.map((event: { message: string }) => event.message);
const write = (stream: string, ...lines: [at: number, message: string][]) =>
  sink.write(
    'g',
    stream,
    lines.map(([at, message]) => ({ timestamp: START + at, message })),
  );

describe('groups and streams', () => {
  test('a group that exists cannot be created again', () => {
    run('CreateLogGroup', { logGroupName: 'g' });
    expect(() => run('CreateLogGroup', { logGroupName: 'g' })).toThrow('The specified log group already exists');
  });

  test('groups are described by prefix and in pages', () => {
    for (const name of ['/aws/lambda/a', '/aws/lambda/b', 'other']) run('CreateLogGroup', { logGroupName: name });
    const first = run('DescribeLogGroups', { logGroupNamePrefix: '/aws/', limit: 1 });
    const second = run('DescribeLogGroups', { logGroupNamePrefix: '/aws/', limit: 1, nextToken: first.nextToken });
    expect([first, second].map((page) => page.logGroups[0].logGroupName)).toEqual(['/aws/lambda/a', '/aws/lambda/b']);
    expect(second.nextToken).toBeUndefined();
    expect(first.logGroups[0].arn).toBe('arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/a:*');
  });

  test('a deleted group takes its events along: made again, it is empty', () => {
    write('s', [1, 'old']);
    run('DeleteLogGroup', { logGroupName: 'g' });
    expect(() => messages({})).toThrow('The specified log group does not exist.');
    run('CreateLogGroup', { logGroupName: 'g' });
    expect(messages({})).toEqual([]);
    expect(run('DescribeLogStreams', { logGroupName: 'g' }).logStreams).toEqual([]);
  });

  test('streams are ordered by their last event when asked', () => {
    write('a', [5, 'x']);
    write('b', [9, 'x']);
    write('c', [1, 'x']);
    const { logStreams } = run('DescribeLogStreams', { logGroupName: 'g', orderBy: 'LastEventTime', descending: true });
    expect(logStreams.map((s: { logStreamName: string }) => s.logStreamName)).toEqual(['b', 'a', 'c']);
    expect(logStreams[0].lastEventTimestamp).toBe(START + 9);
  });

  test('tags are added, listed and removed by the ARN of the group', () => {
    run('CreateLogGroup', { logGroupName: 'g', tags: { a: '1', b: '2' } });
    const resourceArn = 'arn:aws:logs:us-east-1:000000000000:log-group:g:*';
    run('TagResource', { resourceArn, tags: { c: '3' } });
    run('UntagResource', { resourceArn, tagKeys: ['a'] });
    expect(run('ListTagsForResource', { resourceArn }).tags).toEqual({ b: '2', c: '3' });
  });

  test('a parameter that is not honoured is refused by name', () => {
    expect(() => run('CreateLogGroup', { logGroupName: 'g', deletionProtectionEnabled: true })).toThrow(
      'CreateLogGroup: deletionProtectionEnabled',
    );
  });
});

describe('events', () => {
  test('the events of several streams come in the order of time, page by page', () => {
    write('a', [1, 'one'], [5, 'five']);
    write('b', [2, 'two'], [9000, 'last']);
    write('a', [3, 'three'], [4, 'four']);
    const seen: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = run('FilterLogEvents', { logGroupName: 'g', limit: 2, nextToken });
      expect(page.events.length).toBeLessThanOrEqual(2);
      seen.push(...page.events.map((event: { message: string }) => event.message));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(seen).toEqual(['one', 'two', 'three', 'four', 'five', 'last']);
  });

  test('events of one time keep the order of arrival and have different ids', () => {
    write('a', [1, 'first'], [1, 'second']);
    write('b', [1, 'third']);
    const { events } = run('FilterLogEvents', { logGroupName: 'g' });
    expect(events.map((e: { message: string }) => e.message)).toEqual(['first', 'second', 'third']);
    expect(new Set(events.map((e: { eventId: string }) => e.eventId)).size).toBe(3);
  });

  test('startTime is inclusive, endTime exclusive', () => {
    write('a', [1, 'one'], [2, 'two'], [3, 'three']);
    expect(messages({ startTime: START + 2, endTime: START + 3 })).toEqual(['two']);
  });

  test('GetLogEvents shows the newest page, and its tokens lead back and forth', () => {
    write('a', ...[1, 2, 3, 4, 5].map((n): [number, string] => [n, String(n)]));
    write('b', [1, 'other stream']);
    const get = (input: object) => run('GetLogEvents', { logGroupName: 'g', logStreamName: 'a', limit: 2, ...input });
    const texts = (page: { events: { message: string }[] }) => page.events.map((e) => e.message);
    const newest = get({});
    expect(texts(newest)).toEqual(['4', '5']);
    const before = get({ nextToken: newest.nextBackwardToken });
    expect(texts(before)).toEqual(['2', '3']);
    expect(texts(get({ nextToken: before.nextForwardToken }))).toEqual(['4', '5']);
    const end = get({ nextToken: newest.nextForwardToken });
    expect(texts(end)).toEqual([]);
    expect(end.nextForwardToken).toBe(newest.nextForwardToken);
    expect(texts(get({ startFromHead: true }))).toEqual(['1', '2']);
  });

  test('PutLogEvents wants the order of time and rejects, by index, what is too old or too new', () => {
    run('CreateLogGroup', { logGroupName: 'g' });
    run('CreateLogStream', { logGroupName: 'g', logStreamName: 's' });
    const put = (...times: number[]) =>
      run('PutLogEvents', {
        logGroupName: 'g',
        logStreamName: 's',
        logEvents: times.map((t) => ({ timestamp: START + t, message: `at ${t}` })),
      });
    expect(() => put(2, 1)).toThrow('chronological order');
    expect(put(-DAY / 2, 0, 3 * 3_600_000).rejectedLogEventsInfo).toEqual({ tooNewLogEventStartIndex: 2 });
    expect(put(-15 * DAY).rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
    expect(messages({})).toEqual([`at ${-DAY / 2}`, 'at 0']);
  });

  test('everything is there again after a restart', async () => {
    write('a', [1, 'one']);
    await store.close();
    open();
    write('a', [1, 'two']);
    expect(messages({})).toEqual(['one', 'two']);
    expect(run('DescribeLogStreams', { logGroupName: 'g' }).logStreams).toHaveLength(1);
  });
});

describe('what ends events', () => {
  test('retention, by the clock', async () => {
    write('a', [0, 'old']);
    run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
    await clock.advance(DAY);
    expect(messages({})).toEqual(['old']);
    write('a', [DAY, 'new']);
    await clock.advance(1);
    expect(messages({})).toEqual(['new']);
  });

  test('expired events are removed from disk, not only hidden', async () => {
    write('a', [0, 'x'.repeat(1000)]);
    run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 1 });
    await clock.advance(2 * DAY);
    messages({});
    expect(run('DescribeLogGroups', {}).logGroups[0].storedBytes).toBe(0);
  });

  test('a retention that AWS does not know is refused', () => {
    run('CreateLogGroup', { logGroupName: 'g' });
    expect(() => run('PutRetentionPolicy', { logGroupName: 'g', retentionInDays: 2 })).toThrow("'retentionInDays'");
  });

  test('a group above its cap loses its oldest events', async () => {
    await store.close();
    open({ maxGroupBytes: 10_000 });
    for (let n = 0; n < 30; n++) write('a', [n, `${n} ${'x'.repeat(970)}`]);
    const numbers = messages({}).map((message) => Number.parseInt(message, 10));
    expect(numbers[numbers.length - 1]).toBe(29);
    expect(numbers.length).toBeGreaterThanOrEqual(8);
    expect(numbers.length).toBeLessThanOrEqual(10);
  });
});

describe('filter patterns', () => {
  const LINES = ['ERROR could not pay', 'INFO paid', 'ERROR timed out', '{"level":"WARN","code":7,"a":{"b":[null]}}'];
  test.each([
    ['ERROR', [0, 2]],
    ['ERROR -pay', [2]],
    ['?paid ?timed', [1, 2]],
    ['"could not"', [0]],
    ['error', []],
    ['{ $.level = "WARN" }', [3]],
    ['{ $.level = "W*" && $.code > 6 }', [3]],
    ['{ $.code < 7 || $.a.b[0] IS NULL }', [3]],
    ['{ $.none NOT EXISTS }', [3]],
    ['{ $.level != "WARN" }', []],
  ])('%s', (filterPattern, expected) => {
    write('a', ...LINES.map((line, index): [number, string] => [index, line]));
    expect(messages({ filterPattern })).toEqual(expected.map((index) => LINES[index]));
  });

  test.each(['[ip, user]', '%regex%'])('%s is refused by name', (filterPattern) => {
    write('a', [1, 'x']);
    expect(() => messages({ filterPattern })).toThrow('not implemented');
  });
});

test('after a reset groups are there, without streams and events', async () => {
  run('CreateLogGroup', { logGroupName: 'g' });
  write('s', [START, 'before']);
  await store.empty(service.dataSpaces ?? []);
  await store.close();
  open();
  expect(messages({})).toEqual([]);
  expect(run('DescribeLogStreams', { logGroupName: 'g' }).logStreams).toEqual([]);
  write('s', [START, 'after']);
  expect(messages({})).toEqual(['after']);
});

test('fails on purpose as CloudWatch Logs fails', () => {
  expect(service.failure?.('throttle', 'PutLogEvents', {})).toMatchObject({ code: 'ThrottlingException', status: 400 });
  expect(service.failure?.('error', 'PutLogEvents', {})).toMatchObject({
    code: 'ServiceUnavailableException',
    status: 500,
  });
});
