import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateTableCommand, DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ReceiveMessageCommand } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { brokenAt } from '../../functions/adapters/hash-chain';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { Controls } from '../../localstack/cloud/edge/admin/controls';
import { payloads } from '../support/orders';
import { filesBelow, foundIn } from '../support/plain-text-scan';
import { System } from '../support/system';

// What is asked here only a local cloud of our own can answer: all that it has stored.
delete process.env.E2E_OUTPUTS;

const HOUR = 3_600_000;
const dir = mkdtempSync(join(tmpdir(), 'forget-'));
let system: System;
let controls: Controls;
beforeAll(async () => {
  system = await System.start({ dir });
  controls = system.cloud!.controls;
}, 60_000);
afterAll(async () => {
  await system?.stop();
  rmSync(dir, { recursive: true, force: true });
});

/** In everything that is ever said of anybody here, so that one look finds all of it; no chance makes it. */
const MARK = 'Ä-Lovelace-King';
const SPELLINGS = [MARK, MARK.toLowerCase(), MARK.toUpperCase()];
let people = 0;
const newPerson = () => {
  people += 1;
  return { email: `${people}@${MARK}.example`, name: `Ada ${MARK} ${people}` };
};

/** Where texts can be read: in the store as it is without what was deleted from it, and in every other file. */
async function readable(texts: readonly string[] = SPELLINGS): Promise<string[]> {
  await controls.snapshot('scan');
  const live = join(dir, 'store.mdb');
  return foundIn(
    filesBelow(dir).filter((file) => !file.startsWith(live)),
    texts,
  );
}

const status = async (path: string) => (await system.get(path)).body?.status;

it('a scan of all that is stored finds what stands there to read, and no longer finds it when it was deleted', async () => {
  const TableName = 'plain';
  await system.dynamodb.send(
    new CreateTableCommand({
      TableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const text = JSON.stringify(newPerson());
  const Item = { id: { S: '1' }, text: { S: text }, bytes: { B: Buffer.from(text) } };
  await system.dynamodb.send(new PutItemCommand({ TableName, Item }));
  const found = await readable();
  expect(found).toContainEqual(expect.stringContaining(`${MARK} as UTF-8`));
  expect(found).toContainEqual(expect.stringContaining(`${MARK} as base64, `));
  await system.dynamodb.send(new DeleteItemCommand({ TableName, Key: { id: { S: '1' } } }));
  expect(await readable()).toEqual([]);
});

it.each<[string, Buffer]>([
  ['UTF-16', Buffer.from(`x${MARK}`, 'utf16le')],
  ['JSON, escaped', Buffer.from('"\\u00c4-Lovelace-King"')],
  ['percent-encoded', Buffer.from(`?name=${encodeURIComponent(MARK)}`)],
  ['hexadecimal', Buffer.from(Buffer.from(`x${MARK}`).toString('hex'))],
  ['base64url, 1 bytes in', Buffer.from(Buffer.from(`1234${MARK}5`).toString('base64url'))],
])('the scan knows the mark as %s, in any file', async (form, bytes) => {
  const file = join(dir, 'somewhere');
  writeFileSync(file, bytes);
  const found = await readable();
  rmSync(file);
  expect(found).toContain(`${file}: ${MARK} as ${form}`);
});

describe('users whose life went every way that there is', () => {
  const ids = {
    bus: system_id('bus'),
    http: system_id('http'),
    early: system_id('early'),
    stuck: system_id('stuck'),
    never: system_id('never'),
    heir: system_id('heir'),
  };
  const [onBus, onHttp, early, stuck, never, wrong] = Array.from({ length: 6 }, newPerson) as ReturnType<
    typeof newPerson
  >[] as [Person, Person, Person, Person, Person, Person];
  const later = newPerson();
  const orderId = system_id('order');

  function system_id(name: string): string {
    return `${name}-${Math.random().toString(36).slice(2)}`;
  }

  it('are created, updated and shown', async () => {
    await system.put({
      type: 'UserCreated',
      detail: { userId: ids.bus, ...onBus, phone: `030 ${MARK}` },
    });
    await system.put({
      type: 'UserUpdated',
      detail: {
        specversion: '1.0',
        id: 'ce-1',
        source: '/crm',
        type: 'UserUpdated',
        subject: later.name,
        comment: `${MARK} asked for it`,
        data: { userId: ids.bus, email: later.email },
      },
    });
    await system.put({ type: 'OrderCreated', detail: payloads.created(orderId, ids.bus) });
    const created = await system.command('POST', '/users', { userId: ids.http, ...onHttp });
    expect(created).toMatchObject({ status: 201, body: { ...onHttp, status: 'active' } });
    const renamed = await system.command('PATCH', `/users/${ids.http}`, { name: later.name });
    expect(renamed).toMatchObject({ status: 200, body: { email: onHttp.email, name: later.name, version: 2 } });
    await system.settled(async () => {
      expect((await system.get(`/users/${ids.bus}`)).body).toMatchObject({ email: later.email, name: onBus.name });
      expect((await system.get(`/users/${ids.http}`)).body).toMatchObject({ email: onHttp.email, name: later.name });
      expect((await system.get(`/users/${ids.http}?version=1`)).body).toMatchObject(onHttp);
    });
    const [first] = await system.stream(`user#${ids.bus}`);
    expect((await system.get(`/events/${first!.id}`)).body.data).toMatchObject(onBus);
    expect((await system.get(`/correlations/${first!.correlationId}`)).body.items[1].data.email).toBe(later.email);
  });

  it('are updated before they are created', async () => {
    await system.put({ type: 'UserUpdated', detail: { userId: ids.early, name: early.name } });
    await system.settled(async () => expect(await system.inbox(`user#${ids.early}`)).toHaveLength(1));
    await system.put({
      type: 'UserCreated',
      detail: { userId: ids.early, email: early.email, name: MARK },
    });
    await system.settled(async () => {
      expect((await system.get(`/users/${ids.early}`)).body).toMatchObject({ ...early, version: 2 });
      expect(await parkedOf(ids.early)).toEqual([]);
    });
    await system.put({ type: 'UserUpdated', detail: { userId: ids.never, ...never } });
    await system.settled(async () => expect(await parkedOf(ids.never)).toHaveLength(1));
  });

  it('are updated by an event that its ingest cannot be run with, again and again', async () => {
    await system.put({ type: 'UserUpdated', detail: { userId: ids.stuck, name: later.name } });
    await system.settled(async () => expect(await parkedOf(ids.stuck)).toHaveLength(1));
    controls.faults.plan({
      seed: 1,
      rules: [{ fault: 'error', service: 'lambda', operation: 'Invocation', target: 'orders-local-ingest-users' }],
    });
    expect((await system.command('POST', '/users', { userId: ids.stuck, ...stuck })).status).toBe(201);
    await controls.advance(2 * HOUR);
    controls.faults.clear();
    const { Messages } = await system.sqs.send(new ReceiveMessageCommand({ QueueUrl: system.outputs.IngestDlqUrl }));
    expect(JSON.parse(Messages![0]!.Body!)).toMatchObject({
      event: { owner: `user#${ids.stuck}`, type: 'UserUpdated' },
    });
  });

  it('are spoken of in what is rejected and refused', async () => {
    await system.put(
      { type: 'UserUpdated', detail: { userId: ids.bus, email: MARK } },
      { type: 'UserCreated', detail: { userId: ids.bus, ...wrong } },
      { type: 'UserCreated', detail: { email: wrong.email, name: wrong.name } },
      { type: 'user.bewitched', detail: { name: wrong.name, email: wrong.email } },
      { type: 'UserCreated', detail: { userId: system_id('other'), email: later.email, name: wrong.name } },
    );
    const taken = await system.command('POST', '/users', { email: onHttp.email.toUpperCase(), name: wrong.name });
    expect(taken).toMatchObject({ status: 409, body: { type: expect.stringContaining('email-taken') } });
    const stale = await system.command('PATCH', `/users/${ids.http}`, { email: wrong.email }, { 'If-Match': '"7"' });
    expect(stale.status).toBe(412);
    await system.settled(async () => {
      const rejected = await inboxItems('rejected');
      expect(rejected.map(({ reason }) => reason).sort()).toEqual([
        'not a valid UserCreated: userId',
        'not a valid UserUpdated: email',
        'the e-mail address belongs to another user',
        'the user has already been created, with other data',
        'unknown event type "user.bewitched"',
      ]);
      for (const { event } of rejected) expect(event.sealed).toMatch(/^v1\./);
      for (const { event } of await inboxItems('refused')) expect(event.sealed).toMatch(/^v1\./);
    });
  });

  it('stand nowhere to read, while all of them are there', async () => {
    // The logs are among what is scanned: they name users by their ids.
    expect(await readable([`/users/${ids.http}`])).not.toEqual([]);
    expect(await readable()).toEqual([]);
  });

  it('are deleted', async () => {
    await system.put({ type: 'UserDeleted', detail: { userId: ids.bus, reason: `${MARK} insisted on it` } });
    const deleted = await system.command('DELETE', `/users/${ids.http}`);
    expect(deleted).toMatchObject({ status: 200, body: { userId: ids.http, status: 'deleted' } });
    for (const id of [ids.early, ids.stuck]) await system.command('DELETE', `/users/${id}`);
    await system.settled(async () => {
      for (const id of [ids.bus, ids.http, ids.early, ids.stuck])
        expect([id, await status(`/users/${id}`)]).toEqual([id, 'deleted']);
    });
    const past = await system.get(`/users/${ids.http}?version=1`);
    expect(past.body).toMatchObject({ userId: ids.http, forgotten: true });
    for (const event of await system.stream(`user#${ids.bus}`)) {
      const shown = await system.get(`/events/${event.id}?stream=${encodeURIComponent(event.stream)}`);
      expect(shown.body.data).toEqual({ userId: ids.bus, forgotten: true });
    }
    // What was still parked for them is decided, although nobody can read it.
    expect(await parkedOf(ids.stuck)).toEqual([]);
    expect((await system.inbox(`user#${ids.stuck}`)).map(({ state, reason }) => [state, reason])).toEqual([
      ['rejected', 'the user has been deleted'],
    ]);
  });

  it('stand nowhere to read, and nobody has their keys', async () => {
    expect(await readable()).toEqual([]);
    const { Items } = await system.dynamodb.send(new ScanCommand({ TableName: system.outputs.KeysTableName }));
    const keys = new Map(Items!.map((item) => [item.owner!.S, item]));
    for (const id of [ids.bus, ids.http, ids.early, ids.stuck])
      expect(Object.keys(keys.get(`user#${id}`)!).sort()).toEqual(['destroyedAt', 'owner']);
  });

  it('leave their orders, with totals, and a chain that is whole', async () => {
    expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ userId: ids.bus, total: 2990 });
    expect((await system.get(`/users/${ids.bus}/orders`)).body.items).toMatchObject([{ orderId, total: 2990 }]);
    for (const id of [ids.bus, ids.http, ids.early, ids.stuck]) {
      const events = (await system.stream(`user#${id}`)) as RecordedEvent[];
      expect(events.length).toBeGreaterThanOrEqual(2);
      expect(brokenAt(events)).toBeUndefined();
    }
  });

  it('leave their addresses to others', async () => {
    const answer = await system.command('POST', '/users', { userId: ids.heir, email: later.email, name: onBus.name });
    expect(answer.status).toBe(201);
    await system.settled(async () => expect(await status(`/users/${ids.heir}`)).toBe('active'));
    expect(await readable()).toEqual([]);
  });

  const parkedOf = async (id: string) => (await system.inbox(`user#${id}`)).filter(({ state }) => state === 'parked');

  // biome-ignore lint/suspicious/noExplicitAny: items as they are.
  async function inboxItems(state: string): Promise<Record<string, any>[]> {
    const { Items = [] } = await system.dynamodb.send(new ScanCommand({ TableName: system.outputs.InboxTableName }));
    return Items.map((item) => unmarshall(item)).filter((item) => item.state === state);
  }
});

type Person = { readonly email: string; readonly name: string };
