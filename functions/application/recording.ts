import { backoff, RACES, RACES_IN_TURN } from './backoff';
import { aggregateOf } from './catalogue';
import type { IncomingEvent } from './incoming-event';
import type { Planner } from './planner';
import {
  type Claim,
  type Effects,
  type EventStore,
  isAppendConflict,
  isClaimsRefused,
  type Line,
  type LoadedStream,
  type StreamWrite,
  type Turn,
} from './ports';
import type { RecordedEvent } from './recorded-event';
import { emailTaken, type Refusal } from './refusal';
import { type Accepted, isSame, type Verdict, verdictOn } from './verdict';

export type RecordingPorts = {
  readonly events: Pick<EventStore, 'load' | 'assumeEmpty' | 'append' | 'placeOf' | 'readRange'>;
  readonly planner: Planner;
  readonly line: Line;
  readonly effects: Pick<Effects, 'random' | 'sleep'>;
};

export type Recorded =
  /** The event, and whatever else its append brought into its own stream. */
  | { readonly kind: 'recorded'; readonly events: readonly RecordedEvent[] }
  /** Something beside its stream does not allow it now. */
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  /** Another delivery of it has been rejected for good. */
  | { readonly kind: 'rejected-before' }
  /** Others were first. */
  | { readonly kind: 'raced'; readonly existing?: RecordedEvent };

/**
 * One event on its way into its stream, over however many races that takes. Writers try without asking anybody; who has
 * lost over a stream that many want (the stock of a SKU) stands in line for it from then on.
 */
export class Recording {
  /** Races lost so far. */
  conflicts = 0;
  private turn: Turn | undefined;
  private readonly inTurnFor = new Set<string>();

  constructor(
    private readonly ports: RecordingPorts,
    private readonly event: IncomingEvent,
  ) {}

  /** Whether it is worth trying again; false when others were faster each time. */
  get mayTryAgain(): boolean {
    return this.conflicts < (this.turn ? RACES_IN_TURN : RACES);
  }

  /** What the stream says to the event, also the part of it that a snapshot hides. */
  async verdict(loaded: LoadedStream): Promise<Verdict> {
    const verdict = verdictOn(loaded, this.event);
    if (verdict.kind === 'duplicate' || !loaded.snapshot) return verdict;
    const { events } = this.ports;
    const version = await events.placeOf(loaded, this.event);
    if (version === undefined) return verdict;
    const [hidden] = await events.readRange(loaded.stream, version - 1, version);
    if (!hidden || !isSame(hidden, this.event))
      throw new Error(`${loaded.stream} should have ${this.event.id} at version ${version}`);
    return { kind: 'duplicate', of: hidden };
  }

  /**
   * Writes the event with all that it brings about. `mayBeRejected`: whether another delivery of it might be rejecting it
   * for good right now, so that it is written on the condition that none has.
   */
  async record(
    accepted: Accepted,
    loaded: LoadedStream,
    mayBeRejected: (plan: { readonly contingent: boolean }) => boolean = () => false,
  ): Promise<Recorded> {
    const plan = await this.ports.planner.plan(this.event, loaded, accepted);
    if (plan.kind === 'refuse') return { kind: 'refused', refusal: plan.refusal };
    try {
      const claims = mayBeRejected(plan) ? [...plan.claims, this.notRejected] : plan.claims;
      const events = await this.ports.events.append(plan.writes, claims);
      await this.leave();
      return { kind: 'recorded', events: events.filter(({ stream }) => stream === loaded.stream) };
    } catch (error) {
      if (isAppendConflict(error)) {
        await this.lost(plan.writes, error.streams);
        return { kind: 'raced', ...(error.existing && { existing: error.existing }) };
      }
      if (!isClaimsRefused(error)) throw error;
      const refused = new Set(error.claims.map(({ kind }) => kind));
      if (refused.has('not-rejected')) return { kind: 'rejected-before' };
      if (refused.has('take')) return { kind: 'refused', refusal: emailTaken };
      throw error;
    }
  }

  private get notRejected(): Claim {
    const { stream, source, id } = this.event;
    return { kind: 'not-rejected', stream, source, id };
  }

  /** Another race was lost, over the event's own stream: waits for a moment. */
  async raced(): Promise<void> {
    this.conflicts += 1;
    const { random, sleep } = this.ports.effects;
    await sleep(backoff(this.conflicts, random()));
  }

  /** Lets others have their turn. To be called at the end, whatever it is. */
  async leave(): Promise<void> {
    const { turn } = this;
    this.turn = undefined;
    this.inTurnFor.clear();
    await turn?.leave();
  }

  private async lost(writes: readonly StreamWrite[], streams: readonly string[]): Promise<void> {
    const { planner, line } = this.ports;
    const stocks = writes
      .map(({ loaded }) => loaded)
      .filter(({ stream }) => aggregateOf(stream) === 'inventory' && streams.includes(stream));
    const known = stocks.filter(({ version }) => version > 0).map(({ stream }) => stream);
    planner.notEmpty(stocks.map(({ stream }) => stream));
    // The order has moved: perhaps by the same event, brought in by another, and then there is nothing to stand in line for.
    if (this.event.aggregate === 'order' && streams.includes(this.event.stream)) return this.raced();
    // Of a stream that was taken for empty nothing is known but that it is not: no race, and nobody to wait for.
    if (known.length < stocks.length) this.conflicts += 1;
    else if (known.every((stream) => this.inTurnFor.has(stream))) await this.raced();
    else {
      this.conflicts += 1;
      const wanted = [...new Set([...this.inTurnFor, ...known])].sort();
      await this.leave();
      this.turn = await line.enter(wanted);
      for (const stream of wanted) this.inTurnFor.add(stream);
    }
  }
}
