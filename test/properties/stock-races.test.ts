import { describe, expect, it } from '@jest/globals';
import { foldInventory, foldOrder } from '../../functions/application/aggregates';
import { makeIngest } from '../../functions/application/ingest';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { available } from '../../functions/domain/inventory';
import { type Envelope, envelope } from '../support/envelopes';
import { explore } from '../support/explorer';
import { FixedEffects } from '../support/fixed-effects';
import { IngestWorld, type Options } from '../support/ingest-world';
import { MemoryFacts } from '../support/memory-facts';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

/*
 * Every interleaving of two writers and the feed over the stock of one SKU: never oversold, nothing held for an order that
 * is not there, and no event both rejected and accepted although what it was rejected for has passed.
 */

const event = (id: string, type: string, payload: object) => envelope(type, payload, { id });
const stocked = (quantity: number, id = `stock ${quantity}`) => event(id, 'StockAdded', { sku: 'mug', quantity });
/** An order of two mugs. */
const created = (orderId: string) => event(`created ${orderId}`, 'OrderCreated', payloads.created(orderId));
const confirmed = (orderId: string) => event(`confirmed ${orderId}`, 'OrderConfirmed', payloads.confirmed(orderId));
const cancelled = (orderId: string) => event(`cancelled ${orderId}`, 'OrderCancelled', payloads.cancelled(orderId));

async function historyOf(...events: readonly Envelope[]): Promise<readonly RecordedEvent[]> {
  const side = memoryWriteSide(new FixedEffects(), () => new Date(0));
  const ingest = makeIngest({ ...side, facts: new MemoryFacts(), parkForMs: 1000 });
  for (const one of events) await ingest({ envelope: one });
  return side.events.appended;
}

/** In which ways it can end: what was appended and rejected, and the stock. Throws on what must not be, with the way there. */
async function endsOf(options: Omit<Options, 'deliveries'>, ...deliveries: readonly Envelope[]): Promise<string[]> {
  const ends = new Set<string>();
  await explore(
    () => new IngestWorld({ ...options, deliveries: deliveries.map((one) => ({ envelope: one })), wholeMemory: true }),
    ({ events, inbox, facts }, way) => {
      const fail = (trouble: string) => {
        throw new Error(`${trouble}, by this way:\n${way.join('\n')}`);
      };
      const stock = foldInventory(events.stream('inventory#mug'));
      if (available(stock) < 0) fail(`oversold: ${JSON.stringify(stock)}`);
      const held = ['o-1', 'o-2']
        .map((id) => foldOrder(events.stream(`order#${id}`)))
        .filter(({ status }) => status === 'confirmed')
        .flatMap((order) => ('reservations' in order ? (order.reservations ?? []) : []))
        .reduce((sum, { quantity }) => sum + quantity, 0);
      if (held !== stock.reserved) fail(`${stock.reserved} are reserved, but orders hold ${held}`);
      const told = new Set(facts.published.map(({ detail }) => (detail.data as { id: string }).id));
      const places = [...new Set(deliveries.map(({ id }) => id))].map((id) => {
        const appended = events.appended.filter((one) => one.id === id).length;
        const items = inbox.items.filter((item) => item.id === id);
        if (appended + items.length !== 1) fail(`${id} is in ${appended + items.length} places`);
        if (told.has(id) !== (appended === 0)) fail(`${id}: told ${told.has(id)}, appended ${appended}`);
        return `${id}: ${appended > 0 ? 'appended' : items[0]?.state}`;
      });
      ends.add(`${places.join(', ')}; ${stock.reserved} of ${stock.onHand} reserved`);
    },
  );
  return [...ends].toSorted();
}

describe('whatever happens between two writers and the feed', () => {
  it('the last pieces go to one of two orders, and the other is told', async () => {
    const history = await historyOf(stocked(3), created('o-1'), created('o-2'));
    expect(await endsOf({ history, crashes: 1 }, confirmed('o-1'), confirmed('o-2'))).toEqual([
      'confirmed o-1: appended, confirmed o-2: rejected; 2 of 3 reserved',
      'confirmed o-1: rejected, confirmed o-2: appended; 2 of 3 reserved',
    ]);
  });

  it('enough for two is reserved for two', async () => {
    const history = await historyOf(stocked(4), created('o-1'), created('o-2'));
    expect(await endsOf({ history, crashes: 1 }, confirmed('o-1'), confirmed('o-2'))).toEqual([
      'confirmed o-1: appended, confirmed o-2: appended; 4 of 4 reserved',
    ]);
  });

  it('an event delivered twice is rejected for too little stock or accepted when more has come, but never both', async () => {
    const history = await historyOf(stocked(1), created('o-1'));
    expect(await endsOf({ history, crashes: 1 }, confirmed('o-1'), stocked(9), confirmed('o-1'))).toEqual([
      'confirmed o-1: appended, stock 9: appended; 2 of 10 reserved',
      'confirmed o-1: rejected, stock 9: appended; 0 of 10 reserved',
    ]);
  });

  it('a SKU that is stocked for the first time meanwhile is either held or was untracked', async () => {
    const history = await historyOf(created('o-1'));
    expect(await endsOf({ history, crashes: 0 }, confirmed('o-1'), stocked(9))).toEqual([
      'confirmed o-1: appended, stock 9: appended; 0 of 9 reserved',
      'confirmed o-1: appended, stock 9: appended; 2 of 9 reserved',
    ]);
  });

  it('a cancellation gives back what was held, if anything was', async () => {
    const history = await historyOf(stocked(5), created('o-1'));
    expect(await endsOf({ history, crashes: 0 }, confirmed('o-1'), cancelled('o-1'))).toEqual([
      'confirmed o-1: appended, cancelled o-1: appended; 0 of 5 reserved',
      'confirmed o-1: rejected, cancelled o-1: appended; 0 of 5 reserved',
    ]);
  });
});
