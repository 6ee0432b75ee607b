import { beforeEach, describe, expect, it } from '@jest/globals';
import { makeOpenDelivery } from '../../../functions/adapters/personal/open-delivery';
import { SealedInbox } from '../../../functions/adapters/personal/sealed-inbox';
import type { InboxItem } from '../../../functions/application/ports';
import { inboxContract } from '../../contracts/inbox.contract';
import { envelope } from '../../support/envelopes';
import { MemoryInbox } from '../../support/memory-inbox';
import { MemoryVault } from '../../support/memory-vault';

const DAY = 24 * 60 * 60 * 1000;
const PERSONAL = /lovelace/i;

const contractInbox = new SealedInbox(new MemoryInbox(), new MemoryVault());
inboxContract('sealed', () => contractInbox, 'user');
inboxContract('sealed, for orders,', () => contractInbox, 'order');

let time: number;
let vault: MemoryVault;
let stored: MemoryInbox;
let inbox: SealedInbox;
beforeEach(() => {
  time = Date.parse('2026-01-01T12:00:00.000Z');
  vault = new MemoryVault(() => new Date(time));
  stored = new MemoryInbox();
  inbox = new SealedInbox(stored, vault);
});

const update = envelope('UserUpdated', { userId: 'u-1', name: 'Ada Lovelace' }, { resources: ['lovelace'] });
const cloudEvent = envelope(
  'UserUpdated',
  {
    specversion: '1.0',
    id: 'ce-1',
    source: '/crm',
    type: 'UserUpdated',
    subject: 'Lovelace',
    data: { userId: 'u-1', name: 'Lovelace' },
  },
  { id: 'envelope-1' },
);
const item = (over: Partial<InboxItem> = {}): InboxItem => ({
  stream: 'user#u-1',
  state: 'parked',
  id: 'UserUpdated-id',
  source: 'shop',
  type: 'UserUpdated',
  reason: 'the user has not been created yet',
  event: update,
  at: '2026-01-01T12:00:00.000Z',
  ...over,
});
const rejected = (over: Partial<InboxItem> = {}) =>
  item({
    state: 'rejected',
    problems: [{ field: 'email', value: 'lovelace@example', expected: 'an e-mail address' }],
    ...over,
  });
const atRest = () => JSON.stringify(stored.items);

describe('in the Inbox', () => {
  it.each<[string, InboxItem]>([
    ['a parked event', item()],
    ['a parked CloudEvent', item({ id: 'ce-1', source: '/crm', event: cloudEvent })],
    ['a rejected event with its problems', rejected()],
    [
      'a refused command',
      item({ state: 'refused', event: { type: 'UserUpdated', data: { userId: 'u-1', name: 'Lovelace' } } }),
    ],
    ['an event that names no user', rejected({ stream: 'unaddressed#e-1' })],
    ['an event of a type that nobody knows', rejected({ stream: 'unaddressed#e-1', type: 'user.bewitched' })],
    ['what is no event at all', rejected({ stream: 'unaddressed#m-1', type: '', event: { detail: 'Lovelace' } })],
  ])('%s is sealed', async (_, one) => {
    await inbox.put(one);
    expect(atRest()).not.toMatch(PERSONAL);
    expect(stored.items).toMatchObject([{ stream: one.stream, id: one.id, source: one.source, reason: one.reason }]);
    expect(stored.items[0]!.problems?.map(({ field, expected }) => [field, expected])).toEqual(
      one.problems?.map(({ field, expected }) => [field, expected]),
    );
  });

  it('what is surely about nobody stands as it came', async () => {
    const order = rejected({ stream: 'unaddressed#e-1', type: 'OrderBewitched', event: { detail: { orderId: 7 } } });
    await inbox.put(order);
    expect(stored.items).toEqual([order]);
  });

  it('nothing at all is kept of a user whose key was destroyed', async () => {
    vault.destroy('user#u-1');
    await inbox.put(rejected());
    expect(stored.items[0]).toMatchObject({ event: { owner: 'user#u-1', id: 'UserUpdated-id', sealed: null } });
    expect(atRest()).not.toMatch(PERSONAL);
  });

  it('what names no user can be read for fourteen days', async () => {
    const lost = rejected({ stream: 'unaddressed#e-1', type: 'UserCreated' });
    await inbox.put(lost);
    const open = makeOpenDelivery(vault);
    time += 13 * DAY;
    expect((await open(stored.items[0]!.event)).envelope).toEqual(update);
    time += 2 * DAY;
    expect(await open(stored.items[0]!.event)).toMatchObject({
      decoded: { ok: false, invalid: { stream: 'unaddressed#e-1', reason: 'nobody can read any more what it says' } },
    });
  });

  it('of an event that is too long for an item as much is kept as there is room for', async () => {
    const long = 'y'.repeat(400_000);
    await inbox.put(item({ event: envelope('UserUpdated', { userId: 'u-1', name: long }) }));
    expect(atRest().length).toBeLessThan(360_000);
    const [kept] = await inbox.parked('user#u-1');
    expect(String(kept!.event)).toContain('y'.repeat(200_000));
  });
});

describe('an event that is delivered again', () => {
  const open = (envelope: unknown) => makeOpenDelivery(vault)(envelope);

  it.each([
    [
      'in an envelope',
      update,
      { id: 'UserUpdated-id', event: { type: 'UserUpdated', data: { name: 'Ada Lovelace' } } },
    ],
    ['as a CloudEvent', cloudEvent, { id: 'ce-1', source: '/crm', event: { data: { name: 'Lovelace' } } }],
  ])('%s is opened and decoded', async (_, event, decoded) => {
    await inbox.put(item({ event }));
    expect(await open(stored.items[0]!.event)).toMatchObject({
      envelope: event,
      decoded: { ok: true, event: decoded },
    });
  });

  it('is passed on by the feed and put back by the ingest without ever being open in a table or a queue', async () => {
    await inbox.put(item());
    const [onItsWay] = stored.items;
    await stored.remove(onItsWay!);
    await inbox.put(item({ event: onItsWay!.event }));
    expect(stored.items[0]!.event).toEqual(onItsWay!.event);
  });

  it('when nobody can read it, is decided by its identity and its type', async () => {
    await inbox.put(item());
    vault.destroy('user#u-1');
    const { envelope: kept, decoded } = await open(stored.items[0]!.event);
    expect(decoded).toMatchObject({
      ok: true,
      event: {
        aggregate: 'user',
        stream: 'user#u-1',
        subject: 'u-1',
        id: 'UserUpdated-id',
        source: 'shop',
        event: { type: 'UserUpdated', data: { userId: 'u-1', forgotten: true } },
      },
    });
    await stored.remove(item());
    await inbox.put(rejected({ event: kept }));
    expect(stored.items[0]!.event).toMatchObject({ owner: 'user#u-1', sealed: null });
  });

  it('that was never sealed is decoded as it is', async () => {
    expect(await open(update)).toMatchObject({ envelope: update, decoded: { ok: true } });
  });
});
