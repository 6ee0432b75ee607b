import { formatArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import { randomHex } from '../../core/ids';
import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';
import { LogEvents } from './log-events';
import type { SubscriptionFilter } from './subscriptions';

export type LogGroup = {
  /** Prefix of its events in the store; new for every group, so a recreated group begins empty. */
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly creationTime: number;
  readonly retentionInDays?: number;
  /** The ARN of the key that the group was given. */
  readonly kmsKeyId?: string;
  /** By name. */
  readonly subscriptions?: readonly SubscriptionFilter[];
  readonly tags: Readonly<Record<string, string>>;
};

export type LogStream = { readonly name: string; readonly arn: string; readonly creationTime: number };

/** Where log groups live: an account and a region. */
export type Place = { readonly account: string; readonly region: string };

const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 60_000;

/** Log groups, their streams and events, with the retention of each group kept by the clock. */
export class LogGroups {
  readonly events: LogEvents;
  readonly #context: CloudContext;
  readonly #groups: Records<LogGroup>;
  readonly #streams: Records<LogStream>;
  readonly #sweptAt = new Map<string, number>();

  constructor(context: CloudContext, options: { maxGroupBytes: number }) {
    this.#context = context;
    this.#groups = new Records(context.store.space('logs-groups'));
    this.#streams = new Records(context.store.space('logs-streams'));
    this.events = new LogEvents(context.store.space('logs-events'), options);
  }

  create(place: Place, name: string, tags: Record<string, string> = {}): LogGroup {
    const arn = groupArn(place, name);
    if (this.#groups.has(arn)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log group already exists');
    }
    const group: LogGroup = { id: randomHex(16), name, arn, creationTime: this.#context.clock.now(), tags };
    this.#groups.set(arn, group);
    return group;
  }

  /** `identifier`: a name, or an ARN with or without `:*` at its end. */
  find(place: Place, identifier: string): LogGroup | undefined {
    const arn = identifier.startsWith('arn:') ? identifier.replace(/:\*$/, '') : groupArn(place, identifier);
    return this.#groups.get(arn);
  }

  get(place: Place, identifier: string): LogGroup {
    const group = this.find(place, identifier);
    if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    return group;
  }

  replace(group: LogGroup): void {
    this.#groups.set(group.arn, group);
  }

  delete(group: LogGroup): void {
    this.events.removeGroup(group.id);
    for (const stream of this.streams(group)) this.#streams.delete(streamKey(group, stream.name));
    this.#groups.delete(group.arn);
  }

  /** All groups of a place, by name. */
  list(place: Place): LogGroup[] {
    const prefix = groupArn(place, '');
    return this.#groups
      .entries()
      .filter(([arn]) => arn.startsWith(prefix))
      .map(([, group]) => group);
  }

  createStream(group: LogGroup, name: string): LogStream {
    const key = streamKey(group, name);
    if (this.#streams.has(key)) {
      throw new AwsError('ResourceAlreadyExistsException', 'The specified log stream already exists');
    }
    const stream = { name, arn: `${group.arn}:log-stream:${name}`, creationTime: this.#context.clock.now() };
    this.#streams.set(key, stream);
    return stream;
  }

  hasStream(group: LogGroup, name: string): boolean {
    return this.#streams.has(streamKey(group, name));
  }

  stream(group: LogGroup, name: string): LogStream {
    const stream = this.#streams.get(streamKey(group, name));
    if (!stream) throw new AwsError('ResourceNotFoundException', 'The specified log stream does not exist.');
    return stream;
  }

  streams(group: LogGroup): LogStream[] {
    const prefix = `${group.id}/`;
    return this.#streams
      .entries()
      .filter(([key]) => key.startsWith(prefix))
      .map(([, stream]) => stream);
  }

  deleteStream(group: LogGroup, name: string): void {
    this.stream(group, name);
    this.events.removeStream(group.id, name);
    this.#streams.delete(streamKey(group, name));
  }

  /** Milliseconds; events from before are gone, whether or not they have been removed already. */
  cutoff(group: LogGroup): number {
    return group.retentionInDays === undefined ? 0 : this.#context.clock.now() - group.retentionInDays * DAY_MS;
  }

  /** Removes what retention has ended, and streams that hold nothing any more; at most once a minute for a group. */
  sweep(group: LogGroup): void {
    const now = this.#context.clock.now();
    if (now - (this.#sweptAt.get(group.id) ?? 0) < SWEEP_EVERY_MS) return;
    this.#sweptAt.set(group.id, now);
    this.events.expire(group.id, this.cutoff(group));
    const filled = this.events.figures(group.id).streams;
    for (const stream of this.streams(group)) {
      // A stream that was just made has had no time to be written to.
      if (!filled.has(stream.name) && now - stream.creationTime > DAY_MS) {
        this.#streams.delete(streamKey(group, stream.name));
      }
    }
  }
}

export const groupArn = ({ account, region }: Place, name: string): string =>
  formatArn({ service: 'logs', region, account, resource: `log-group:${name}` });

const streamKey = (group: LogGroup, name: string): string => `${group.id}/${name}`;
