import { describe, expect, test } from '@jest/globals';
import type { UserProfile } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { UserState } from '../../functions/domain/user';
import { userProfile } from '../../functions/projections/user-profile';
import { recorded } from '../support/recorded';

const ada = { email: 'ada@example.com', name: 'Ada' };
const created = recorded('user#u-1', 1, 'UserCreated', { userId: 'u-1', ...ada });
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

  test('has what is personal sealed, as the last event that was stored left it, and nothing beside it', () => {
    const stored = (version: number, type: string, profile?: string) =>
      recorded(
        'user#u-1',
        version,
        type,
        { userId: 'u-1', sealed: 'v1.data' },
        { metadata: profile ? { profile } : {} },
      );
    const history = [stored(1, 'UserCreated', 'v1.first'), stored(2, 'UserUpdated', 'v1.second')];
    expect(folded(...history)).toEqual({
      stream: 'user#u-1',
      version: 2,
      userId: 'u-1',
      status: 'active',
      personal: 'v1.second',
      createdAt: '2026-01-01T12:00:01.000Z',
      updatedAt: '2026-01-01T12:00:02.000Z',
    });
    expect(JSON.stringify(folded(...history, stored(3, 'UserDeleted')))).not.toContain('v1.');
    expect(folded(created, ...history.slice(1))).toEqual(folded(...history));
  });

  test('of whom nobody can read any more who it was says so, until the deletion', () => {
    const unreadable = (version: number, type: string) =>
      recorded('user#u-1', version, type, { userId: 'u-1', forgotten: true });
    const history = [unreadable(1, 'UserCreated'), unreadable(2, 'UserUpdated')];
    expect(folded(...history)).toMatchObject({ version: 2, status: 'active', forgotten: true });
    expect(folded(...history, unreadable(3, 'UserDeleted'))).toEqual(folded(created, renamed, deleted));
  });

  test.each<[string, UserState]>([
    ['active', { status: 'active', userId: 'u-1', ...ada, createdAs: ada }],
    ['forgotten', { status: 'forgotten', userId: 'u-1' }],
    ['deleted', { status: 'deleted', userId: 'u-1' }],
  ])('of a user who is %s can begin with a snapshot', (_, state) => {
    const snapshot = { reducer: 'source', state, story: 's', createdAt: '2025-01-01', updatedAt: '2026-02-02' };
    const of = { stream: 'user#u-1', version: 2, userId: 'u-1', createdAt: '2025-01-01', updatedAt: '2026-02-02' };
    const shown = { active: { status: 'active', ...ada }, forgotten: { status: 'active', forgotten: true } };
    expect(userProfile.fromSnapshot?.(renamed, snapshot)).toEqual({
      ...of,
      ...(state.status === 'active' || state.status === 'forgotten' ? shown[state.status] : { status: 'deleted' }),
    });
  });

  test('cannot be told from an event of another aggregate, or without its beginning', () => {
    expect(() => folded(created, recorded('user#u-1', 2, 'OrderPaid'))).toThrow('expected an event of a user');
    expect(() => folded(renamed)).toThrow('expected UserCreated before it');
  });
});
