import type { Projection } from '../application/read-models/projection';
import type { UserProfile } from '../application/read-models/rows';
import { understood } from '../application/upcasted';
import { optionalTextOf, textOf, UnreadableEvent } from './event-fields';
import { latest, present } from './row-fields';

/** One row per user. A deletion takes the personal fields out of it. */
export const userProfile: Projection<UserProfile> = {
  name: 'user-profile',
  prefix: 'user#',
  fold(user, recorded) {
    const event = understood(recorded);
    const change = present({ email: optionalTextOf(event, 'email'), name: optionalTextOf(event, 'name') });
    if (event.type === 'UserCreated') {
      return {
        stream: event.stream,
        version: event.version,
        userId: textOf(event, 'userId'),
        status: 'active',
        ...change,
        createdAt: user?.createdAt ?? event.time,
        updatedAt: latest(user?.updatedAt ?? '', event.time),
      };
    }
    if (user === undefined) throw new UnreadableEvent(event, 'version', event.version, 'UserCreated before it');
    const now = { version: event.version, updatedAt: latest(user.updatedAt, event.time) };
    switch (event.type) {
      case 'UserUpdated':
        return { ...user, ...change, ...now };
      case 'UserDeleted':
        return { stream: user.stream, userId: user.userId, status: 'deleted', createdAt: user.createdAt, ...now };
      default:
        throw new UnreadableEvent(event, 'type', event.type, 'an event of a user');
    }
  },
};
