import { formatArn, parseArn } from '../../../core/arn';
import type { Timer } from '../../../core/clock';
import { randomHex } from '../../../core/ids';
import { Records } from '../../../core/records';
import type { Call, CloudContext } from '../../../core/service';
import { namedTableNotFound, tableNotFound, validationError } from '../errors';
import type { Streams } from '../streams/streams';
import { Changes } from './changes';
import { RecentTransactions } from './recent-transactions';
import { Table } from './table';
import type { TableRecord } from './table-record';

/** Whose tables: every account and region has its own. */
export type Owner = Pick<Call, 'account' | 'region'>;

type TablesOptions = {
  /** How long after its expiry an item goes, in milliseconds (on AWS: within a few days). */
  readonly expiryDelay: number;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
  /** Whether the stream records of a transaction are mixed. */
  readonly shuffleTransactions: boolean;
};

/** All tables, and what happens to them by itself. */
export class Tables {
  readonly context: CloudContext;
  readonly streams: Streams;
  readonly transactions = new RecentTransactions();
  readonly #options: TablesOptions;
  readonly #records: Records<TableRecord>;
  readonly #tables = new Map<string, Table>();
  readonly #timers = new Map<string, Timer>();

  constructor(context: CloudContext, streams: Streams, options: TablesOptions) {
    this.context = context;
    this.streams = streams;
    this.#options = options;
    this.#records = new Records(context.store.space('dynamodb.tables'));
    for (const record of this.#records.values()) this.#open(record);
  }

  /** Sets the timers that a restart has lost. */
  start(): void {
    for (const table of this.#tables.values()) this.#scheduleExpiry(table);
  }

  stop(): void {
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  /** The table behind a `TableName`, which may be an ARN. Throws as the operations on items do. */
  get(owner: Owner, name: string): Table {
    const table = this.find(owner, name);
    if (!table) throw tableNotFound();
    return table;
  }

  /** Throws as the operations on tables do. */
  named(owner: Owner, name: string): Table {
    const table = this.find(owner, name);
    if (!table) throw namedTableNotFound(this.#nameOf(owner, name));
    return table;
  }

  find(owner: Owner, name: string): Table | undefined {
    return this.#tables.get(keyOf(owner, this.#nameOf(owner, name)));
  }

  /** The names of all tables of an owner, sorted. */
  names(owner: Owner): string[] {
    const prefix = keyOf(owner, '');
    return this.#records
      .entries()
      .filter(([key]) => key.startsWith(prefix))
      .map(([, record]) => record.name);
  }

  newId(): string {
    return randomHex(32);
  }

  /** Adds a table, or replaces what is known of one. */
  save(record: TableRecord): Table {
    this.#records.set(keyOf(record, record.name), record);
    const table = this.#open(record);
    this.#scheduleExpiry(table);
    return table;
  }

  remove(table: Table): void {
    const key = keyOf(table.record, table.record.name);
    this.#timers.get(table.record.id)?.cancel();
    this.#timers.delete(table.record.id);
    table.clear();
    this.#records.delete(key);
    this.#tables.delete(key);
  }

  /** Runs the writes of one request and then tells what has changed. `transaction`: they are one. */
  change(run: (changes: Changes) => void): void {
    const changes = new Changes(this.context.trace);
    run(changes);
    changes.publish({ scheduleExpiry: (table) => this.#scheduleExpiry(table) });
  }

  /** The same for the writes of a transaction. `place` names it, for an adversary that repeats itself. */
  changeTogether(place: string, run: (changes: Changes) => void): void {
    const changes = new Changes(this.context.trace);
    run(changes);
    const { shuffleTransactions, random } = this.#options;
    const { faults } = this.context;
    const scheduleExpiry = (table: Table) => this.#scheduleExpiry(table);
    changes.publish({
      scheduleExpiry,
      ...(shuffleTransactions ? { random: faults.active ? faults.random(place) : random } : {}),
    });
  }

  #open(record: TableRecord): Table {
    const stream = record.stream && this.streams.get(record.stream.arn);
    const table = new Table(record, this.context.store, stream);
    this.#tables.set(keyOf(record, record.name), table);
    return table;
  }

  #nameOf(owner: Owner, name: string): string {
    if (!name.startsWith('arn:')) return name;
    const arn = parseArn(name);
    if (arn?.service !== 'dynamodb' || !/^table\/[^/]+$/.test(arn.resource))
      throw validationError(`Invalid table ARN: ${name}`);
    if (arn.account !== owner.account || arn.region !== owner.region) throw tableNotFound();
    return arn.resource.slice('table/'.length);
  }

  #scheduleExpiry(table: Table): void {
    const { clock } = this.context;
    const { id, name } = table.record;
    const next = table.ttl?.next(clock.now());
    const timer = this.#timers.get(id);
    const dueAt = next === undefined ? undefined : next * 1000 + this.#options.expiryDelay;
    if (timer && dueAt !== undefined && timer.dueAt <= dueAt) return;
    timer?.cancel();
    this.#timers.delete(id);
    if (dueAt === undefined) return;
    const run = () => this.#expire(owner(table), name);
    this.#timers.set(id, clock.after(dueAt - clock.now(), `dynamodb: expire items of ${name}`, run));
  }

  #expire(owner: Owner, name: string): void {
    const table = this.find(owner, name);
    if (!table) return;
    this.#timers.delete(table.record.id);
    const now = this.context.clock.now() - this.#options.expiryDelay;
    const { trace } = this.context;
    this.change((changes) => {
      for (const key of table.ttl?.expired(now) ?? []) {
        const before = table.get(key);
        if (!before) continue;
        const hop = trace.note({
          service: 'dynamodb',
          operation: 'Expire',
          target: table.record.arn,
          by: 'dynamodb',
          causes: [],
          about: before.text,
        });
        trace.within(hop, () => table.write(changes, key, before, undefined, 'time-to-live'));
      }
    });
    this.#scheduleExpiry(table);
  }
}

const keyOf = ({ account, region }: Owner, name: string): string => `${account}/${region}/${name}`;

const owner = ({ record: { account, region } }: Table): Owner => ({ account, region });

export const tableArn = ({ account, region }: Owner, name: string): string =>
  formatArn({ service: 'dynamodb', region, account, resource: `table/${name}` });
