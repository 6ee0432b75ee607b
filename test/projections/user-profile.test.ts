import { describe, expect, test } from '@jest/globals';
import type { UserProfile } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { userProfile } from '../../functions/projections/user-profile';
import { recorded } from '../support/recorded';

const created = recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', email: 'ada@example.com', name: 'Ada' });
const renamed = recorded('user#u-1', 2, 'UserUpdated', { userId: 'u-1', name: 'Ada King' });
const deleted = recorded('user#u-1', 3, 'UserDeleted', { userId: 'u-1' });
const folded = (...events: readonly RecordedEvent[]) =>
  events.reduce<UserProfile | undefined>((row, event) => userProfile.fold(row, event), undefined);

describe('the profile of a user', () => {
  test('changes only the fields that an update gives', () => {
    expect(folded(created, renamed)).toEqual({
      stream: 'user#u-1',
      version: 2,
      userId: 'u-1',
      status: 'active',
      email: 'ada@example.com',
      name: 'Ada King',
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:02.000Z',
    });
  });

  test('has nothing personal left in it when the user is deleted', () => {
    expect(folded(created, renamed, deleted)).toEqual({
      stream: 'user#u-1',
      version: 3,
      userId: 'u-1',
      status: 'deleted',
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:03.000Z',
    });
  });

  test('cannot be told from an event of another aggregate, or without its beginning', () => {
    expect(() => folded(created, recorded('user#u-1', 2, 'OrderPaid'))).toThrow('expected an event of a user');
    expect(() => folded(renamed)).toThrow('expected UserCreated before it');
  });
});
