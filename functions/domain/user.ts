import { append, type Decision, park, redundant, reject } from './decision';

export type UserCreated = { readonly type: 'UserCreated'; readonly data: Person & { readonly userId: string } };
/** Only the fields that change. */
export type UserUpdated = {
  readonly type: 'UserUpdated';
  readonly data: { readonly userId: string; readonly email?: string; readonly name?: string };
};
export type UserDeleted = { readonly type: 'UserDeleted'; readonly data: { readonly userId: string } };

export type UserEvent = UserCreated | UserUpdated | UserDeleted;

/** The personal data of a user. */
export type Person = { readonly email: string; readonly name: string };

export type InactiveUser = { readonly status: 'inactive' };
export type ActiveUser = Person & { readonly status: 'active'; readonly userId: string; readonly createdAs: Person };
/** There was a user, but who it was nobody can read any more. A deletion follows, or has been lost. */
export type ForgottenUser = { readonly status: 'forgotten'; readonly userId: string };
export type DeletedUser = { readonly status: 'deleted'; readonly userId: string };
export type UserState = InactiveUser | ActiveUser | ForgottenUser | DeletedUser;

export const noUser: UserState = { status: 'inactive' };

/**
 * Total: an event that does not fit the state leaves it as it is. Recorded events of a user whose personal data have been
 * destroyed come without them, whatever their types say.
 */
export function evolveUser(user: UserState, event: UserEvent): UserState {
  switch (event.type) {
    case 'UserCreated': {
      if (user.status !== 'inactive') return user;
      const { userId, email, name }: Partial<Person> & { readonly userId: string } = event.data;
      if (email === undefined || name === undefined) return { status: 'forgotten', userId };
      return { status: 'active', userId, email, name, createdAs: { email, name } };
    }
    case 'UserUpdated': {
      if (user.status !== 'active') return user;
      const { email = user.email, name = user.name } = event.data;
      return { ...user, email, name };
    }
    case 'UserDeleted':
      return user.status === 'inactive' ? user : { status: 'deleted', userId: user.userId };
  }
}

export function decideUser(user: UserState, event: UserEvent): Decision<UserEvent> {
  switch (event.type) {
    case 'UserCreated':
      return create(user, event);
    case 'UserUpdated':
      return update(user, event);
    case 'UserDeleted':
      return remove(user, event);
  }
}

function create(user: UserState, event: UserCreated): Decision<UserEvent> {
  if (isGone(user)) return gone(event);
  const { email, name }: Partial<Person> = event.data;
  if (email === undefined || name === undefined) return unreadable;
  if (user.status === 'inactive') return append(event);
  if (email === user.createdAs.email && name === user.createdAs.name)
    return redundant('the user has already been created, with the same data');
  return reject('the user has already been created, with other data', {
    field: email === user.createdAs.email ? 'name' : 'email',
    value: email === user.createdAs.email ? name : email,
    expected: 'the value that the user was created with; use UserUpdated to change it',
  });
}

function update(user: UserState, event: UserUpdated): Decision<UserEvent> {
  if (isGone(user)) return gone(event);
  if (event.data.email === undefined && event.data.name === undefined) return unreadable;
  if (user.status === 'inactive') return park(1, 'the user has not been created yet');
  const { email = user.email, name = user.name } = event.data;
  if (email === user.email && name === user.name) return redundant('the user has these data already');
  return append(event);
}

function remove(user: UserState, event: UserDeleted): Decision<UserEvent> {
  if (user.status === 'inactive') return park(1, 'the user has not been created yet');
  if (user.status === 'deleted') return redundant('the user has already been deleted');
  return append(event);
}

const isGone = (user: UserState): user is ForgottenUser | DeletedUser =>
  user.status === 'deleted' || user.status === 'forgotten';

const gone = (event: UserEvent): Decision<never> =>
  reject('the user has been deleted', {
    field: 'type',
    value: event.type,
    expected: 'no further event after UserDeleted',
  });

/** An event that waited, or was sent again, for so long that its key is gone. */
const unreadable: Decision<never> = reject('nobody can read any more what it says', {
  field: 'data',
  expected: 'an event that comes before the key of its personal data is gone',
});
