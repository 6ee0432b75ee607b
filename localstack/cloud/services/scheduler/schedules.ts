import { Records } from '../../core/records';
import type { Call } from '../../core/service';
import type { Store } from '../../core/store';
import { noSuchGroup, noSuchSchedule } from './errors';
import { type GroupId, type GroupRecord, groupKey, type ScheduleId, type ScheduleRecord, scheduleKey } from './records';

export const DEFAULT_GROUP = 'default';

type Watcher = (record: ScheduleRecord, gone: boolean) => void;

/** All schedules and their groups. Every account has a group `default` in every region. */
export class Schedules {
  readonly #schedules: Records<ScheduleRecord>;
  readonly #groups: Records<GroupRecord>;
  readonly #watchers: Watcher[] = [];

  constructor(store: Store) {
    this.#schedules = new Records(store.space('scheduler-schedules'));
    this.#groups = new Records(store.space('scheduler-groups'));
  }

  /** `watcher` is called synchronously whenever a schedule is set, or gone. */
  watch(watcher: Watcher): void {
    this.#watchers.push(watcher);
  }

  find(id: ScheduleId): ScheduleRecord | undefined {
    return this.#schedules.get(scheduleKey(id));
  }

  get(id: ScheduleId): ScheduleRecord {
    this.group(id);
    const record = this.find(id);
    if (!record) throw noSuchSchedule(id);
    return record;
  }

  all(): ScheduleRecord[] {
    return this.#schedules.values();
  }

  /** Those of the caller's account and region, by group and name. */
  list({ account, region }: Pick<Call, 'account' | 'region'>): ScheduleRecord[] {
    return this.all().filter((record) => record.account === account && record.region === region);
  }

  set(record: ScheduleRecord): void {
    this.#schedules.set(scheduleKey(record), record);
    for (const watcher of this.#watchers) watcher(record, false);
  }

  delete(record: ScheduleRecord): void {
    this.#schedules.delete(scheduleKey(record));
    for (const watcher of this.#watchers) watcher(record, true);
  }

  findGroup(id: GroupId): GroupRecord | undefined {
    const { account, region, group } = id;
    return (
      this.#groups.get(groupKey(id)) ?? (group === DEFAULT_GROUP ? { account, region, group, tags: {} } : undefined)
    );
  }

  group(id: GroupId): GroupRecord {
    const record = this.findGroup(id);
    if (!record) throw noSuchGroup(id.group);
    return record;
  }

  /** Those of the caller's account and region, by name. */
  groups({ account, region }: Pick<Call, 'account' | 'region'>): GroupRecord[] {
    const own = this.#groups
      .values()
      .filter((record) => record.account === account && record.region === region && record.group !== DEFAULT_GROUP);
    const all = [...own, this.group({ account, region, group: DEFAULT_GROUP })];
    return all.sort((a, b) => (a.group < b.group ? -1 : 1));
  }

  setGroup(record: GroupRecord): void {
    this.#groups.set(groupKey(record), record);
  }

  /** With all its schedules. */
  deleteGroup(id: GroupId): void {
    for (const record of this.all()) if (groupKey(record) === groupKey(id)) this.delete(record);
    this.#groups.delete(groupKey(id));
  }
}
