import { describe, expect, it } from '@jest/globals';
import type { DeadLetterQueue } from '../../../functions/application/dead-letters/queues';
import { understand } from '../../../functions/application/dead-letters/understand';
import { wayOf } from '../../../functions/application/dead-letters/way';
import type { Fix } from '../../../functions/application/retry-rejected';
import { discarded, envelope, failureOf, letter } from '../../support/letters';

const way = (queue: DeadLetterQueue, body: unknown, fix?: Fix) =>
  wayOf(queue, understand(queue, letter('m', body)), fix);

const paid = envelope('e-1', 'OrderPaid', { orderId: 'o-1', paymentId: 'p-1', amount: 25 });
const sealed = { owner: 'user#u-1', id: 'e', source: 'crm', type: 'UserUpdated', at: '', sealed: 'x' };

describe('the way of an event', () => {
  it('is to its ingest, with what the ingest has to know', () => {
    const parked = { stream: 'order#o-1', source: 'shop', id: 'e-1' };
    expect(way('ingest', paid)).toEqual({ to: 'ingest', ingest: 'order', message: { event: paid } });
    expect(way('ingest', failureOf(paid))).toEqual({ to: 'ingest', ingest: 'order', message: { event: paid } });
    expect(way('ingest', { event: paid, parked, last: true })).toEqual({
      to: 'ingest',
      ingest: 'order',
      message: { event: paid, parked, last: true },
    });
    expect(way('ingest', { event: sealed, parked })).toEqual({
      to: 'ingest',
      ingest: 'user',
      message: { event: sealed, parked },
    });
  });

  it('may be put right on it', () => {
    expect(way('ingest', failureOf(paid), { data: { amount: 2500 } })).toMatchObject({
      message: { event: { id: 'e-1', detail: { orderId: 'o-1', paymentId: 'p-1', amount: 2500 } } },
    });
    expect(way('ingest', envelope('e', 'Bananas', { quantity: 1 }), { type: 'StockAdded' })).toMatchObject({
      ingest: 'inventory',
      message: { event: { 'detail-type': 'StockAdded' } },
    });
  });

  it('leads nowhere when nobody can tell whose it is, or change it', () => {
    const why = (to: ReturnType<typeof way>) => (to.to === 'nowhere' ? to.why : to.to);
    expect(why(way('ingest', envelope('e', 'Bananas', {})))).toContain('--type');
    expect(why(way('ingest', 'no JSON'))).toContain('discard it');
    expect(why(way('ingest', { event: sealed }, { data: { name: 'Ada' } }))).toContain('nobody can read any more');
    expect(why(way('views', { stream: 'order#o-1', version: 1 }, { data: {} }))).toContain('cannot be changed');
    expect(why(way('ingest', { stream: 'order#o-1', version: 1 }))).toContain('discard it');
  });
});

it('what no rule took goes on the bus again, as the same event', () => {
  const bananas = envelope('e-9', 'Stok added', { sku: 'mug', quantity: 1 });
  expect(way('unrouted', bananas)).toMatchObject({
    to: 'nowhere',
    why: expect.stringContaining('no rule takes "Stok added"'),
  });
  expect(way('unrouted', bananas, { type: 'StockAdded' })).toEqual({
    to: 'bus',
    event: {
      source: 'shop',
      type: 'StockAdded',
      time: '2026-01-01T12:00:00Z',
      event: {
        specversion: '1.0',
        id: 'e-9',
        source: 'shop',
        type: 'StockAdded',
        time: '2026-01-01T12:00:00Z',
        datacontenttype: 'application/json',
        data: { sku: 'mug', quantity: 1 },
      },
    },
  });
  const event = {
    specversion: '1.0',
    id: 'own',
    source: '/till',
    type: 'StockAdded',
    data: { sku: 'mug', quantity: 1 },
  };
  expect(way('unrouted', envelope('e-9', 'misc', event))).toEqual({
    to: 'bus',
    event: { source: '/till', type: 'StockAdded', time: '2026-01-01T12:00:00Z', event },
  });
});

it('a place or a pointer goes to its projector, a fact and a piece of work to their readers', () => {
  const place = { stream: 'order#o-1', version: 2, error: 'x' };
  expect(way('views', place)).toEqual({ to: 'place', projector: 'views', stream: 'order#o-1', version: 2 });
  expect(way('feed', discarded('1', '2'))).toMatchObject({ to: 'range', projector: 'feed', range: { records: 2 } });
  expect(way('rebuild', { segment: 3 })).toEqual({ to: 'subscriber', queue: 'rebuild', body: '{"segment":3}' });
  const fact = envelope('x', 'OrderPaid', { specversion: '1.0', id: 'order#o-1@2' });
  expect(way('insights', fact)).toEqual({ to: 'subscriber', queue: 'insights', body: JSON.stringify(fact) });
});
