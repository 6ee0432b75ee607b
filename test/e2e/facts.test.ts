import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CloudEvent } from 'cloudevents';
import { lifecycle, payloads } from '../support/orders';
import { Subscriber } from '../support/subscriber';
import { System } from '../support/system';

let system: System;
let subscriber: Subscriber;

beforeAll(async () => {
  system = await System.start();
  subscriber = await Subscriber.to(system, { source: ['orderstream'] });
}, 60_000);
afterAll(() => system?.stop());

/** The bus may be shared with others. */
const factsAbout = async (subject: string) =>
  (await subscriber.received()).filter(({ detail }) => detail.subject === subject);

describe('facts', () => {
  it('go on the bus once per event, as self-sufficient CloudEvents', async () => {
    const orderId = system.newId('o');
    await system.put(...lifecycle(orderId));
    await system.settled(async () => expect(await system.stream(`order#${orderId}`)).toHaveLength(5));
    const events = await system.stream(`order#${orderId}`);
    const facts = await factsAbout(orderId);
    const byVersion = facts.toSorted((a, b) => Number(a.detail.sequence) - Number(b.detail.sequence));
    expect(byVersion.map((fact) => fact['detail-type'])).toEqual(lifecycle(orderId).map(({ type }) => type));
    for (const [index, fact] of byVersion.entries()) {
      expect(fact).toMatchObject({ source: 'orderstream', 'detail-type': events[index]!.type });
      // The official SDK is the judge of what a CloudEvent is.
      expect(new CloudEvent(fact.detail).validate()).toBe(true);
      expect(fact.detail).toMatchObject({
        specversion: '1.0',
        id: `order#${orderId}@${index + 1}`,
        originid: events[index]!.id,
        source: 'orderstream',
        type: events[index]!.type,
        partitionkey: `order#${orderId}`,
        correlationid: events[index]!.correlationId,
        causationid: events[index]!.causationId,
        data: { userId: 'u-1', total: 2990, currency: 'EUR' },
      });
    }
    expect(byVersion.map(({ detail }) => [detail.data.statusBefore, detail.data.statusAfter])).toEqual([
      ['none', 'created'],
      ['created', 'confirmed'],
      ['confirmed', 'paid'],
      ['paid', 'shipped'],
      ['shipped', 'delivered'],
    ]);
  });

  it('tell the producer about a rejected event: which field, which value, what would be right', async () => {
    const orderId = system.newId('o');
    const [entry] = await system.put({
      type: 'OrderCreated',
      detail: { ...payloads.created(orderId), currency: 'XXXX' },
    });
    const rejected = await system.settled(() => factsAbout(orderId));
    expect(rejected.map((fact) => fact['detail-type'])).toEqual(['EventRejected']);
    expect(rejected[0]!.detail.data).toMatchObject({
      problems: [{ field: expect.stringContaining('currency'), value: 'XXXX', expected: expect.any(String) }],
    });
    expect(JSON.stringify(rejected[0]!.detail)).toContain(entry!.EventId);
  });

  it('carry no personal plain text', async () => {
    const userId = system.newId('u');
    await system.put({ type: 'UserCreated', detail: { userId, email: 'ada@example.com', name: 'Ada Lovelace' } });
    const facts = await system.settled(() => factsAbout(userId));
    expect(facts.map((fact) => fact['detail-type'])).toEqual(['UserCreated']);
    expect(JSON.stringify(facts)).not.toMatch(/ada@example\.com|Ada Lovelace/);
  });

  it('cannot be forged: the source `orderstream` is refused to everybody else', async () => {
    const orderId = system.newId('o');
    const [answer] = await system.put({
      source: 'orderstream',
      type: 'OrderCreated',
      detail: payloads.created(orderId),
    });
    expect(answer!.EventId).toBeUndefined();
    expect(answer!.ErrorCode).toBe('AccessDeniedException');
    await system.settled(async () => expect(await system.stream(`order#${orderId}`)).toEqual([]));
    expect(await factsAbout(orderId)).toEqual([]);
  });
});
