import type { EventStore } from '../../functions/application/ports';
import type { Projection } from '../../functions/application/read-models/projection';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { makeProjector } from '../../functions/projections/projector';
import { redriveFault } from '../../functions/projections/redrive';
import type { World } from './explorer';
import { MemoryFaults } from './memory-faults';
import { firstOfAll } from './memory-generations';
import { MemoryViewRows } from './memory-views';
import { SteppedActor, settled } from './stepped-actor';

type Events = Pick<EventStore, 'readRange'>;

export type Options = {
  /** All events of the stream; those behind `appended` come while the others are at work. */
  readonly history: readonly RecordedEvent[];
  readonly appended: number;
  /** As the projectors have left it behind what is appended at the start. Default: they have not begun. */
  readonly row?: ViewRow;
  /** The fold that is deployed, and the one that redrive has: they differ while a release is under way. */
  readonly deployed: Projection;
  readonly mended: Projection;
  readonly projectors: number;
  readonly redrives: number;
  /** How many runs may die, anywhere. */
  readonly crashes: number;
  /** Rows under another condition, or events that are not all there: to see that the explorer notices. */
  readonly tamper?: (world: RedriveWorld) => { readonly rows?: MemoryViewRows; readonly events?: Events };
};

const DIES = ', and dies';
const WRITES: ReadonlySet<string> = new Set(['rows.put', 'faults.met']);
const now = () => new Date(0);

/**
 * One stream whose events are appended, delivered in any order to projectors, and folded on by redrives; every call of a
 * table or the bus is a step. A record whose projector dies is delivered again; a redrive that dies is over.
 */
export class RedriveWorld implements World {
  readonly stream: string;
  readonly rows = new MemoryViewRows();
  readonly faults = new MemoryFaults();
  appended: number;
  /** Versions that have yet to be delivered. */
  private readonly records: number[];
  private readonly projectors = new Map<SteppedActor, number>();
  private readonly redrives = new Set<SteppedActor>();
  private redrivesLeft: number;
  private crashesLeft: number;
  private begun: SteppedActor | undefined;
  /** A fault that stood in a row before anybody was told. */
  untold: string | undefined;

  constructor(readonly options: Options) {
    const { history, appended, row, redrives, crashes } = options;
    this.stream = history[0]?.stream ?? '';
    this.appended = appended;
    this.redrivesLeft = redrives;
    this.crashesLeft = crashes;
    this.records = row ? [] : history.slice(0, appended).map(({ version }) => version);
    if (row) this.rows.rows.set(this.stream, row);
  }

  get row(): ViewRow | undefined {
    return this.rows.rows.get(this.stream);
  }

  choices(): readonly string[] {
    // What has just begun takes its first step at once: it could as well have begun later.
    if (this.begun) return this.stepsOf(this.begun);
    return [
      ...this.actors().flatMap((actor) => this.stepsOf(actor)),
      ...(this.appended < this.options.history.length ? ['append'] : []),
      ...(this.projectors.size < this.options.projectors ? this.records.map((version) => `deliver ${version}`) : []),
      ...(this.redrivesLeft > 0 ? ['redrive'] : []),
    ];
  }

  async take(choice: string): Promise<void> {
    if (choice === 'append') this.append();
    else if (choice === 'redrive') this.begun = await this.startRedrive();
    else if (choice.startsWith('deliver ')) this.begun = await this.startProjector(Number(choice.slice(8)));
    else await this.step(choice);
  }

  key(): string {
    const memories = this.actors().map(({ name, memory, steps }) => [name, this.kindOf(name), memory, steps]);
    return JSON.stringify([
      this.appended,
      this.row,
      this.faults.announced.length > 0,
      this.records.toSorted(),
      memories,
      this.redrivesLeft,
      this.crashesLeft,
    ]);
  }

  private kindOf(name: string): number | undefined {
    return [...this.projectors].find(([actor]) => actor.name === name)?.[1];
  }

  private actors(): readonly SteppedActor[] {
    return [...this.projectors.keys(), ...this.redrives].sort((one, other) => (one.name < other.name ? -1 : 1));
  }

  private stepsOf({ name, steps }: SteppedActor): readonly string[] {
    return steps.flatMap((step) => {
      const going = `${name} > ${step}`;
      return this.crashesLeft > 0 && WRITES.has(step) ? [going, `${going}${DIES}`] : [going];
    });
  }

  private append(): void {
    this.appended += 1;
    this.records.push(this.appended);
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

  private crash(actor: SteppedActor): void {
    this.crashesLeft -= 1;
    const version = this.projectors.get(actor);
    if (version !== undefined) this.records.push(version);
    this.projectors.delete(actor);
    this.redrives.delete(actor);
  }

  private end(actor: SteppedActor): void {
    if (actor.failure) throw new Error(`${actor.name} failed: ${actor.failure}`);
    this.projectors.delete(actor);
    this.redrives.delete(actor);
  }

  private ports(self: SteppedActor) {
    const { rows = this.rows, events = this.events() } = this.options.tamper?.(this) ?? {};
    return { rows: self.stepping(rows, 'rows'), events: self.stepping(events, 'events'), now };
  }

  private events(): Events {
    return {
      readRange: async (_stream, after, upTo = Number.POSITIVE_INFINITY) =>
        this.options.history.slice(0, this.appended).filter(({ version }) => version > after && version <= upTo),
    };
  }

  private async startProjector(version: number): Promise<SteppedActor> {
    this.records.splice(this.records.indexOf(version), 1);
    const actor = new SteppedActor(this.free('projector', this.projectors.keys()), async (self) => {
      const ports = this.ports(self);
      const { put } = ports.rows;
      const project = makeProjector({
        ...ports,
        rows: {
          getMany: ports.rows.getMany,
          put: (generation, row, before) => {
            const { fault } = row;
            const isTold = !fault || this.faults.announced.some((one) => one.version === fault.version);
            if (!before?.fault && !isTold) this.untold = `nobody was told of the fault at version ${fault.version}`;
            return put(generation, row, before);
          },
        },
        projections: [this.options.deployed],
        generations: firstOfAll,
        deadLetters: { send: () => Promise.reject(new Error('nothing here is beyond passing')) },
        faults: self.stepping(this.faults, 'faults'),
      });
      const event = this.options.history[version - 1] as RecordedEvent;
      for (const { outcome, error } of await project([{ ...event, read: () => event }]))
        if (outcome === 'failed') throw new Error(error);
    });
    this.projectors.set(actor, version);
    await settled();
    return actor;
  }

  private async startRedrive(): Promise<SteppedActor> {
    this.redrivesLeft -= 1;
    const actor = new SteppedActor(this.free('redrive', this.redrives), (self) => {
      const ports = { ...this.ports(self), projections: [this.options.mended], generations: firstOfAll };
      return redriveFault(ports, { stream: this.stream, generation: 1 });
    });
    this.redrives.add(actor);
    await settled();
    return actor;
  }

  /** The first free of these names, so that a world is the same whoever came first. */
  private free(kind: string, taken: Iterable<SteppedActor>): string {
    const names = new Set([...taken].map(({ name }) => name));
    for (let n = 1; ; n++) if (!names.has(`${kind} ${n}`)) return `${kind} ${n}`;
  }
}
