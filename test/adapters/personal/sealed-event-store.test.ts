import { beforeEach, describe, expect, it } from '@jest/globals';
import { brokenAt } from '../../../functions/adapters/hash-chain';
import { SealedEventStore } from '../../../functions/adapters/personal/sealed-event-store';
import { foldUser } from '../../../functions/application/aggregates';
import {
  type InboxItem,
  isAppendConflict,
  isClaimsRefused,
  type NewEvent,
  type OwnersKey,
} from '../../../functions/application/ports';
import type { UserState } from '../../../functions/domain/user';
import { MemoryEventStore } from '../../support/memory-event-store';
import { MemoryInbox } from '../../support/memory-inbox';
import { MemoryVault } from '../../support/memory-vault';

const stream = 'user#u-1';
/** Long enough that no sealed text has them by chance. */
const PERSONAL = /lovelace|countess|555-12345/i;

const event = (type: string, data: object, over: Partial<NewEvent> = {}): NewEvent => ({
  id: `${type}-1`,
  source: 'shop',
  type,
  subject: 'u-1',
  schemaVersion: 1,
  time: '2026-01-01T12:00:00.000Z',
  correlationId: 'story',
  causationId: 'cause',
  data: { userId: 'u-1', ...data },
  metadata: { fact: { statusAfter: 'active' }, commandId: 'k', extensions: { comment: 'Lovelace called' } },
  ...over,
});
const created = event('UserCreated', { email: 'countess@example.com', name: 'Ada Lovelace', phone: '555-12345' });
const renamed = event('UserUpdated', { name: 'Aunt Lovelace' });
const deleted = event('UserDeleted', { reason: 'Lovelace asked for it' });
const takes = { kind: 'take', name: 'email#x', owner: stream } as const;
const destroys = { kind: 'destroy-key', owner: stream } as const;

/** Counts what it is asked. */
class CountingVault extends MemoryVault {
  reads = 0;
  override keyOf(owner: string): Promise<OwnersKey> {
    this.reads += 1;
    return super.keyOf(owner);
  }
}

let vault: CountingVault;
let inbox: MemoryInbox;
let stored: MemoryEventStore;
let store: SealedEventStore;
beforeEach(() => {
  vault = new CountingVault();
  inbox = new MemoryInbox();
  stored = new MemoryEventStore(() => new Date(0), inbox, vault);
  store = new SealedEventStore(stored, vault);
});

const append = async (one: NewEvent, ...claims: Parameters<typeof store.append>[1] & object) =>
  store.append([{ loaded: await store.load(stream), events: [one] }], claims);
const create = (one = created) => store.append([{ loaded: store.assumeEmpty(stream), events: [one] }], [takes]);
const atRest = () => JSON.stringify([stored.appended, inbox.items]);

describe('a user’s events', () => {
  it('are stored with nothing to read in them but the id, and given back as they were', async () => {
    const [first] = await create();
    const [second] = await append(renamed);
    expect(atRest()).not.toMatch(PERSONAL);
    expect(stored.appended[0]).toMatchObject({
      data: { userId: 'u-1', sealed: expect.stringMatching(/^v1\./) },
      metadata: {
        fact: { statusAfter: 'active' },
        commandId: 'k',
        profile: expect.stringMatching(/^v1\./),
        sealed: expect.stringMatching(/^v1\./),
      },
    });
    expect(Object.keys(stored.appended[0]!.data)).toEqual(['userId', 'sealed']);
    expect(first).toMatchObject({ ...created, stream, version: 1, hash: stored.appended[0]!.hash });
    expect(second).toMatchObject({ ...renamed, stream, version: 2 });
    expect((await store.load(stream)).events).toEqual([first, second]);
    expect(await store.readRange(stream, 1, 2)).toEqual([second]);
    expect(await store.readMany([{ stream, version: 2 }])).toEqual([second]);
  });

  it('carry who the user is behind them, for the user’s row', async () => {
    await create();
    await append(renamed);
    await append(deleted, destroys);
    expect(stored.appended.map(({ metadata }) => typeof metadata.profile)).toEqual(['string', 'string', 'undefined']);
  });

  it('show e-mail and name in that profile as they are after the event', async () => {
    await create();
    await append(renamed);
    const profile = stored.appended[1]!.metadata.profile as string;
    expect(vault.open(await vault.keyOf(stream), stream, profile)).toEqual({
      forgotten: false,
      value: { email: 'countess@example.com', name: 'Aunt Lovelace' },
    });
  });

  it('need no look for a key when the first is appended, and one look a load', async () => {
    await create();
    expect(vault.reads).toBe(0);
    const loaded = await store.load(stream);
    await store.append([{ loaded, events: [renamed] }]);
    expect(vault.reads).toBe(1);
  });

  it('are sealed with the key that is there, whoever has loaded the stream', async () => {
    await create();
    await append(renamed);
    const copy = { ...(await store.load(stream)) };
    await store.append([{ loaded: copy, events: [event('UserUpdated', { name: 'Ada' })] }]);
    expect((await store.load(stream)).events.map(({ data }) => data.name)).toEqual([
      'Ada Lovelace',
      'Aunt Lovelace',
      'Ada',
    ]);
  });

  it('do not get a second key where an earlier event was parked: the first try is a conflict, the second finds it', async () => {
    const key = await vault.ensureKey(stream);
    const error = await create().catch((thrown: unknown) => thrown);
    expect(isAppendConflict(error) && error.streams).toEqual([stream]);
    await append(created, takes);
    expect(vault.open({ state: 'there', key: key! }, stream, String(stored.appended[0]!.data.sealed))).toMatchObject({
      forgotten: false,
    });
  });

  it('make a key that was there for a while one for good', async () => {
    let time = 0;
    vault = new CountingVault(() => new Date(time));
    stored = new MemoryEventStore(() => new Date(0), inbox, vault);
    store = new SealedEventStore(stored, vault);
    await vault.ensureKey(stream, 1000);
    await append(created, takes);
    time = 2000;
    expect((await store.load(stream)).events[0]!.data).toEqual(created.data);
  });

  it('say whose claim did not hold as it was made', async () => {
    await create();
    const item: InboxItem = {
      stream: 'user#u-2',
      state: 'rejected',
      id: 'e-9',
      source: 'shop',
      type: 'UserCreated',
      reason: 'the e-mail address belongs to another user',
      event: { detail: { email: 'countess@example.com' } },
      at: '2026-01-01T12:00:00.000Z',
    };
    const claim = { kind: 'put-item', item } as const;
    const other = store.assumeEmpty('user#u-2');
    const error = await store
      .append([{ loaded: other, events: [created] }], [{ ...takes, owner: 'user#u-2' }])
      .catch((thrown: unknown) => thrown);
    expect(isClaimsRefused(error) && error.claims).toEqual([{ ...takes, owner: 'user#u-2' }]);
    await store.append([{ loaded: other, events: [] }], [claim]);
    expect(atRest()).not.toMatch(PERSONAL);
    const again = await store.append([{ loaded: other, events: [] }], [claim]).catch((thrown: unknown) => thrown);
    expect(isClaimsRefused(again) && again.claims[0]).toBe(claim);
  });

  it('tell a writer who came second what stands there, open', async () => {
    await create();
    const stale = await store.load(stream);
    await append(renamed);
    const error = await store.append([{ loaded: stale, events: [renamed] }]).catch((thrown: unknown) => thrown);
    expect(isAppendConflict(error) && error.existing).toMatchObject({ id: renamed.id, data: renamed.data });
  });

  it('are not in what can be listed of an error, nor is a key: errors are logged', async () => {
    await create();
    const stale = await store.load(stream);
    await append(renamed);
    const item = { stream, state: 'rejected', id: 'e-9', source: 'shop', type: 'UserUpdated' } as InboxItem;
    const put = { kind: 'put-item', item: { ...item, event: renamed } } as const;
    await inbox.put(item);
    await vault.ensureKey('user#u-2');
    const failures = [
      store.append([{ loaded: stale, events: [renamed] }]),
      store.append([{ loaded: store.assumeEmpty('user#u-2'), events: [created] }]),
      store.append([], [put]),
    ];
    for (const failure of await Promise.allSettled(failures)) {
      const { reason } = failure as PromiseRejectedResult;
      const listed = Object.entries(reason).map(([name]) => name);
      expect(listed.filter((name) => !['code', 'streams', 'name'].includes(name))).toEqual([]);
      expect(reason.cause).toBeUndefined();
      expect(String(reason.stack)).not.toMatch(PERSONAL);
    }
  });

  it('are read with the key that came with them, also when it came between two reads', async () => {
    const [race, ready] = [new MemoryVault(), vault];
    let looks = 0;
    race.keyOf = async (owner) => (looks++ === 0 ? { state: 'none' } : ready.keyOf(owner));
    await create();
    const loaded = await new SealedEventStore(stored, race).load(stream);
    expect(foldUser(loaded.events)).toMatchObject({ status: 'active', name: 'Ada Lovelace' });
  });
});

describe('when the user is deleted', () => {
  beforeEach(async () => {
    await create();
    await append(renamed);
    await append(deleted, destroys);
  });

  it('nobody can read any of it, and the stream still says that the user was deleted', async () => {
    const { events, version } = await store.load(stream);
    expect(version).toBe(3);
    expect(JSON.stringify(events)).not.toMatch(PERSONAL);
    expect(events.map(({ data }) => data)).toEqual([1, 2, 3].map(() => ({ userId: 'u-1', forgotten: true })));
    expect(events[0]!.metadata).toEqual({ fact: { statusAfter: 'active' }, commandId: 'k' });
    expect(foldUser(events)).toEqual({ status: 'deleted', userId: 'u-1' });
    expect(await store.readRange(stream, 0)).toEqual(events);
    expect(await store.readMany([{ stream, version: 1 }])).toEqual([events[0]]);
  });

  it('the chain of what is stored is whole', () => {
    expect(brokenAt(stored.appended)).toBeUndefined();
    const changed = { ...stored.appended[1]!, data: { userId: 'u-1', sealed: stored.appended[0]!.data.sealed } };
    expect(brokenAt([stored.appended[0]!, changed, stored.appended[2]!])).toBe(2);
  });

  it('no key is made for the user again', async () => {
    const error = await create().catch((thrown: unknown) => thrown);
    expect(isAppendConflict(error)).toBe(true);
    expect(await vault.keyOf(stream)).toEqual({ state: 'destroyed' });
  });
});

describe('a snapshot', () => {
  const state: UserState = {
    status: 'active',
    userId: 'u-1',
    email: 'countess@example.com',
    name: 'Aunt Lovelace',
    createdAs: { email: 'countess@example.com', name: 'Ada Lovelace' },
  };
  const snapshot = { reducer: 'source', state, story: 'story', createdAt: '2026-01-01', updatedAt: '2026-01-02' };

  beforeEach(async () => {
    await create();
    await append({ ...renamed, metadata: { ...renamed.metadata, snapshot } });
  });

  it('holds the user’s state sealed, and is found again', async () => {
    expect(atRest()).not.toMatch(PERSONAL);
    const loaded = await store.load(stream);
    expect(loaded.events.map(({ version }) => version)).toEqual([2]);
    expect(loaded.snapshot).toEqual(snapshot);
    await store.append([{ loaded, events: [event('UserUpdated', { email: 'augusta@example.com' })] }]);
    const { profile } = stored.appended[2]!.metadata;
    expect(vault.open(await vault.keyOf(stream), stream, String(profile))).toMatchObject({
      value: { email: 'augusta@example.com', name: 'Aunt Lovelace' },
    });
  });

  it('of a user whose key is gone still tells whether the user was deleted', async () => {
    vault.destroy(stream);
    expect((await store.load(stream)).snapshot?.state).toEqual({ status: 'forgotten', userId: 'u-1' });
    const gone = { ...snapshot, state: { status: 'deleted', userId: 'u-1' } };
    await append({ ...deleted, metadata: { snapshot: gone } }, destroys);
    expect((await store.load(stream)).snapshot?.state).toEqual({ status: 'deleted', userId: 'u-1' });
  });
});

describe('nothing personal is recorded of a user whose key was destroyed', () => {
  it('before their first event: that is refused', async () => {
    vault.destroy(stream);
    await expect(append(created)).rejects.toThrow('the key of user#u-1 was destroyed before its first event');
    expect(stored.appended).toEqual([]);
  });

  it('behind it: what can still happen has its id only', async () => {
    await create();
    vault.destroy(stream);
    await append(deleted, destroys);
    expect(stored.appended[1]!.data).toEqual({ userId: 'u-1' });
    expect(foldUser((await store.load(stream)).events)).toEqual({ status: 'deleted', userId: 'u-1' });
  });
});

it('leaves the events of others as they are', async () => {
  const order = event('OrderConfirmed', {}, { data: { orderId: 'o-1' } });
  await store.append([{ loaded: await store.load('order#o-1'), events: [order] }]);
  expect(stored.appended[0]).toMatchObject(order);
  expect((await store.load('order#o-1')).events).toEqual(stored.appended);
  expect(await store.readRange('order#o-1', 0)).toEqual(stored.appended);
  expect(vault.reads).toBe(0);
});
