import { chain } from '../../functions/adapters/event-store';
import type {
  AppendConflict,
  Claim,
  ClaimsRefused,
  EventStore,
  LoadedStream,
  StreamWrite,
} from '../../functions/application/ports';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { MemoryInbox } from './memory-inbox';
import { MemoryVault } from './memory-vault';

type Place = { readonly stream: string; readonly version: number };

/** The event table in memory, under the same contract. It notes every append, as the table's stream does. */
export class MemoryEventStore implements EventStore {
  /** Every event in the order in which they were appended. */
  readonly appended: RecordedEvent[] = [];
  /** Who holds which name. */
  readonly held = new Map<string, string>();

  constructor(
    private readonly now: () => Date = () => new Date(),
    private readonly inbox = new MemoryInbox(),
    private readonly vault = new MemoryVault(),
    private readonly reducer = 'source',
  ) {}

  stream(stream: string): readonly RecordedEvent[] {
    return this.appended.filter((event) => event.stream === stream);
  }

  async load(stream: string): Promise<LoadedStream> {
    const all = this.stream(stream);
    const last = all.findLastIndex(({ metadata }) => metadata.snapshot?.reducer === this.reducer);
    const snapshot = last > 0 ? all[last]?.metadata.snapshot : undefined;
    return { stream, events: snapshot ? all.slice(last) : all, version: all.length, ...(snapshot && { snapshot }) };
  }

  assumeEmpty(stream: string): LoadedStream {
    return { stream, events: [], version: 0 };
  }

  async append(writes: readonly StreamWrite[], claims: readonly Claim[] = []): Promise<readonly RecordedEvent[]> {
    const recordedAt = this.now().toISOString();
    const events = writes.flatMap((write) => chain(write, recordedAt));
    const moved = writes.filter(({ loaded }) => this.stream(loaded.stream).length > loaded.version);
    if (moved.length > 0) {
      const taken = events.length === 1 && claims.length === 0 ? this.at(events[0]!) : undefined;
      throw Object.assign(new Error('somebody else was first'), {
        code: 'append-conflict',
        streams: moved.map(({ loaded }) => loaded.stream),
        ...(taken && { existing: taken }),
      } as const) satisfies AppendConflict;
    }
    const refused = claims.filter((claim) => !this.holds(claim));
    if (refused.length > 0)
      throw Object.assign(new Error(`not so: ${refused.map(({ kind }) => kind)}`), {
        code: 'claims-refused',
        claims: refused,
      } as const) satisfies ClaimsRefused;
    for (const claim of claims) await this.make(claim);
    this.appended.push(...events);
    return events;
  }

  async placeOf({ stream, snapshot }: LoadedStream, { source, id }: { readonly source: string; readonly id: string }) {
    const found = this.stream(stream).find((event) => event.source === source && event.id === id);
    return snapshot && found?.version;
  }

  async readRange(stream: string, after: number, upTo = Number.POSITIVE_INFINITY) {
    return this.stream(stream).filter(({ version }) => version > after && version <= upTo);
  }

  async readMany(places: readonly Place[]) {
    return places.flatMap((place) => this.at(place) ?? []);
  }

  private at({ stream, version }: Place): RecordedEvent | undefined {
    return this.stream(stream)[version - 1];
  }

  private holds(claim: Claim): boolean {
    switch (claim.kind) {
      case 'take':
        return (this.held.get(claim.name) ?? claim.owner) === claim.owner;
      case 'give-up':
        return this.held.get(claim.name) === claim.owner;
      case 'not-rejected':
        return !this.inbox.holds({ ...claim, state: 'rejected' });
      case 'put-item':
        return !this.inbox.holds(claim.item);
      case 'new-key':
        return this.vault.allows(claim.owner, claim.key);
      case 'destroy-key':
        return true;
    }
  }

  private async make(claim: Claim): Promise<void> {
    if (claim.kind === 'take') this.held.set(claim.name, claim.owner);
    else if (claim.kind === 'give-up') this.held.delete(claim.name);
    else if (claim.kind === 'put-item') await this.inbox.put(claim.item);
    else if (claim.kind === 'new-key') this.vault.take(claim.owner, claim.key);
    else if (claim.kind === 'destroy-key') this.vault.destroy(claim.owner);
  }
}
