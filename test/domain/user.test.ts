import { describe, it } from '@jest/globals';
import { decideUser, evolveUser, noUser, type UserEvent, type UserState } from '../../functions/domain/user';
import { specificationOf } from '../support/decider-specification';

const { given } = specificationOf<UserState, UserEvent>({
  initialState: noUser,
  evolve: evolveUser,
  decide: decideUser,
});

const userId = 'u-1';
const ada = { email: 'ada@example.com', name: 'Ada' };
const created = (change: object = {}): UserEvent => ({ type: 'UserCreated', data: { userId, ...ada, ...change } });
const updated = (change: object): UserEvent => ({ type: 'UserUpdated', data: { userId, ...change } });
const deleted: UserEvent = { type: 'UserDeleted', data: { userId } };

describe('a user', () => {
  it('is created, updated in the fields given, deleted', () => {
    given().when(created()).thenAppended();
    given(created())
      .when(updated({ name: 'Ada L.' }))
      .thenAppended();
    given(created()).when(deleted).thenAppended();
    given(created(), updated({ name: 'Ada L.' })).thenItIs({
      status: 'active',
      userId,
      email: 'ada@example.com',
      name: 'Ada L.',
      createdAs: ada,
    });
    given(created(), deleted).thenItIs({ status: 'deleted', userId });
  });

  it('must exist before it is updated or deleted', () => {
    given()
      .when(updated({ name: 'Ada L.' }))
      .thenParked(1);
    given().when(deleted).thenParked(1);
  });

  it('does not change by what is so already', () => {
    given(created()).when(created()).thenRedundant();
    given(created(), updated({ name: 'Ada L.' }))
      .when(created())
      .thenRedundant();
    given(created()).when(updated(ada)).thenRedundant();
    given(created(), deleted).when(deleted).thenRedundant();
  });

  it('is not created twice with other data', () => {
    given(created())
      .when(created({ email: 'other@example.com' }))
      .thenRejected('with other data', 'email');
    given(created())
      .when(created({ name: 'Eve' }))
      .thenRejected('with other data', 'name');
  });

  it('stays deleted', () => {
    given(created(), deleted).when(created()).thenRejected('has been deleted', 'type');
    given(created(), deleted)
      .when(updated({ name: 'x' }))
      .thenRejected('has been deleted', 'type');
  });

  it('can still be deleted, and nothing else, when nobody can read who it was', () => {
    const unreadable = (type: UserEvent['type']) =>
      ({ type, data: { userId, forgotten: true } }) as unknown as UserEvent;
    const history = [unreadable('UserCreated'), unreadable('UserUpdated')];
    given(...history).thenItIs({ status: 'forgotten', userId });
    given(...history)
      .when(created())
      .thenRejected('has been deleted', 'type');
    given(...history)
      .when(updated({ name: 'x' }))
      .thenRejected('has been deleted', 'type');
    given(...history)
      .when(deleted)
      .thenAppended();
    given().when(unreadable('UserCreated')).thenRejected('nobody can read', 'data');
    given().when(unreadable('UserUpdated')).thenRejected('nobody can read', 'data');
    given(created()).when(unreadable('UserUpdated')).thenRejected('nobody can read', 'data');
    given(created(), deleted).when(unreadable('UserUpdated')).thenRejected('has been deleted', 'type');
    given(...history, unreadable('UserDeleted')).thenItIs({ status: 'deleted', userId });
  });
});
