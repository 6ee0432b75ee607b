import type { Clock } from '../../core/clock';
import { PatternIndex } from '../../core/patterns/pattern-index';
import { Records } from '../../core/records';
import type { Store } from '../../core/store';
import { type BusId, type BusRecord, busKey, type RuleRecord, ruleKey } from './records';
import { notFound } from './validation';

/** A bus with what is needed to route events at once. */
export type Bus = {
  readonly record: BusRecord;
  /** Parsed, and the same object as long as the policy is the same: who judges it compiles it once. */
  readonly policy: object | undefined;
  /** The enabled rules with a pattern, by name. */
  readonly patterns: PatternIndex<string>;
};

/** All buses and rules of the cloud. */
export class Buses {
  readonly #clock: Clock;
  readonly #busRecords: Records<BusRecord>;
  readonly #ruleRecords: Records<RuleRecord>;
  readonly #buses = new Map<string, Bus>();
  readonly #watchers: ((rule: RuleRecord, gone: boolean) => void)[] = [];

  constructor({ clock, store }: { clock: Clock; store: Store }) {
    this.#clock = clock;
    this.#busRecords = new Records(store.space('events-buses'));
    this.#ruleRecords = new Records(store.space('events-rules'));
    for (const record of this.#busRecords.values()) this.#open(record);
    for (const rule of this.#ruleRecords.values()) this.#route(rule);
  }

  /** Undefined when there is none. The default bus is always there. */
  find(id: BusId): Bus | undefined {
    const found = this.#buses.get(busKey(id));
    if (found || id.name !== 'default') return found;
    const now = this.#clock.now();
    return this.#open({ ...id, createdAt: now, modifiedAt: now, tags: {} });
  }

  bus(id: BusId): Bus {
    const bus = this.find(id);
    if (!bus) throw notFound(`Event bus ${id.name} does not exist.`);
    return bus;
  }

  /** The buses of an account and region, by name. */
  list({ account, region }: Pick<BusId, 'account' | 'region'>): Bus[] {
    this.find({ account, region, name: 'default' });
    return [...this.#buses.values()]
      .filter(({ record }) => record.account === account && record.region === region)
      .sort((a, b) => (a.record.name < b.record.name ? -1 : 1));
  }

  setBus(record: BusRecord): void {
    this.#busRecords.set(busKey(record), record);
    this.#open(record);
  }

  /** Without its rules: there must be none. */
  deleteBus(id: BusId): void {
    this.#busRecords.delete(busKey(id));
    this.#buses.delete(busKey(id));
  }

  findRule(bus: BusId, name: string): RuleRecord | undefined {
    return this.#ruleRecords.get(ruleKey({ bus, name }));
  }

  /** The rules of a bus, by name. */
  rules(bus: BusId): RuleRecord[] {
    const key = busKey(bus);
    return this.#ruleRecords.values().filter((rule) => busKey(rule.bus) === key);
  }

  allRules(): RuleRecord[] {
    return this.#ruleRecords.values();
  }

  /** Throws `InvalidPattern`, and has then changed nothing. */
  setRule(rule: RuleRecord): void {
    this.#route(rule);
    this.#ruleRecords.set(ruleKey(rule), rule);
    for (const watch of this.#watchers) watch(rule, false);
  }

  deleteRule(rule: RuleRecord): void {
    this.#ruleRecords.delete(ruleKey(rule));
    this.find(rule.bus)?.patterns.delete(rule.name);
    for (const watch of this.#watchers) watch(rule, true);
  }

  /** Tells of every rule that is set or deleted from now on. */
  watchRules(watch: (rule: RuleRecord, gone: boolean) => void): void {
    this.#watchers.push(watch);
  }

  #open(record: BusRecord): Bus {
    const before = this.#buses.get(busKey(record));
    const samePolicy = before && before.record.policy === record.policy;
    const bus: Bus = {
      record,
      policy: samePolicy ? before.policy : record.policy && (JSON.parse(record.policy) as object),
      patterns: before?.patterns ?? new PatternIndex(),
    } as Bus;
    this.#buses.set(busKey(record), bus);
    return bus;
  }

  #route(rule: RuleRecord): void {
    const { patterns } = this.bus(rule.bus);
    if (rule.pattern !== undefined && rule.state === 'ENABLED') patterns.set(rule.name, rule.pattern);
    else patterns.delete(rule.name);
  }
}
