import { expect, test } from '@jest/globals';
import { timeZone } from '../../../../localstack/cloud/core/schedule/time-zone';

const utc = (text: string) => Date.parse(`${text}Z`);
const shown = (time: number | undefined) =>
  time === undefined ? undefined : new Date(time).toISOString().slice(0, 19);

const newYork = timeZone('America/New_York')!;

test('clocks show what the zone says, in winter and in summer', () => {
  expect(shown(newYork.wallTime(utc('2026-01-15T12:00:00')))).toBe('2026-01-15T07:00:00');
  expect(shown(newYork.wallTime(utc('2026-07-15T12:00:00')))).toBe('2026-07-15T08:00:00');
  expect(shown(timeZone('Asia/Kathmandu')!.wallTime(utc('2026-01-01T00:00:00')))).toBe('2026-01-01T05:45:00');
  expect(newYork.wallTime(utc('2026-01-15T12:00:00') + 7) % 1_000).toBe(7);
});

test.each([
  ['2026-03-08T01:59:59', '2026-03-08T06:59:59'],
  ['2026-03-08T02:30:00', undefined],
  ['2026-03-08T03:00:00', '2026-03-08T07:00:00'],
  // Twice: at 05:30 and at 06:30 UTC.
  ['2026-11-01T01:30:00', '2026-11-01T05:30:00'],
  ['2026-11-01T02:00:00', '2026-11-01T07:00:00'],
])('in New York it is %s at %s UTC', (wall, instant) => {
  expect(shown(newYork.instant(utc(wall)))).toBe(instant);
});

test('a time that is skipped can be taken as much later as clocks are put forward', () => {
  expect(shown(newYork.instantOrLater(utc('2026-03-08T02:30:00')))).toBe('2026-03-08T07:30:00');
  // Lord Howe Island puts its clocks by half an hour.
  expect(shown(timeZone('Australia/Lord_Howe')!.instant(utc('2026-10-04T02:15:00')))).toBeUndefined();
  expect(shown(timeZone('Australia/Lord_Howe')!.instantOrLater(utc('2026-10-04T02:15:00')))).toBe(
    '2026-10-03T15:45:00',
  );
});

test('only names of the database are zones', () => {
  expect(['UTC', 'Etc/UTC', 'Europe/Paris', 'US/Eastern'].map((name) => timeZone(name) !== undefined)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['Mars/Olympus', '+01:00', '', 'GMT+1'].map((name) => timeZone(name))).toEqual(Array(4).fill(undefined));
});
