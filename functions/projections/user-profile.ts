import { subjectOf } from '../application/catalogue';
import type { Projection } from '../application/read-models/projection';
import type { UserProfile } from '../application/read-models/rows';
import type { RecordedEvent } from '../application/recorded-event';
import { understood } from '../application/upcasted';
import type { UserState } from '../domain/user';
import { optionalTextOf, textOf, UnreadableEvent } from './event-fields';
import { latest, present } from './row-fields';

/**
 * One row per user. Events as they are stored leave the personal fields in it sealed, as `personal`; events that were opened
 * leave them as they are. A deletion takes both out of it.
 */
export const userProfile: Projection<UserProfile> = {
  name: 'user-profile',
  revision: 1,
  prefix: 'user#',
  fold(user, recorded) {
    const event = understood(recorded);
    if (event.type === 'UserCreated') {
      return {
        stream: event.stream,
        version: event.version,
        userId: textOf(event, 'userId'),
        status: 'active',
        ...personalOf(undefined, event),
        createdAt: user?.createdAt ?? event.time,
        updatedAt: latest(user?.updatedAt ?? '', event.time),
      };
    }
    if (user === undefined) throw new UnreadableEvent(event, 'version', event.version, 'UserCreated before it');
    const { stream, userId, createdAt } = user;
    const now = { version: event.version, updatedAt: latest(user.updatedAt, event.time) };
    switch (event.type) {
      case 'UserUpdated':
        return { stream, userId, status: user.status, ...personalOf(user, event), createdAt, ...now };
      case 'UserDeleted':
        return { stream, userId, status: 'deleted', createdAt, ...now };
      default:
        throw new UnreadableEvent(event, 'type', event.type, 'an event of a user');
    }
  },
  fromSnapshot({ stream, version }, { state, createdAt, updatedAt }) {
    const user = state as UserState;
    const of = { stream, version, userId: subjectOf(stream), createdAt, updatedAt };
    if (user.status === 'deleted') return { ...of, status: 'deleted' };
    if (user.status !== 'active') return { ...of, status: 'active', forgotten: true };
    return { ...of, status: 'active', email: user.email, name: user.name };
  },
};

type Personal = Pick<UserProfile, 'personal' | 'email' | 'name' | 'forgotten'>;

function personalOf(before: Personal | undefined, event: RecordedEvent): Personal {
  const { profile } = event.metadata;
  if (typeof profile === 'string') return { personal: profile };
  if (event.data.forgotten === true && event.data.email === undefined && event.data.name === undefined)
    return { forgotten: true };
  const email = optionalTextOf(event, 'email') ?? before?.email;
  const name = optionalTextOf(event, 'name') ?? before?.name;
  return present({ email, name });
}
