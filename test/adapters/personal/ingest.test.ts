import { beforeEach, expect, it } from '@jest/globals';
import { HmacNameKeeper } from '../../../functions/adapters/personal/name-keeper';
import { makeOpenDelivery } from '../../../functions/adapters/personal/open-delivery';
import { SealedEventStore } from '../../../functions/adapters/personal/sealed-event-store';
import { SealedInbox } from '../../../functions/adapters/personal/sealed-inbox';
import { type Ingest, makeIngest } from '../../../functions/application/ingest';
import { Planner } from '../../../functions/application/planner';
import type { InboxItem } from '../../../functions/application/ports';
import { type Envelope, envelope } from '../../support/envelopes';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryEventStore } from '../../support/memory-event-store';
import { MemoryFacts } from '../../support/memory-facts';
import { MemoryInbox } from '../../support/memory-inbox';
import { MemoryLine } from '../../support/memory-line';
import { MemoryVault } from '../../support/memory-vault';

const stream = 'user#u-1';
const created = envelope('UserCreated', { userId: 'u-1', email: 'countess@example.com', name: 'Ada Lovelace' });
const renamed = envelope('UserUpdated', { userId: 'u-1', name: 'Augusta Lovelace' });
const deleted = envelope('UserDeleted', { userId: 'u-1' });

let stored: { readonly events: MemoryEventStore; readonly inbox: MemoryInbox; readonly vault: MemoryVault };
let facts: MemoryFacts;
let ingest: Ingest;
beforeEach(() => {
  const effects = new FixedEffects();
  const [inbox, vault] = [new MemoryInbox(), new MemoryVault(effects.now)];
  stored = { inbox, vault, events: new MemoryEventStore(effects.now, inbox, vault) };
  facts = new MemoryFacts();
  const events = new SealedEventStore(stored.events, vault);
  ingest = makeIngest({
    events,
    planner: new Planner({ events, names: new HmacNameKeeper(vault) }),
    line: new MemoryLine(),
    inbox: new SealedInbox(inbox, vault),
    openDelivery: makeOpenDelivery(vault),
    facts,
    effects,
    parkForMs: 1000,
  });
});

const take = async (one: Envelope) => (await ingest({ envelope: one })).outcome;
/** As the feed does it: what is parked, as it is stored. */
const takeAgain = async ({ event, stream, source, id }: InboxItem) =>
  ingest({ envelope: event, parked: { stream, source, id } });
const nothingToRead = () =>
  expect(JSON.stringify([stored.events.appended, stored.inbox.items, facts.published])).not.toMatch(
    /lovelace|countess/i,
  );

it('takes in an update that came before its user, when it is delivered again', async () => {
  expect(await take(renamed)).toBe('parked');
  expect(await take(created)).toBe('appended');
  expect(await takeAgain(stored.inbox.items[0]!)).toMatchObject({ outcome: 'appended', version: 2 });
  expect(stored.inbox.items).toEqual([]);
  nothingToRead();
});

it('rejects an update that nobody can read any more, because its user has been deleted', async () => {
  await take(renamed);
  const [parked] = stored.inbox.items;
  await take(created);
  await take(deleted);
  expect(await takeAgain(parked!)).toMatchObject({ outcome: 'rejected', reason: 'the user has been deleted' });
  expect(stored.inbox.items).toMatchObject([{ state: 'rejected', event: { owner: stream, sealed: null } }]);
  nothingToRead();
});

it('knows an update that nobody can read any more, but that is in its stream, for a duplicate', async () => {
  await take(renamed);
  const [parked] = stored.inbox.items;
  await take(created);
  await take(renamed);
  await take(deleted);
  await stored.inbox.put(parked!);
  expect(await takeAgain(parked!)).toMatchObject({ outcome: 'duplicate', version: 2 });
  expect(stored.inbox.items).toEqual([]);
});

it('does not reject what was appended, and its key destroyed, between two reads of a duplicate', async () => {
  await take(created);
  const { keyOf } = stored.vault;
  // The stream has been read; before its key is, the same event is appended and the user deleted.
  stored.vault.keyOf = async (owner) => {
    stored.vault.keyOf = keyOf;
    expect([await take(renamed), await take(deleted)]).toEqual(['appended', 'appended']);
    return stored.vault.keyOf(owner);
  };
  expect(await take(renamed)).toBe('duplicate');
  expect(stored.inbox.items).toEqual([]);
  expect(facts.published).toEqual([]);
});

it('knows every event of a deleted user for a duplicate when it comes again', async () => {
  for (const one of [created, renamed, deleted]) await take(one);
  for (const one of [created, renamed, deleted]) expect(await take(one)).toBe('duplicate');
  expect(stored.events.appended).toHaveLength(3);
});

it('rejects who wants an address that another user has, in whatever spelling, until it is given up', async () => {
  const heir = (id: string) =>
    envelope('UserCreated', { userId: id, email: 'Countess@Example.com', name: 'Medora Lovelace' }, { id });
  await take(created);
  expect(await ingest({ envelope: heir('u-2') })).toMatchObject({
    outcome: 'rejected',
    reason: 'the e-mail address belongs to another user',
  });
  nothingToRead();
  await take(deleted);
  expect(await take(heir('u-3'))).toBe('appended');
  nothingToRead();
});

it('has no two users of one address, however their events interleave', async () => {
  const wish = (id: string) => envelope('UserCreated', { userId: id, email: 'same@lovelace.io', name: id }, { id });
  const outcomes = await Promise.all(['a', 'b', 'c', 'd'].map((id) => take(wish(id))));
  expect(outcomes.sort()).toEqual(['appended', 'rejected', 'rejected', 'rejected']);
});
