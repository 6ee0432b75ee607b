import type { Clock } from '../../core/clock';
import type { LogMessage } from './log-events';
import type { LogGroup, LogGroups } from './log-groups';
import type { Subscriptions } from './subscriptions';

/** The one way in which events come into log groups, whoever writes them: kept, and sent on to who has subscribed. */
export class LogWriter {
  readonly #clock: Clock;
  readonly #groups: LogGroups;
  readonly #subscriptions: Subscriptions;

  constructor(clock: Clock, groups: LogGroups, subscriptions: Subscriptions) {
    this.#clock = clock;
    this.#groups = groups;
    this.#subscriptions = subscriptions;
  }

  write(group: LogGroup, stream: string, messages: readonly LogMessage[]): void {
    const written = this.#groups.events.append(group.id, stream, messages, this.#clock.now());
    this.#groups.sweep(group);
    this.#subscriptions.forward(group, stream, written);
  }
}
