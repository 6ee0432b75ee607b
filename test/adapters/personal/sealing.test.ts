import { expect, it } from '@jest/globals';
import { newKey, openValue, sealValue } from '../../../functions/adapters/personal/sealing';

const there = (key: Uint8Array) => ({ state: 'there', key }) as const;
const key = newKey();
const value = { email: 'ada@example.com' };

it('seals the same value into another text each time, of which nothing can be read', () => {
  const texts = [1, 2, 3].map(() => sealValue(key, 'user#1', value));
  expect(new Set(texts).size).toBe(3);
  for (const text of texts) expect(Buffer.from(text.slice(3), 'base64url').toString('latin1')).not.toMatch(/ada|email/);
});

it.each([
  ['another owner', () => openValue(there(key), 'user#2', sealValue(key, 'user#1', value))],
  ['a changed text', () => openValue(there(key), 'user#1', flipped(sealValue(key, 'user#1', value)))],
  ['a text that is cut', () => openValue(there(key), 'user#1', sealValue(key, 'user#1', value).slice(0, 30))],
])('does not open with %s, and does not say what it saw', (_, open) => {
  expect(open).toThrow(/^what is sealed for user#\d cannot be opened/);
  expect(open).not.toThrow(/ada/);
});

it('names a form that it does not know', () => {
  expect(() => openValue(there(key), 'user#1', 'v2.abc')).toThrow('is of no known form; expected v1.');
});

it.each([{ state: 'none' }, { state: 'destroyed' }, there(newKey())] as const)(
  'has forgotten what was sealed when the key is another or none: %j',
  (gone) => {
    expect(openValue(gone, 'user#1', sealValue(key, 'user#1', value))).toEqual({ forgotten: true });
  },
);

function flipped(text: string): string {
  const bytes = Buffer.from(text.slice(3), 'base64url');
  bytes[22]! ^= 1;
  return `v1.${bytes.toString('base64url')}`;
}
