import { type Delivery, makeIngest } from '../../functions/application/ingest';
import { Planner } from '../../functions/application/planner';
import type { InboxItem, Redelivery } from '../../functions/application/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { makeFeeder } from '../../functions/projections/feeder';
import type { World } from './explorer';
import { FixedEffects } from './fixed-effects';
import type { MemoryEventStore } from './memory-event-store';
import { MemoryFacts } from './memory-facts';
import type { MemoryInbox } from './memory-inbox';
import { memoryWriteSide, plainNames } from './memory-write-side';
import { SteppedActor, settled } from './stepped-actor';

type Ports = { readonly events: MemoryEventStore; readonly inbox: MemoryInbox };
export type Options = {
  /** What has been taken in before, and fed on. */
  readonly history?: readonly RecordedEvent[];
  readonly deliveries: readonly Delivery[];
  /** What is in the Inbox at the start. */
  readonly parked?: readonly InboxItem[];
  /** How many runs may die, anywhere. */
  readonly crashes: number;
  /** Default: longer than the events are old, so none of them can have expired. */
  readonly parkForMs?: number;
  /** Runs differ by all that they have been told, not only by what usually counts. */
  readonly wholeMemory?: true;
  /** Puts something between a writer and its ports: to see that the explorer notices. */
  readonly tamper?: (ports: Ports) => Partial<Ports>;
};

const DAY = 24 * 3_600_000;
const WRITERS = 2;
const READS: ReadonlySet<string> = new Set(['events.load', 'inbox.parked']);
const DIES = ', and dies';

/**
 * Two writers that take events in, and the feed that reads what they append and redelivers what is parked, over tables in
 * memory; every call of a table or a queue is a step. Whatever dies is begun again, as SQS, Lambda and the stream mapping do:
 * a delivery goes back to its queue, a record of the stream is read again.
 */
export class IngestWorld implements World {
  private readonly side = memoryWriteSide(new FixedEffects(), () => new Date(0));
  readonly events = this.side.events;
  readonly inbox = this.side.inbox;
  readonly facts = new MemoryFacts();
  private readonly queue: Delivery[];
  private readonly writers = new Map<SteppedActor, Delivery>();
  private feed: SteppedActor | undefined;
  /** Records of the stream that the feed is done with. */
  private fed = 0;
  private crashesLeft: number;
  private begun: SteppedActor | undefined;

  constructor(private readonly options: Options) {
    this.queue = [...options.deliveries];
    this.crashesLeft = options.crashes;
    this.events.appended.push(...(options.history ?? []));
    this.fed = this.events.appended.length;
    for (const item of options.parked ?? []) void this.inbox.put(item);
  }

  /**
   * Without those that change nothing about what can be: a run that has just begun takes its first step at once, as it could as
   * well have begun later; and a run dies right after it has written something, as after a mere read nobody could tell,
   * and as its delivery may lie in the queue for as long as it likes.
   */
  choices(): readonly string[] {
    if (this.begun) return this.stepsOf(this.begun);
    const starts =
      this.writers.size < WRITERS ? [...new Set(this.queue.map(nameOf))].map((name) => `take ${name}`) : [];
    const feed = !this.feed && this.fed < this.events.appended.length ? ['feed'] : [];
    return [...this.actors().flatMap((actor) => this.stepsOf(actor)), ...starts, ...feed];
  }

  async take(choice: string): Promise<void> {
    if (choice === 'feed') this.begun = await this.startFeed();
    else if (choice.startsWith('take ')) this.begun = await this.startWriter(choice.slice('take '.length));
    else await this.step(choice);
  }

  private stepsOf({ name, steps }: SteppedActor): readonly string[] {
    return steps.flatMap((step) => {
      const going = `${name} > ${step}`;
      return this.crashesLeft > 0 && !READS.has(step) ? [going, `${going}${DIES}`] : [going];
    });
  }

  private async step(choice: string): Promise<void> {
    const dies = choice.endsWith(DIES);
    const [name, step = ''] = (dies ? choice.slice(0, -DIES.length) : choice).split(' > ');
    const actor = this.actors().find((one) => one.name === name);
    if (!actor) throw new Error(`there is no ${name}`);
    this.begun = undefined;
    await actor.take(step);
    if (dies) this.crash(actor);
    else if (actor.steps.length === 0) this.end(actor);
  }

  key(): string {
    const writers = [...this.writers].map(([{ memory, steps }, delivery]) => [
      nameOf(delivery),
      this.options.wholeMemory ? memory : whatCounts(memory),
      steps,
    ]);
    return JSON.stringify([
      this.events.appended.map(({ id }) => id),
      this.inbox.items.map(({ state, id, dueAtVersion }) => `${state} ${id} ${dueAtVersion}`).sort(),
      this.facts.published.length > 0,
      this.queue.map(nameOf).sort(),
      writers.map((writer) => JSON.stringify(writer)).sort(),
      this.feed && [this.feed.memory, this.feed.steps],
      this.fed,
      this.crashesLeft,
    ]);
  }

  private actors(): readonly SteppedActor[] {
    return [...this.writers.keys(), ...(this.feed ? [this.feed] : [])];
  }

  /** The first free of the writers' names, so that a world is the same whoever came first. */
  private async startWriter(name: string): Promise<SteppedActor> {
    const index = this.queue.findIndex((delivery) => nameOf(delivery) === name);
    const [delivery] = this.queue.splice(index, 1);
    if (!delivery) throw new Error(`no ${name} waits`);
    const taken = new Set([...this.writers.keys()].map((writer) => writer.name));
    const free = ['writer 1', 'writer 2'].find((one) => !taken.has(one)) ?? '';
    const writer = new SteppedActor(free, (actor) => {
      const tampered = this.options.tamper?.(this) ?? {};
      const events = actor.stepping(tampered.events ?? this.events, 'events');
      const ingest = makeIngest({
        events,
        inbox: actor.stepping(tampered.inbox ?? this.inbox, 'inbox'),
        facts: actor.stepping(this.facts, 'facts'),
        planner: new Planner({ events, names: plainNames }),
        line: this.side.line,
        effects: new FixedEffects(),
        parkForMs: this.options.parkForMs ?? 14 * DAY,
      });
      return ingest(delivery);
    });
    this.writers.set(writer, delivery);
    await settled();
    return writer;
  }

  private async startFeed(): Promise<SteppedActor> {
    const record = this.events.appended[this.fed];
    if (!record) throw new Error('nothing to feed');
    const redelivery: Redelivery = {
      redeliver: async (items) => {
        for (const { event, stream, source, id, at, parkedUntil } of items)
          this.queue.push({ envelope: event, parked: { stream, source, id, at, ...(parkedUntil && { parkedUntil }) } });
      },
    };
    const actor = new SteppedActor('feed', async (self) => {
      const feed = makeFeeder({
        feed: { put: async () => [] },
        facts: { publish: async () => [] },
        inbox: self.stepping(this.inbox, 'inbox'),
        redelivery: self.stepping(redelivery, 'queue'),
        deadLetters: { send: async () => {} },
      });
      await feed([record]);
    });
    this.feed = actor;
    await settled();
    return actor;
  }

  /** Its delivery goes back to the queue; a record of the stream is read again. */
  private crash(actor: SteppedActor): void {
    this.crashesLeft -= 1;
    const delivery = this.writers.get(actor);
    this.writers.delete(actor);
    if (delivery) this.queue.push(delivery);
    else this.feed = undefined;
  }

  private end(actor: SteppedActor): void {
    if (actor.failure) throw new Error(`${actor.name} failed: ${actor.failure}`);
    if (!this.writers.delete(actor)) {
      this.feed = undefined;
      this.fed += 1;
    }
  }
}

/**
 * Of all that a writer has been told, what its next steps follow from: what it saw of the stream last, whether it has put
 * something in the Inbox, and all since it saw what waits there. (And how often it has begun again, but no world here
 * comes near the bound.)
 */
function whatCounts(memory: readonly string[]): unknown {
  const ids = (line: string) => line.match(/^[\w.]+( failed)?|"id":"\w+"/g);
  const look = memory.findLast((line) => line.startsWith('events.')) ?? '';
  const waiting = memory.findLastIndex((line) => line.startsWith('inbox.parked'));
  const hasPut = memory.some((line) => line.startsWith('inbox.put'));
  return [ids(look), hasPut, waiting < 0 ? [] : memory.slice(waiting).map(ids)];
}

function nameOf({ envelope, parked, last }: Delivery): string {
  const { id } = envelope as { id: string };
  return `${id}${parked ? ' again' : ''}${last ? ', for the last time' : ''}`;
}
