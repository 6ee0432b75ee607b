import { isDeepStrictEqual } from 'node:util';
import { wantedBy } from './check-puts';
import { type Entry, type Ledger, RESERVATIONS, type Violation } from './ledger';
import { availableOf } from './model';

type Reservation = { readonly sku: string; readonly quantity: number };

/** What the steps of an order do to stock. */
const EFFECT: Readonly<Record<string, string>> = {
  OrderConfirmed: 'StockReserved',
  OrderCancelled: 'ReservationReleased',
  OrderShipped: 'ReservationCommitted',
};

/**
 * A confirmation holds every tracked SKU of the order, all or nothing; a cancellation releases and a shipment commits what is
 * held: each by one event beside the step, and none beside anything else. Never is less than nothing available.
 */
export function checkStock(ledger: Ledger): Violation[] {
  const expected = new Map<string, Entry & { readonly reservation: Reservation; readonly effect: string }>();
  const found: Violation[] = [];
  for (const [stream, entries] of ledger.streams()) {
    if (!stream.startsWith('order#')) continue;
    const confirmed = entries.find(({ recorded }) => recorded.type === 'OrderConfirmed');
    const held = (confirmed?.recorded.data.reservations ?? []) as readonly Reservation[];
    if (confirmed) found.push(...wronglyHeld(ledger, stream, held));
    for (const entry of entries) {
      const { type, version } = entry.recorded;
      const effect = EFFECT[type];
      if (!effect || !confirmed || version < confirmed.recorded.version) continue;
      for (const reservation of held)
        expected.set(placeOf(`inventory#${reservation.sku}`, `${stream}@${version}`), {
          ...entry,
          reservation,
          effect,
        });
    }
  }
  for (const [stream, entries] of ledger.streams()) {
    const promise = 'stock goes with the step of the order';
    for (const { recorded } of entries) {
      if (recorded.source !== RESERVATIONS) continue;
      const of = expected.get(placeOf(stream, recorded.id));
      expected.delete(placeOf(stream, recorded.id));
      const wrong = of ? mismatch(recorded, of) : 'no step of an order has brought it about';
      if (wrong)
        found.push({ promise, stream, what: `version ${recorded.version}, ${recorded.type} ${recorded.id}: ${wrong}` });
    }
  }
  for (const [place, { effect, recorded }] of expected)
    found.push({
      promise: 'stock goes with the step of the order',
      stream: recorded.stream,
      what: `version ${recorded.version}, ${recorded.type}, has no ${effect} ${place}`,
    });
  return [...found, ...oversold(ledger)];
}

const placeOf = (stream: string, id: string): string => `${stream} by ${id}`;

function wronglyHeld(ledger: Ledger, stream: string, held: readonly Reservation[]): Violation[] {
  const quantities = new Map(held.map(({ sku, quantity }) => [sku, quantity]));
  const wrong: string[] = [];
  for (const [sku, wanted] of wantedBy(ledger, stream)) {
    const quantity = quantities.get(sku);
    quantities.delete(sku);
    if (quantity === undefined && ledger.evidence.history.stocked.includes(sku))
      wrong.push(`nothing of ${sku}, of which there was stock`);
    if (quantity !== undefined && quantity !== wanted)
      wrong.push(`${quantity} of ${sku}, of which it asks for ${wanted}`);
    if (quantity !== undefined && ledger.entries(`inventory#${sku}`).length === 0)
      wrong.push(`${sku}, which nobody has stocked`);
  }
  for (const sku of quantities.keys()) wrong.push(`${sku}, which it does not ask for`);
  return wrong.map((what) => ({ promise: 'a confirmation holds what is asked for', stream, what: `it holds ${what}` }));
}

function mismatch(
  recorded: Entry['recorded'],
  {
    recorded: step,
    reservation,
    effect,
  }: { readonly recorded: Entry['recorded']; readonly reservation: Reservation; readonly effect: string },
): string | undefined {
  if (recorded.type !== effect) return `${step.type} brings about ${effect}`;
  const data = { ...reservation, orderId: step.subject };
  if (!isDeepStrictEqual({ ...recorded.data }, data)) return `its data are ${JSON.stringify(recorded.data)}`;
  if (recorded.causationId !== step.id) return `its cause is ${recorded.causationId}`;
  return undefined;
}

function oversold(ledger: Ledger): Violation[] {
  return [...ledger.streams()].flatMap(([stream]) =>
    ledger.states(stream).flatMap((state, version) =>
      state.of === 'inventory' && availableOf(state.stock) < 0
        ? [
            {
              promise: 'nothing oversold',
              stream,
              what: `${availableOf(state.stock)} are available at version ${version}`,
            },
          ]
        : [],
    ),
  );
}
