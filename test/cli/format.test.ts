import { describe, expect, it, test } from '@jest/globals';
import { fields, table } from '../../functions/cli/format/columns';
import { money } from '../../functions/cli/format/money';
import { printable } from '../../functions/cli/format/printable';
import { problemList } from '../../functions/cli/format/problems';
import { ProgressLine } from '../../functions/cli/progress-line';
import { momentOf, sinceOf } from '../../functions/cli/values';

test.each([
  [2500, 'EUR', '25.00 EUR'],
  [5, 'USD', '0.05 USD'],
  [0, 'EUR', '0.00 EUR'],
  [-1999, 'EUR', '-19.99 EUR'],
  [2500, 'JPY', '2500 JPY'],
  [12345, 'KWD', '12.345 KWD'],
  [Number.MAX_SAFE_INTEGER, 'EUR', '90071992547409.91 EUR'],
])('%d minor units of %s are %s', (amount, currency, shown) => expect(money(amount, currency)).toBe(shown));

describe('a table', () => {
  it('is aligned, numbers to the right, without blanks at the end', () => {
    const titles = [{ title: 'sku' }, { title: 'amount', right: true }, { title: 'note' }];
    expect(
      table(titles, [
        ['mug', '5', ''],
        ['glass', '12', 'fragile'],
      ]),
    ).toBe(['sku    amount  note', 'mug         5', 'glass      12  fragile'].join('\n'));
  });

  it('leaves out what is not known', () => {
    expect(
      fields([
        ['id', 'e-1'],
        ['until', undefined],
        ['reason', 'late'],
      ]),
    ).toBe('id      e-1\nreason  late');
  });

  it('does not let a producer steer the terminal', () => {
    expect(printable('a\u001b[2Jb\u009bc\nd\u202e')).toBe('a\\u001b[2Jb\\u009bc\\u000ad\\u202e');
  });
});

test('problems say field, value and what would be right', () => {
  expect(
    problemList([
      { field: 'amount', value: 25, expected: '2500' },
      { field: 'orderId', expected: 'a text' },
      { field: 'items', value: 'x'.repeat(200), expected: 'a list' },
    ]),
  ).toBe(
    [
      `  amount   is 25${' '.repeat(78)}  expected: 2500`,
      `  orderId  is missing${' '.repeat(73)}  expected: a text`,
      `  items    is "${'x'.repeat(78)}…  expected: a list`,
    ].join('\n'),
  );
});

test('a moment is a version, a time, or now', () => {
  expect(momentOf(undefined)).toEqual({ kind: 'latest' });
  expect(momentOf('12')).toEqual({ kind: 'version', version: 12 });
  expect(momentOf('2026-01-31T13:00+01:00')).toEqual({ kind: 'time', at: '2026-01-31T12:00:00.000Z' });
  expect(momentOf('2026-01-31')).toEqual({ kind: 'time', at: '2026-01-31T00:00:00.000Z' });
});

test('since is a time, or how long ago', () => {
  const now = new Date('2026-01-31T12:00:00.000Z');
  expect(sinceOf('90s', now)).toBe('2026-01-31T11:58:30.000Z');
  expect(sinceOf('15m', now)).toBe('2026-01-31T11:45:00.000Z');
  expect(sinceOf('2h', now)).toBe('2026-01-31T10:00:00.000Z');
  expect(sinceOf('7d', now)).toBe('2026-01-24T12:00:00.000Z');
  expect(sinceOf('2026-01-30T00:00:00Z', now)).toBe('2026-01-30T00:00:00.000Z');
  expect(() => sinceOf('999999999d', now)).toThrow('--since');
});

describe('progress', () => {
  const shownOn = (isTTY: boolean, times: readonly number[]) => {
    const written: string[] = [];
    let now = 0;
    const line = new ProgressLine({ isTTY, write: (text: string) => written.push(text) }, () => now);
    for (const time of times) {
      now = time;
      line.show(`${time}`);
    }
    line.end();
    return written;
  };

  it('is one line that changes, and goes, on a terminal', () => {
    expect(shownOn(true, [0, 50, 120, 150, 300])).toEqual(['\r\x1b[K120', '\r\x1b[K300', '\r\x1b[K']);
  });

  it('is a line now and then elsewhere, and none for what is soon done', () => {
    expect(shownOn(false, [0, 120, 6_000, 7_000, 12_000])).toEqual(['6000\n', '12000\n']);
    expect(shownOn(false, [0, 900])).toEqual([]);
  });
});
