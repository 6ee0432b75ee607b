import type { AwsError } from '../../core/aws-error';
import type { Clock } from '../../core/clock';
import { uuid } from '../../core/ids';
import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';
import type { Trace } from '../../core/trace';
import { ArchivedEvents, type Totals } from './archived-events';
import type { Buses } from './buses';
import type { Envelope } from './envelope';
import type { EventKeys } from './event-keys';
import { archiveArn, type BusId, busKey, type RuleRecord, ruleArn } from './records';

/** The name is unique in account and region. */
export type ArchiveId = BusId;

export type ArchiveRecord = ArchiveId & {
  /** Tells it from an archive of the same name that was there before. */
  readonly uuid: string;
  readonly bus: BusId;
  readonly pattern?: string;
  readonly description?: string;
  /** A key of its own. */
  readonly kmsKeyArn?: string;
  /** 0: for ever. */
  readonly retentionDays: number;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
};

const DAY = 86_400_000;
const HOUR = 3_600_000;
const MANAGED_BY = 'prod.vhs.events.aws.internal';

const ruleName = (archive: string) => `Events-Archive-${archive}`;

/**
 * Archives of buses. As at AWS, an archive takes its events by a rule of its bus that EventBridge manages itself, and
 * that matches no replayed events; so an event is archived in the same transaction that takes it to other targets.
 */
export class Archives {
  readonly events: ArchivedEvents;
  readonly #clock: Clock;
  readonly #trace: Trace;
  readonly #buses: Buses;
  readonly #keys: EventKeys;
  readonly #records: Records<ArchiveRecord>;
  /** By key, when an archive that is only written to is next cleared of what has expired. */
  readonly #sweeps = new Map<string, number>();

  constructor({ clock, trace, store }: CloudContext, buses: Buses, keys: EventKeys) {
    this.#clock = clock;
    this.#trace = trace;
    this.#buses = buses;
    this.#keys = keys;
    this.#records = new Records(store.space('events-archives'));
    this.events = new ArchivedEvents(store);
  }

  /** Without events that have expired. */
  find(id: ArchiveId): ArchiveRecord | undefined {
    const found = this.#records.get(busKey(id));
    if (found) this.#expire(found);
    return found;
  }

  /** The archives of an account and region, by name. */
  list({ account, region }: Pick<ArchiveId, 'account' | 'region'>): ArchiveRecord[] {
    const found = this.#records.values().filter((one) => one.account === account && one.region === region);
    for (const archive of found) this.#expire(archive);
    return found;
  }

  totals(archive: ArchiveId): Totals {
    return this.events.totals(busKey(archive));
  }

  /** Throws `InvalidPattern`, and has then changed nothing. */
  create(archive: Omit<ArchiveRecord, 'uuid'>): ArchiveRecord {
    const record = { ...archive, uuid: uuid() };
    this.#buses.setRule(managedRule(record));
    this.#records.set(busKey(record), record);
    return record;
  }

  /** Throws `InvalidPattern`, and has then changed nothing. */
  update(archive: ArchiveRecord): void {
    // Somebody may have removed the managed rule by force.
    if (this.#buses.findRule(archive.bus, ruleName(archive.name))) this.#buses.setRule(managedRule(archive));
    this.#records.set(busKey(archive), archive);
    this.#expire(archive);
  }

  delete(archive: ArchiveRecord): void {
    const rule = this.#buses.findRule(archive.bus, ruleName(archive.name));
    if (rule) this.#buses.deleteRule(rule);
    this.#records.delete(busKey(archive));
    this.events.drop(busKey(archive));
  }

  /** Why EventBridge may not write or read an archive, if its key is in the way. */
  refusalOf(archive: ArchiveRecord): AwsError | undefined {
    return this.#keys.refusalOf(archive.kmsKeyArn, archive.bus);
  }

  /** An event that the managed rule of an archive matched. */
  take(id: ArchiveId, envelope: Envelope, rule: RuleRecord, causes: readonly string[]): void {
    const archive = this.#records.get(busKey(id));
    if (!archive) return;
    const text = envelope.text();
    const now = this.#clock.now();
    const target = archiveArn(id);
    const by = ruleArn(rule);
    const hop = { service: 'events', operation: 'Archive', target, by, causes, about: text };
    const refusal = this.refusalOf(archive);
    if (refusal) {
      this.#trace.note(hop, refusal.code, refusal.message);
      return;
    }
    this.events.add(busKey(id), { time: envelope.time, archivedAt: now, text });
    this.#trace.note(hop);
    if (now >= (this.#sweeps.get(busKey(id)) ?? 0)) this.#expire(archive);
  }

  #expire(archive: ArchiveRecord): void {
    if (archive.retentionDays === 0) return;
    const now = this.#clock.now();
    this.#sweeps.set(busKey(archive), now + HOUR);
    this.events.expire(busKey(archive), now - archive.retentionDays * DAY);
  }
}

function managedRule(archive: ArchiveRecord): RuleRecord {
  const name = ruleName(archive.name);
  const { account, region } = archive.bus;
  const InputTemplate = `{"archive-arn": "${archiveArn(archive)}:${archive.uuid}", "event": <aws.events.event.json>, "ingestion-time": <aws.events.event.ingestion-time>}`;
  return {
    name,
    bus: archive.bus,
    state: 'ENABLED',
    pattern: withoutReplays(archive.pattern),
    createdBy: account,
    managedBy: MANAGED_BY,
    archive: archive.name,
    targets: [{ Id: name, Arn: `arn:aws:events:${region}:::`, InputTransformer: { InputPathsMap: {}, InputTemplate } }],
    tags: {},
  };
}

const NO_REPLAY = '"replay-name":[{"exists":false}]';

/** The pattern as it is written, with one more field: numbers in it are not to be read and written again. */
function withoutReplays(pattern: string | undefined): string {
  if (pattern === undefined) return `{${NO_REPLAY}}`;
  const text = pattern.trim();
  // What is no object, or is empty, is refused as it stands.
  return /^\{\s*"/.test(text) ? `${text.slice(0, -1)},${NO_REPLAY}}` : text;
}
