import type { InventoryEvent, InventoryState } from '../domain/inventory';
import type { OrderEvent, OrderState, Reservation } from '../domain/order';
import { reservationEvent, shortages, stockEffect, tracked } from '../domain/reservation';
import type { UserState } from '../domain/user';
import { inventory, stateOf, stepsOf } from './aggregates';
import { catalogue, RESERVATION_SOURCE, streamOf, subjectOf } from './catalogue';
import { emailClaims } from './email-claims';
import type { IncomingEvent } from './incoming-event';
import { newEvent } from './new-event';
import type { Claim, EventStore, LoadedStream, NameKeeper, NewEvent, StreamWrite } from './ports';
import { insufficientStock, type Refusal } from './refusal';
import type { Accepted } from './verdict';

export type PlannerPorts = {
  readonly events: Pick<EventStore, 'load' | 'assumeEmpty'>;
  readonly names: NameKeeper;
};

/** All that has to be written for an event to be accepted: in one transaction or not at all. */
export type Plan =
  | {
      readonly kind: 'write';
      readonly writes: readonly StreamWrite[];
      readonly claims: readonly Claim[];
      /** It might have been refused, now or at another time, for what is beside its own stream. */
      readonly contingent: boolean;
    }
  | { readonly kind: 'refuse'; readonly refusal: Refusal };

/** Works out what an accepted event brings about beside itself: reservations of stock, and who holds an e-mail address. */
export class Planner {
  /**
   * SKUs that somebody has stocked, as far as seen. A SKU is taken for untracked, which costs no read, until the append says
   * that it is not; and tracked it stays for ever.
   */
  private readonly stocked = new Set<string>();

  constructor(private readonly ports: PlannerPorts) {}

  async plan(incoming: IncomingEvent, loaded: LoadedStream, accepted: Accepted): Promise<Plan> {
    switch (incoming.aggregate) {
      case 'order':
        return this.order(incoming, loaded, accepted);
      case 'user': {
        const { before, after, events } = accepted;
        const claims = await emailClaims(loaded.stream, before as UserState, after as UserState, this.ports.names);
        const contingent = claims.some(({ kind }) => kind === 'take');
        return { kind: 'write', writes: [{ loaded, events }], claims, contingent };
      }
      case 'inventory':
        return alone({ loaded, events: accepted.events });
    }
  }

  /** An append has shown that these streams, taken for empty, are not. */
  notEmpty(streams: readonly string[]): void {
    for (const stream of streams) this.stocked.add(stream);
  }

  private async order(incoming: IncomingEvent, loaded: LoadedStream, accepted: Accepted): Promise<Plan> {
    const effect = stockEffect(accepted.before as OrderState, incoming.event as OrderEvent);
    const [event] = accepted.events;
    const own = { loaded, events: accepted.events };
    if (effect.kind === 'none' || !event) return alone(own);

    // What is held is tracked, whoever has seen it.
    if (effect.kind === 'settle') this.notEmpty(effect.reserved.map(({ sku }) => streamOf('inventory', sku)));
    const stock = await this.stock(effect.kind === 'reserve' ? effect.wanted : effect.reserved);
    const writesOf = (type: Parameters<typeof reservationEvent>[0], reservations: readonly Reservation[]) =>
      reservations.map((reservation) => reservationWrite(loaded, event, type, reservation, stock.of(reservation.sku)));
    if (effect.kind === 'settle') return alone(own, ...writesOf(effect.type, effect.reserved));

    const short = shortages(effect.wanted, stock.stateOf);
    if (short.length > 0) return { kind: 'refuse', refusal: insufficientStock(short) };
    const held = tracked(effect.wanted, stock.stateOf);
    const heldSkus = new Set(held.map(({ sku }) => sku));
    const untouched = effect.wanted
      .filter(({ sku }) => !heldSkus.has(sku))
      .map(({ sku }) => ({ loaded: stock.of(sku).loaded, events: [] }));
    const confirmed = held.length > 0 ? { ...event, data: { ...event.data, reservations: held } } : event;
    const writes = [{ loaded, events: [confirmed] }, ...writesOf('StockReserved', held), ...untouched];
    // What nobody has ever stocked cannot have been too little.
    return { kind: 'write', writes, claims: [], contingent: held.length > 0 };
  }

  private async stock(reservations: readonly Reservation[]) {
    const entries = reservations.map(async ({ sku }) => {
      const stream = streamOf('inventory', sku);
      const loaded = this.stocked.has(stream)
        ? await this.ports.events.load(stream)
        : this.ports.events.assumeEmpty(stream);
      return [sku, { loaded, state: stateOf(inventory, loaded) }] as const;
    });
    const bySku = new Map(await Promise.all(entries));
    const of = (sku: string): Stock => {
      const stock = bySku.get(sku);
      if (!stock) throw new Error(`the stock of ${sku} was not read`);
      return stock;
    };
    return { of, stateOf: (sku: string) => of(sku).state };
  }
}

/** Whatever is beside the stream does not have a say. */
const alone = (...writes: readonly StreamWrite[]): Plan => ({ kind: 'write', writes, claims: [], contingent: false });

type Stock = { readonly loaded: LoadedStream; readonly state: InventoryState };

/** A reservation has no identity of its own: it is a part of the order's step. */
function reservationWrite(
  order: LoadedStream,
  step: NewEvent,
  type: 'StockReserved' | 'ReservationReleased' | 'ReservationCommitted',
  reservation: Reservation,
  { loaded, state }: Stock,
): StreamWrite {
  const event: InventoryEvent = reservationEvent(type, subjectOf(order.stream), reservation);
  const [after] = stepsOf(inventory, state, [event]);
  if (!after) throw new Error('a reservation is one step');
  const { time, correlationId, traceparent } = step;
  const origin = {
    aggregate: 'inventory',
    subject: reservation.sku,
    id: `${order.stream}@${order.version + 1}`,
    source: RESERVATION_SOURCE,
    schemaVersion: catalogue[type].schemaVersion,
    time,
    correlationId,
    causationId: step.id,
    ...(traceparent !== undefined && { traceparent }),
    metadata: {},
  } as const;
  return { loaded, events: [newEvent(loaded, origin, after)] };
}
