import { catalogue } from './catalogue';
import { decodeEvent, type InvalidEvent } from './decode-event';
import type { IncomingEvent } from './incoming-event';
import { type OpenDelivery, plainDelivery } from './open-delivery';
import {
  type Effects,
  type FactPublisher,
  type Inbox,
  type InboxItem,
  type InboxState,
  isAppendConflict,
  isClaimsRefused,
  type LoadedStream,
} from './ports';
import type { RecordedEvent } from './recorded-event';
import { Recording, type RecordingPorts } from './recording';
import type { Refusal } from './refusal';
import { rejectionFact } from './rejection-fact';
import { type Accepted, isSame, type Verdict } from './verdict';

/** An event on its way in. */
export type Delivery = {
  /** The EventBridge envelope. */
  readonly envelope: unknown;
  /** It comes from the Inbox: the item that it stands in, as long as it is undecided. */
  readonly parked?: Pick<InboxItem, 'stream' | 'source' | 'id'> & Partial<Pick<InboxItem, 'at' | 'parkedUntil'>>;
  /** Its time is up: decide it now or reject it. */
  readonly last?: boolean;
  /** Somebody wants it decided again, perhaps mended: the item that it was rejected under. */
  readonly retried?: Pick<InboxItem, 'stream' | 'source' | 'id'>;
};

/** The stream has moved while this event was being decided; `to`, if it has been read since. */
type Moved = { readonly outcome: 'moved'; readonly to?: LoadedStream };
/** How long a cancellation waits, once, for steps that were put just before it: a cold start and some calls. */
const COURTESY_MS = 300;
/** How far the clocks of two functions may be apart, and one be suspended between looking at its clock and writing. */
const CLOCKS_APART_MS = 10 * 60_000;
const MOVED: Moved = { outcome: 'moved' };

type About = { readonly stream: string; readonly id: string; readonly source: string; readonly type: string };

/** How an ingest ends: in exactly one of these ways. */
export type IngestOutcome = About &
  (
    | {
        readonly outcome: 'appended';
        readonly version: number;
        readonly correlationId: string;
        readonly conflicts?: number;
      }
    | { readonly outcome: 'duplicate'; readonly version: number; readonly correlationId: string }
    | { readonly outcome: 'redundant'; readonly reason: string }
    | { readonly outcome: 'parked'; readonly reason: string; readonly dueAtVersion: number }
    | { readonly outcome: 'rejected'; readonly reason: string }
  );

export type IngestPorts = RecordingPorts & {
  readonly inbox: Pick<Inbox, 'put' | 'remove' | 'parked' | 'has'>;
  /** Default: nothing is sealed. */
  readonly openDelivery?: OpenDelivery;
  readonly facts: FactPublisher;
  readonly effects: Effects;
  /** How long an event waits for the steps before it. */
  readonly parkForMs: number;
};

export type Ingest = (delivery: Delivery) => Promise<IngestOutcome>;

/**
 * Takes one event in. Every way out that says so has its effect in the tables already; whatever throws leaves the
 * delivery to be tried again, and trying again is safe. See "Why nothing is lost" in ARCHITECTURE.md for the order of
 * the steps: it is the whole point.
 */
export function makeIngest(ports: IngestPorts): Ingest {
  return async (delivery) => {
    // Safe: until this delivery has ended the event is in the queue that it came by.
    if (delivery.retried) await ports.inbox.remove({ ...delivery.retried, state: 'rejected' });
    const { openDelivery = plainDelivery } = ports;
    const { envelope, decoded } = await openDelivery(delivery.envelope);
    const opened = { ...delivery, envelope };
    if (decoded.ok) return new Ingestion(ports, opened, decoded.event).run();
    await putRejected(ports, opened, decoded.invalid);
    await publishRejected(ports, decoded.invalid);
    if (delivery.parked) await ports.inbox.remove({ ...delivery.parked, state: 'parked' });
    const { stream, id, source, type, reason } = decoded.invalid;
    return { outcome: 'rejected', stream, id, source, type, reason };
  };
}

/** One event on its way to an outcome. */
class Ingestion {
  private readonly about: About;
  private readonly recording: Recording;
  private hasWaited = false;
  /** A parked item of this event may stand in the Inbox, from this run or from one that died. */
  private mayBeParked: boolean;

  constructor(
    private readonly ports: IngestPorts,
    private readonly delivery: Delivery,
    private readonly event: IncomingEvent,
  ) {
    this.recording = new Recording(ports, event);
    this.about = { stream: event.stream, id: event.id, source: event.source, type: event.event.type };
    this.mayBeParked = delivery.parked !== undefined;
  }

  async run(): Promise<IngestOutcome> {
    const { events } = this.ports;
    const { stream, id } = this.event;
    try {
      // An event that opens its stream is put without looking: if it is not the first, the append says so.
      let loaded = this.opens ? events.assumeEmpty(stream) : await events.load(stream);
      while (this.recording.mayTryAgain) {
        const result = await this.carryOut(await this.recording.verdict(loaded), loaded);
        if (result.outcome !== 'moved') return result;
        loaded = result.to ?? (await events.load(stream));
      }
    } finally {
      await this.recording.leave();
    }
    throw new Error(`others were first ${this.recording.conflicts} times while ${id} of ${stream} was being decided`);
  }

  private async carryOut(verdict: Verdict, loaded: LoadedStream): Promise<IngestOutcome | Moved> {
    switch (verdict.kind) {
      case 'append':
        if (this.yields && !this.hasWaited) return this.waitForOthers();
        if (await this.earlierWentFirst(loaded)) return MOVED;
        return this.append(verdict, loaded);
      case 'duplicate':
        return this.duplicate(verdict.of);
      case 'redundant':
        return this.alreadyThere({ outcome: 'redundant', reason: verdict.reason, ...this.about });
      case 'park':
        return this.delivery.last ? this.expire(verdict.reason, loaded) : this.park(verdict, loaded);
      case 'reject':
        // A user's events and the key that opens them are read one beside the other: the key may have gone after this very
        // event was appended, and both after the stream was read.
        return this.event.aggregate === 'user' ? this.refuseForGood(verdict, loaded) : this.reject(verdict);
    }
  }

  /**
   * The bus keeps no order, so a cancellation may overtake a payment that was put before it, and turn it away for ever. Steps
   * that happened before it and could be taken now are taken first, by this run: the feed would do it too, but later. It
   * may die over it like any redelivery; nothing depends on it.
   */
  private async earlierWentFirst(loaded: LoadedStream): Promise<boolean> {
    if (!this.yields) return false;
    const waiting = await this.ports.inbox.parked(this.event.stream);
    const due = waiting.filter(({ dueAtVersion = 0 }) => dueAtVersion <= loaded.version);
    let moved = false;
    for (const parked of due) {
      const decoded = decodeEvent(parked.event);
      if (!decoded.ok || 'yields' in catalogue[decoded.event.event.type] || decoded.event.time > this.event.time)
        continue;
      const { outcome } = await makeIngest(this.ports)({ envelope: parked.event, parked });
      if (outcome === 'appended' || outcome === 'duplicate') moved = true;
    }
    return moved;
  }

  private async append(accepted: Accepted, loaded: LoadedStream): Promise<IngestOutcome | Moved> {
    const fate = await this.fate();
    if (fate === 'rejected') return this.stayRejected();
    const mayExpire = fate === 'may be expiring';
    const result = await this.recording.record(accepted, loaded, ({ contingent }) => contingent || mayExpire);
    switch (result.kind) {
      case 'recorded': {
        const [recorded] = result.events;
        if (!recorded) throw new Error('an append without events');
        const { version, correlationId } = recorded;
        await this.leaveInbox();
        const { conflicts } = this.recording;
        return { outcome: 'appended', version, correlationId, ...(conflicts > 0 && { conflicts }), ...this.about };
      }
      case 'raced':
        return result.existing && isSame(result.existing, this.event) ? this.duplicate(result.existing) : MOVED;
      case 'refused':
        return this.refuseForGood(result.refusal, loaded);
      case 'rejected-before':
        return this.stayRejected();
    }
  }

  private duplicate({ version, correlationId }: RecordedEvent): Promise<IngestOutcome> {
    return this.alreadyThere({ outcome: 'duplicate', version, correlationId, ...this.about });
  }

  /**
   * Someone else has brought this event in, perhaps an earlier run of this very delivery that died after it had parked
   * the event, so the Inbox is tidied even where this run has put nothing there.
   */
  private async alreadyThere(outcome: IngestOutcome): Promise<IngestOutcome> {
    if (!this.opens) this.mayBeParked = true;
    await this.leaveInbox();
    return outcome;
  }

  /** First into the Inbox, then look again: whoever appends after this look finds the event there. */
  private async park(
    { reason, dueAtVersion }: Extract<Verdict, { kind: 'park' }>,
    loaded: LoadedStream,
  ): Promise<IngestOutcome | Moved> {
    const { effects, inbox, parkForMs, events } = this.ports;
    const now = effects.now();
    await inbox.put({
      ...this.about,
      state: 'parked',
      reason,
      dueAtVersion,
      event: this.delivery.envelope,
      // A second wait does not start the clock again.
      at: this.delivery.parked?.at ?? now.toISOString(),
      parkedUntil: this.delivery.parked?.parkedUntil ?? new Date(now.getTime() + parkForMs).toISOString(),
    });
    this.mayBeParked = true;
    // A duplicate that comes after its time was up must not wait again.
    if (this.isOld && (await this.isInInbox('rejected'))) return this.stayRejected();
    const again = await events.load(this.event.stream);
    if (again.version !== loaded.version) return { outcome: 'moved', to: again };
    return { outcome: 'parked', reason, dueAtVersion, ...this.about };
  }

  private expire(why: string, loaded: LoadedStream): Promise<IngestOutcome | Moved> {
    const expected = 'the step before it, in time';
    const problems = [{ field: 'type', value: this.event.event.type, expected }];
    return this.refuseForGood({ reason: `it waited too long: ${why}`, problems }, loaded);
  }

  private async reject({ reason, problems }: Pick<Refusal, 'reason' | 'problems'>): Promise<IngestOutcome> {
    const invalid = this.invalid(reason, problems);
    await putRejected(this.ports, this.delivery, invalid);
    await publishRejected(this.ports, invalid);
    if (!this.opens) await this.ports.inbox.remove({ ...this.about, state: 'parked' });
    return { outcome: 'rejected', reason, ...this.about };
  }

  /**
   * What is in the way may go away, and then another delivery of this event would be accepted. So it is rejected in one
   * transaction with its stream standing still, and accepted only while it has not been rejected: one of the two, for ever.
   */
  private async refuseForGood(
    { reason, problems }: Pick<Refusal, 'reason' | 'problems'>,
    loaded: LoadedStream,
  ): Promise<IngestOutcome | Moved> {
    const invalid = this.invalid(reason, problems);
    const item = rejectedItem(this.ports, this.delivery, invalid);
    try {
      await this.ports.events.append([{ loaded, events: [] }], [{ kind: 'put-item', item }]);
    } catch (error) {
      if (!isAppendConflict(error) && !isClaimsRefused(error)) throw error;
      if (isAppendConflict(error)) {
        await this.recording.raced();
        return MOVED;
      }
    }
    return this.tellRejected(invalid);
  }

  /** It was rejected before, by a delivery that may have died before it told anybody. */
  private stayRejected(): Promise<IngestOutcome> {
    return this.tellRejected(
      this.invalid('it has been rejected before', [
        { field: 'id', value: this.event.id, expected: 'an id that has not been rejected, for a new try' },
      ]),
    );
  }

  private async tellRejected(invalid: InvalidEvent): Promise<IngestOutcome> {
    await publishRejected(this.ports, invalid);
    await this.ports.inbox.remove({ ...this.about, state: 'parked' });
    return { outcome: 'rejected', reason: invalid.reason, ...this.about };
  }

  private async leaveInbox(): Promise<void> {
    if (this.mayBeParked) await this.ports.inbox.remove({ ...this.about, state: 'parked' });
  }

  /** Steps that were put just before it may be on their way, neither appended nor parked yet: a moment for them. */
  private async waitForOthers(): Promise<Moved> {
    this.hasWaited = true;
    await this.ports.effects.sleep(COURTESY_MS);
    return MOVED;
  }

  /**
   * What waiting too long may be making of this event, by way of another delivery. It takes `parkFor`, so most events are too
   * young for it, and a parked one that has time left cannot have expired. Otherwise: if it stands in the Inbox as rejected
   * it is; if it is parked there it may be decided a last time right now; if neither, nobody can be at it.
   */
  private async fate(): Promise<'open' | 'may be expiring' | 'rejected'> {
    const { parked, last } = this.delivery;
    if (last) return 'may be expiring';
    if (parked) return this.isBefore(Date.parse(parked.parkedUntil ?? '')) ? 'open' : 'may be expiring';
    if (!this.isOld) return 'open';
    const [isParked, isRejected] = await Promise.all([this.isInInbox('parked'), this.isInInbox('rejected')]);
    return isRejected ? 'rejected' : isParked ? 'may be expiring' : 'open';
  }

  /** It may have happened so long ago, by its producer, that it was parked and has expired since. */
  private get isOld(): boolean {
    const { timeOfPut } = this.event;
    const time = Date.parse(this.event.time);
    if (this.opens) return false;
    // A time that is still to come says nothing.
    return timeOfPut === true || this.isBefore(time) || !this.isBefore(time + this.ports.parkForMs);
  }

  private isBefore(time: number): boolean {
    return this.ports.effects.now().getTime() < time - CLOCKS_APART_MS;
  }

  private isInInbox(state: InboxState): Promise<boolean> {
    return this.ports.inbox.has({ ...this.about, state });
  }

  private get yields(): boolean {
    return 'yields' in catalogue[this.event.event.type];
  }

  private get opens(): boolean {
    return 'opens' in catalogue[this.event.event.type];
  }

  private invalid(reason: string, problems: InvalidEvent['problems']): InvalidEvent {
    const { correlationId } = this.event;
    return { ...this.about, ...(correlationId !== undefined && { correlationId }), reason, problems };
  }
}

const putRejected = (ports: IngestPorts, delivery: Delivery, invalid: InvalidEvent): Promise<void> =>
  ports.inbox.put(rejectedItem(ports, delivery, invalid));

function rejectedItem({ effects }: IngestPorts, { envelope }: Delivery, invalid: InvalidEvent): InboxItem {
  const { stream, id, source, type, reason, problems } = invalid;
  const at = effects.now().toISOString();
  return { stream, state: 'rejected', id, source, type, reason, problems, event: envelope, at };
}

async function publishRejected(ports: IngestPorts, invalid: InvalidEvent): Promise<void> {
  const [failure] = await ports.facts.publish([rejectionFact(invalid, ports.effects.now().toISOString())]);
  if (failure) throw new Error(`the rejection of ${invalid.id} could not be published: ${failure.error}`);
}
