import { expect, test } from '@jest/globals';
import { emailClaims } from '../../functions/application/email-claims';
import type { UserState } from '../../functions/domain/user';

const owner = 'user#u-1';
const names = { nameOf: async (kind: string, text: string) => `${kind}#<${text}>` };
const active = (email: string, name = 'Ada'): UserState => ({
  status: 'active',
  userId: 'u-1',
  email,
  name,
  createdAs: { email: 'first@example.com', name: 'Ada' },
});
const inactive: UserState = { status: 'inactive' };
const deleted: UserState = { status: 'deleted', userId: 'u-1' };
const take = (email: string) => ({ kind: 'take', name: `email#<${email}>`, owner });
const giveUp = (email: string) => ({ kind: 'give-up', name: `email#<${email}>`, owner });
const destroyKey = { kind: 'destroy-key', owner };

test.each<[string, UserState, UserState, readonly object[]]>([
  ['who is created takes the address', inactive, active('a@x.io'), [take('a@x.io')]],
  [
    'who changes it takes the new and gives up the old',
    active('a@x.io'),
    active('b@x.io'),
    [take('b@x.io'), giveUp('a@x.io')],
  ],
  ['who changes the name only claims nothing', active('a@x.io'), active('a@x.io', 'Ada L.'), []],
  ['who spells it otherwise claims nothing', active('a@x.io'), active(' A@X.io'), []],
  ['who is deleted gives it up, and the key is destroyed', active('a@x.io'), deleted, [giveUp('a@x.io'), destroyKey]],
  [
    'whose address nobody can read any more can still be deleted',
    { status: 'forgotten', userId: 'u-1' },
    deleted,
    [destroyKey],
  ],
])('%s', async (_, before, after, claims) => {
  expect(await emailClaims(owner, before, after, names)).toEqual(claims);
});

test.each([
  ['Ada@Example.COM', 'ada@example.com'],
  ['  ada@example.com\t', 'ada@example.com'],
  ['ade\u0301@example.com', 'ad\u00e9@example.com'],
])('%j is the address %j', async (email, normalised) => {
  expect(await emailClaims(owner, inactive, active(email), names)).toEqual([take(normalised)]);
});
