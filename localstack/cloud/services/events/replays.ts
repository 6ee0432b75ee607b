import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';
import type { ArchiveId, Archives } from './archives';
import { restoreEnvelope } from './envelope';
import { archiveArn, type BusId, busArn, busKey, replayArn } from './records';
import type { Router } from './router';

export type ReplayState = 'STARTING' | 'RUNNING' | 'COMPLETED' | 'CANCELLING' | 'CANCELLED' | 'FAILED';

/** The name is unique in account and region. */
export type ReplayRecord = BusId & {
  readonly archive: ArchiveId;
  readonly bus: BusId;
  readonly description?: string;
  /** Rules of the bus: only these get the events. */
  readonly filterArns?: readonly string[];
  /** The names of those rules. */
  readonly rules?: readonly string[];
  /** Events that happened from then on, and before `to`: milliseconds since 1970. */
  readonly from: number;
  readonly to: number;
  readonly state: ReplayState;
  readonly reason?: string;
  readonly startedAt: number;
  readonly endedAt?: number;
  /** The time of the event that was replayed last. */
  readonly lastEventTime?: number;
  /** How far it is in the archive. */
  readonly position?: string;
  /** The hop in the trace that started it. */
  readonly causes: readonly string[];
};

/** Replays that are done with are forgotten after 90 days. */
const KEPT = 90 * 86_400_000;
/** So many events are replayed at a time; what they bring about has its turn in between. */
const STEP = 100;
const UNDER_WAY: readonly ReplayState[] = ['STARTING', 'RUNNING', 'CANCELLING'];

/**
 * Replays of archives: events go over their bus again in the order of their own time, a hundred at a time. How far a
 * replay is stands in the store with what it has delivered, so it goes on from there after a restart.
 */
export class Replays {
  readonly #context: CloudContext;
  readonly #archives: Archives;
  readonly #router: Router;
  readonly #records: Records<ReplayRecord>;
  readonly #running = new Map<string, Promise<void>>();
  #stopped = true;

  constructor(context: CloudContext, archives: Archives, router: Router) {
    this.#context = context;
    this.#archives = archives;
    this.#router = router;
    this.#records = new Records(context.store.space('events-replays'));
  }

  start(): void {
    this.#stopped = false;
    for (const replay of this.#records.values()) if (isUnderWay(replay)) this.#run(replay);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#running.values());
  }

  find(id: BusId): ReplayRecord | undefined {
    return this.list(id).find(({ name }) => name === id.name);
  }

  /** The replays of an account and region, by name. */
  list({ account, region }: Pick<BusId, 'account' | 'region'>): ReplayRecord[] {
    const now = this.#context.clock.now();
    const found = this.#records.values().filter((one) => one.account === account && one.region === region);
    const isOld = ({ endedAt }: ReplayRecord) => endedAt !== undefined && now - endedAt > KEPT;
    for (const replay of found) if (isOld(replay)) this.#records.delete(busKey(replay));
    return found.filter((replay) => !isOld(replay));
  }

  begin(replay: ReplayRecord): void {
    this.#set(replay);
    this.#run(replay);
  }

  cancel(replay: ReplayRecord): void {
    this.#set({ ...replay, state: 'CANCELLING' });
  }

  #run(replay: ReplayRecord): void {
    const key = busKey(replay);
    const done = this.#context.activity.begin(`events: replay ${replay.name}`);
    const run = this.#steps(key).finally(() => {
      this.#running.delete(key);
      done();
    });
    this.#running.set(key, run);
  }

  async #steps(key: string): Promise<void> {
    for (;;) {
      // What the step before brought about goes on; and whoever started this gets its answer.
      await new Promise((resolve) => setImmediate(resolve));
      if (this.#stopped) return;
      const replay = this.#records.get(key);
      if (!replay || !this.#step(replay)) return;
      await this.#context.store.durable();
    }
  }

  /** Replays some more events; false when that was the last of it. */
  #step(replay: ReplayRecord): boolean {
    if (replay.state === 'CANCELLING') this.#end(replay, 'CANCELLED');
    if (replay.state !== 'STARTING' && replay.state !== 'RUNNING') return false;
    const archive = this.#archives.find(replay.archive);
    if (!archive) {
      this.#end(replay, 'FAILED', `Archive ${replay.archive.name} does not exist.`);
      return false;
    }
    const refusal = this.#archives.refusalOf(archive);
    if (refusal) {
      this.#end(replay, 'FAILED', `EventBridge cannot use the KMS key of the archive: ${refusal.message}`);
      return false;
    }
    const { from, to, position: after } = replay;
    const events = this.#archives.events.read(busKey(archive), { from, to, after }, STEP);
    const last = events.at(-1);
    if (!last) {
      this.#end(replay, 'COMPLETED');
      return false;
    }
    const only = replay.rules ? new Set(replay.rules) : undefined;
    for (const { text, time, archivedAt } of events) {
      const envelope = restoreEnvelope({ text, time, ingestedAt: archivedAt }, replay.name);
      const hop = this.#context.trace.note({
        service: 'events',
        operation: 'Replay',
        target: busArn(replay.bus),
        by: replayArn(replay),
        causes: replay.causes,
        about: envelope.text(),
      });
      this.#router.route(replay.bus, envelope, { causes: [hop], ...(only ? { only } : {}) });
    }
    this.#set({ ...replay, state: 'RUNNING', position: last.position, lastEventTime: last.time });
    return true;
  }

  #end(replay: ReplayRecord, state: ReplayState, reason?: string): void {
    this.#set({ ...replay, state, endedAt: this.#context.clock.now(), ...(reason ? { reason } : {}) });
  }

  #set(replay: ReplayRecord): void {
    this.#records.set(busKey(replay), replay);
  }
}

export const isUnderWay = ({ state }: ReplayRecord): boolean => UNDER_WAY.includes(state);

/** What users see of a replay, in a list. */
export const replaySummary = (replay: ReplayRecord) => ({
  ReplayName: replay.name,
  EventSourceArn: archiveArn(replay.archive),
  State: replay.state,
  ...(replay.reason === undefined ? {} : { StateReason: replay.reason }),
  EventStartTime: replay.from / 1_000,
  EventEndTime: replay.to / 1_000,
  ...(replay.lastEventTime === undefined ? {} : { EventLastReplayedTime: replay.lastEventTime / 1_000 }),
  ReplayStartTime: replay.startedAt / 1_000,
  ...(replay.endedAt === undefined ? {} : { ReplayEndTime: replay.endedAt / 1_000 }),
});
