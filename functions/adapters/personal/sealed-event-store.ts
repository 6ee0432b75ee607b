import { foldUser } from '../../application/aggregates';
import { isPersonal } from '../../application/personal-streams';
import {
  type AppendConflict,
  type Claim,
  type ClaimsRefused,
  type EventStore,
  isAppendConflict,
  isClaimsRefused,
  type LoadedStream,
  type NewEvent,
  type OwnersKey,
  type StreamWrite,
  type Vault,
} from '../../application/ports';
import type { RecordedEvent } from '../../application/recorded-event';
import { noUser, type Person, type UserState } from '../../domain/user';
import { type Open, openEvent, openSnapshot, type Seal, sealEvent } from './sealed-event';
import { sealItem } from './sealed-item';

type Place = { readonly stream: string; readonly version: number };

const NO_KEY: OwnersKey = { state: 'none' };

/*
 * What these errors carry may be open, or a key. An error that nobody catches is logged with whatever can be listed of it, so
 * they show it only to those who ask, and do not pass on what caused them.
 */

class Conflict extends Error implements AppendConflict {
  readonly code = 'append-conflict';
  readonly #existing: RecordedEvent | undefined;

  constructor(
    readonly streams: readonly string[],
    existing?: RecordedEvent,
  ) {
    super(`somebody else was first: ${streams.join(', ')}`);
    this.name = 'AppendConflict';
    this.#existing = existing;
  }

  get existing(): RecordedEvent | undefined {
    return this.#existing;
  }
}

class Refused extends Error implements ClaimsRefused {
  readonly code = 'claims-refused';
  readonly #claims: readonly Claim[];

  constructor(claims: readonly Claim[]) {
    super(`not so: ${claims.map(({ kind }) => kind).join(', ')}`);
    this.name = 'ClaimsRefused';
    this.#claims = claims;
  }

  get claims(): readonly Claim[] {
    return this.#claims;
  }
}

/**
 * An event store that seals what is personal on its way in and opens it on its way out, so that nobody behind it has to
 * think of it. A user's first event brings the key in its own transaction. The hashes of what is given out are those
 * of what is stored: to verify a chain, take the store itself.
 */
export class SealedEventStore implements EventStore {
  /** What was read with a stream: an append behind it needs no second look. */
  readonly #keys = new WeakMap<LoadedStream, OwnersKey>();

  constructor(
    private readonly inner: EventStore,
    private readonly vault: Vault,
  ) {}

  async load(stream: string): Promise<LoadedStream> {
    if (!isPersonal(stream)) return this.inner.load(stream);
    const [loaded, atFirst] = await Promise.all([this.inner.load(stream), this.vault.keyOf(stream)]);
    const key = await this.lookAgain(stream, atFirst, loaded.events);
    const open = this.opener(key, stream);
    const events = loaded.events.map((event) => openEvent(event, open));
    const { snapshot } = loaded;
    const opened = { ...loaded, events, ...(snapshot && { snapshot: openSnapshot(stream, snapshot, open) }) };
    this.#keys.set(opened, key);
    return opened;
  }

  assumeEmpty(stream: string): LoadedStream {
    const loaded = this.inner.assumeEmpty(stream);
    this.#keys.set(loaded, NO_KEY);
    return loaded;
  }

  async append(writes: readonly StreamWrite[], claims: readonly Claim[] = []): Promise<readonly RecordedEvent[]> {
    const newKeys: Claim[] = [];
    const sealed = await Promise.all(writes.map((write) => this.sealed(write, claims, newKeys)));
    const sealedClaims = await Promise.all(claims.map((claim) => this.sealedClaim(claim)));
    try {
      const recorded = await this.inner.append(sealed, [...sealedClaims, ...newKeys]);
      const given = writes.flatMap(({ events }) => events);
      return recorded.map((event, i) => ({ ...event, data: given[i]!.data, metadata: given[i]!.metadata }));
    } catch (error) {
      throw await this.failure(error, newKeys, (claim) => claims[sealedClaims.indexOf(claim)] ?? claim);
    }
  }

  placeOf(loaded: LoadedStream, event: { readonly source: string; readonly id: string }): Promise<number | undefined> {
    return this.inner.placeOf(loaded, event);
  }

  async readRange(stream: string, after: number, upTo?: number): Promise<readonly RecordedEvent[]> {
    if (!isPersonal(stream)) return this.inner.readRange(stream, after, upTo);
    const [events, atFirst] = await Promise.all([this.inner.readRange(stream, after, upTo), this.vault.keyOf(stream)]);
    const open = this.opener(await this.lookAgain(stream, atFirst, events), stream);
    return events.map((event) => openEvent(event, open));
  }

  async readMany(places: readonly Place[]): Promise<readonly RecordedEvent[]> {
    const events = await this.inner.readMany(places);
    const owners = [...new Set(events.map(({ stream }) => stream).filter(isPersonal))];
    const openers = new Map(
      await Promise.all(
        owners.map(async (owner) => [owner, this.opener(await this.vault.keyOf(owner), owner)] as const),
      ),
    );
    return events.map((event) => {
      const open = openers.get(event.stream);
      return open ? openEvent(event, open) : event;
    });
  }

  private async sealed(write: StreamWrite, claims: readonly Claim[], newKeys: Claim[]): Promise<StreamWrite> {
    const { loaded, events } = write;
    const { stream, version } = loaded;
    if (!isPersonal(stream) || events.length === 0) return write;
    let key = this.#keys.get(loaded) ?? (await this.vault.keyOf(stream));
    const isLast = claims.some((claim) => claim.kind === 'destroy-key' && claim.owner === stream);
    if (key.state === 'destroyed' && version === 0)
      throw new Error(`the key of ${stream} was destroyed before its first event: nothing of theirs can be recorded`);
    const isFirst = version === 0 || key.state === 'none';
    if (key.state === 'none' && !isLast) key = { state: 'there', key: this.vault.makeKey() };
    // Also a key that is there already: it was made for an event that waits or was rejected, and had a time limit.
    if (key.state === 'there' && isFirst) newKeys.push({ kind: 'new-key', owner: stream, key: key.key });
    const bytes = key.state === 'there' ? key.key : undefined;
    const seal: Seal = (value) => bytes && this.vault.seal(bytes, stream, value);
    const profiles = profilesOf(loaded, events);
    return { loaded, events: events.map((event, i) => sealEvent(event, profiles[i], seal)) };
  }

  private async sealedClaim(claim: Claim): Promise<Claim> {
    return claim.kind === 'put-item' ? { ...claim, item: await sealItem(claim.item, this.vault) } : claim;
  }

  /** A key that is there already is a race like any other: load again, and take that one. */
  private async failure(error: unknown, newKeys: readonly Claim[], asGiven: (claim: Claim) => Claim): Promise<unknown> {
    if (isClaimsRefused(error)) {
      const taken = newKeys.filter((claim) => error.claims.includes(claim));
      const streams = taken.flatMap((claim) => (claim.kind === 'new-key' ? claim.owner : []));
      return streams.length > 0 ? new Conflict(streams) : new Refused(error.claims.map(asGiven));
    }
    if (!isAppendConflict(error) || !error.existing || !isPersonal(error.existing.stream)) return error;
    const { stream } = error.existing;
    const open = this.opener(await this.vault.keyOf(stream), stream);
    return new Conflict(error.streams, openEvent(error.existing, open));
  }

  /** The key was read beside the events: if it came with them, a moment later, it is there now. */
  private lookAgain(stream: string, key: OwnersKey, events: readonly RecordedEvent[]): Promise<OwnersKey> {
    return key.state === 'none' && events.length > 0 ? this.vault.keyOf(stream) : Promise.resolve(key);
  }

  private opener(key: OwnersKey, owner: string): Open {
    return (sealed) => this.vault.open(key, owner, sealed);
  }
}

/** Who the user is behind each of the events, for the user's row. */
function profilesOf({ snapshot, events: past }: LoadedStream, events: readonly NewEvent[]): (Person | undefined)[] {
  let user = snapshot ? foldUser(past.slice(1), snapshot.state as UserState) : foldUser(past, noUser);
  return events.map((event) => {
    user = foldUser([event as RecordedEvent], user);
    return user.status === 'active' ? { email: user.email, name: user.name } : undefined;
  });
}
