import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent, emitterFor, HTTP, type Message, Mode } from 'cloudevents';
import { binaryRequest } from '../support/binary-request';
import { lifecycle, payloads } from '../support/orders';
import { Subscriber } from '../support/subscriber';
import { System } from '../support/system';

let system: System;
/** Sees what producers put, of any type, and the facts. */
let subscriber: Subscriber;

beforeAll(async () => {
  system = await System.start();
  subscriber = await Subscriber.to(system, { source: [{ exists: true }] });
}, 60_000);
afterAll(() => system?.stop());

const send = async ({ headers, body }: { headers: object; body?: unknown }) => {
  const answer = await fetch(`${system.outputs.CommandUrl}events`, {
    method: 'POST',
    headers: headers as Record<string, string>,
    ...(body !== undefined && { body: body as string }),
  });
  // biome-ignore lint/suspicious/noExplicitAny: whatever the API answers; the tests say what that is.
  return { status: answer.status, body: (await answer.json()) as any };
};

const batch = (events: readonly unknown[]) =>
  send({ headers: { 'content-type': 'application/cloudevents-batch+json' }, body: JSON.stringify(events) });

function orderEvents(orderId: string): CloudEvent<unknown>[] {
  return lifecycle(orderId).map(({ type, detail }, n) => {
    return new CloudEvent<unknown>({
      id: `${orderId}/${n}`,
      source: '/shops/berlin',
      type,
      subject: orderId,
      data: detail,
    });
  });
}

const on = async (subject: string, source: string) =>
  (await subscriber.received()).filter((one) => one.source === source && one.detail.subject === subject);

describe('the official SDK as producer', () => {
  it.each([Mode.STRUCTURED, Mode.BINARY])('takes an order through its life, %s', async (mode) => {
    const orderId = system.newId('o');
    const statuses: number[] = [];
    const emit = emitterFor(async (message: Message) => statuses.push((await send(message)).status), { mode });
    for (const event of orderEvents(orderId)) await emit(event);
    expect(statuses).toEqual([202, 202, 202, 202, 202]);
    await system.settled(async () => {
      const events = await system.stream(`order#${orderId}`);
      expect(events.map(({ id, source, data }) => ({ id, source, data }))).toMatchObject(
        lifecycle(orderId).map(({ detail }, n) => ({ id: `${orderId}/${n}`, source: '/shops/berlin', data: detail })),
      );
    });
  });

  it('takes an order through its life, as a batch, and again without any effect', async () => {
    const orderId = system.newId('o');
    for (const _ of ['first', 'again']) expect((await batch(orderEvents(orderId))).body.accepted).toHaveLength(5);
    await system.settled(async () => expect(await system.stream(`order#${orderId}`)).toHaveLength(5));
  });

  it('sends anything else to those who want it, and it comes as it went', async () => {
    const subject = system.newId('s');
    const given = [
      { datacontenttype: 'application/json', data: { text: 'ö 😀', list: [1, null, false], number: 1.5e-7 } },
      { datacontenttype: 'text/plain', data: 'grüße\n' },
      { datacontenttype: 'image/png', data: Uint8Array.from({ length: 256 }, (_, n) => n) },
      { datacontenttype: 'application/xml', data: new TextEncoder().encode('<größe/>') },
      {},
    ].map((payload, n) => {
      const attributes = { id: `${subject}"${n}" 100%`, source: `/a%20b?n=${n}#c`, type: 'com.example.note', subject };
      return new CloudEvent<unknown>({ ...attributes, tenant: 'Größe 😀', ...payload });
    });
    for (const event of given) {
      expect(await send(binaryRequest(event))).toMatchObject({ status: 202 });
      expect(await send(HTTP.structured(event))).toMatchObject({ status: 202 });
    }
    expect(await batch(given)).toMatchObject({ status: 202 });

    const received = await system.settled(subscriber.received.bind(subscriber));
    for (const event of given) {
      const mine = received.filter(({ source, detail }) => source === event.source && detail.subject === subject);
      expect(mine).toHaveLength(3);
      for (const { detail } of mine) {
        expect(new CloudEvent(detail).validate()).toBe(true);
        const datacontenttype = detail.datacontenttype && (event.datacontenttype ?? detail.datacontenttype);
        expect(detail).toEqual({ ...JSON.parse(event.toString()), ...(datacontenttype && { datacontenttype }) });
      }
    }
  });
});

describe('what is not a CloudEvent', () => {
  it('is refused with the header that is wrong, as it came through the function URL', async () => {
    const [event] = orderEvents(system.newId('o'));
    const { headers, body } = binaryRequest(event!);
    for (const [header, value] of [
      ['ce-subject', ''],
      ['ce-subject', 'ö'],
      ['ce-subject', '%C0%A0'],
      ['ce-time', '2026-02-30T00:00:00Z'],
      ['ce-tenant-id', 'acme'],
      ['ce-datacontenttype', 'application/json'],
      ['content-type', 'json'],
    ] as const) {
      const answer = await send({ headers: { ...headers, [header]: value }, body });
      expect(answer).toMatchObject({ status: 400, body: { problems: [{ field: header }] } });
    }
    const avro = await send({ headers: { ...headers, 'content-type': 'application/cloudevents+avro' }, body });
    expect(avro.status).toBe(415);
  });

  it('keeps its whole batch off the bus', async () => {
    const orderId = system.newId('o');
    const events = [...orderEvents(orderId), { ...orderEvents(orderId)[0]!.toJSON(), specversion: '0.3' }];
    expect(await batch(events)).toMatchObject({ status: 400, body: { problems: [{ field: '[5].specversion' }] } });
    await system.settled(async () => {
      expect(await system.stream(`order#${orderId}`)).toEqual([]);
      expect(await on(orderId, '/shops/berlin')).toEqual([]);
    });
  });

  it('is rejected when it is put straight on the bus, and its producer is told which attribute', async () => {
    const orderId = system.newId('o');
    const detail = {
      specversion: '1.0',
      id: 'a\nb',
      source: 'no uri',
      type: 'OrderCreated',
      time: '2026-02-30T00:00:00Z',
    };
    await system.put({
      type: 'OrderCreated',
      detail: { ...detail, 'tenant-id': 'x', data: payloads.created(orderId) },
    });
    const named = ['id', 'source', 'time', 'tenant-id'].map((field) => expect.objectContaining({ field }));
    await system.settled(async () => {
      const [item, ...others] = await system.inbox(`order#${orderId}`);
      expect([item?.state, others]).toEqual(['rejected', []]);
      expect(item?.problems).toEqual(named);
    });
    const [fact] = await on(orderId, 'orderstream');
    expect(new CloudEvent(fact?.detail).validate()).toBe(true);
    expect(fact?.detail).toMatchObject({ type: 'EventRejected', data: { problems: named } });
  });
});

describe('the official SDK as consumer', () => {
  it('reads every fact, as an object and as a message', async () => {
    const orderId = system.newId('o');
    const userId = system.newId('u');
    await batch(orderEvents(orderId));
    await system.command('POST', '/users', { userId, email: `${userId}@example.com`, name: 'Ada' });
    await system.command('POST', `/inventory/${system.newId('sku')}/stock`, { quantity: 1 });
    const facts = (await system.settled(subscriber.received.bind(subscriber))).filter(
      ({ source }) => source === 'orderstream',
    );
    expect(facts.length).toBeGreaterThanOrEqual(7);
    for (const { detail, ...envelope } of facts) {
      expect(new CloudEvent(detail).validate()).toBe(true);
      const headers = { 'content-type': 'application/cloudevents+json; charset=utf-8' };
      const read = HTTP.toEvent({ headers, body: JSON.stringify(detail) }) as CloudEvent<unknown>;
      expect(read.validate()).toBe(true);
      expect(read.toJSON()).toEqual({ ...detail, time: read.time });
      expect(envelope).toMatchObject({ source: detail.source, 'detail-type': detail.type });
    }
  });
});
