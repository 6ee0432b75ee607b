import { expect, test } from '@jest/globals';
import type { ViewRow } from '../../../functions/application/read-models/rows';
import { compareRows, type RowVerdict } from '../../../functions/application/rebuild/compare-rows';

const row = (version: number, more: object = {}): ViewRow => ({ stream: 'order#1', version, ...more });
const faulted = (version: number, seen = version + 1, error = 'no', since = 'then') =>
  row(version, { fault: { version: version + 1, error, since, seen } });

test.each<readonly [string, ViewRow | undefined, ViewRow | undefined, RowVerdict, readonly string[]]>([
  ['the same', row(2, { items: [{ a: 1, b: 2 }] }), row(2, { items: [{ b: 2, a: 1 }] }), 'equal', []],
  ['nothing at all', undefined, undefined, 'equal', []],
  ['other fields', row(2, { total: 1, note: 'x' }), row(2, { total: 2 }), 'different', ['note', 'total']],
  ['one has seen more', row(2), row(3), 'apart', ['version']],
  ['one is missing', row(2), undefined, 'only-in-old', []],
  ['one is new', undefined, row(2), 'only-in-new', []],
  ['a new fault', row(2), faulted(1), 'faulted', ['fault', 'version']],
  ['a new row that is a fault', undefined, faulted(0), 'only-in-new', []],
  ['a fault that the old one has not come to yet', row(1), faulted(1), 'apart', ['fault']],
  ['a fault that the new one has not come to yet', faulted(1), row(1), 'apart', ['fault']],
  ['an earlier fault', faulted(3), faulted(1), 'faulted', ['fault', 'version']],
  ['a fault that is gone', faulted(1), row(3), 'repaired', ['fault', 'version']],
  ['a later fault', faulted(1), faulted(2), 'different', ['fault', 'version']],
  ['the same fault, met at another time', faulted(1, 2, 'no', 'then'), faulted(1, 5, 'no', 'now'), 'equal', []],
])('%s', (_, old, fresh, verdict, fields) => {
  expect(compareRows(old, fresh)).toEqual({ verdict, fields });
});
