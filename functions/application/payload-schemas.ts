import * as z from 'zod/mini';
import type { Problem } from '../domain/decision';
import { isCurrency } from '../domain/money';
import type { DomainEvent } from './aggregates';
import type { EventType } from './catalogue';
import { problem } from './problem';

/*
 * What a payload must look like. The message of every check is what would be right: it becomes the `expected` of a
 * problem. Fields beyond these are kept as they came: a producer may know more than we do.
 */

const text = (expected: string, most: number) =>
  z.string({ error: expected }).check(z.minLength(1, { error: expected }), z.maxLength(most, { error: expected }));

const whole = (least: number, expected: string) => z.int({ error: expected }).check(z.gte(least, { error: expected }));

/** Part of keys, in the tables and in URLs. */
const id = (() => {
  const expected = 'a text of 1 to 128 characters without spaces or #';
  return z.string({ error: expected }).check(z.regex(/^[^\s#]{1,128}$/u, { error: expected }));
})();

const amount = whole(0, 'a whole number of minor units (cents), 0 or more');
const quantity = whole(1, 'a whole number, 1 or more');
const shortText = text('a text of 1 to 256 characters', 256);
const longText = text('a text of 1 to 1024 characters', 1024);

const ISO_4217 = 'an ISO 4217 code in use, such as EUR';
const currency = z.string({ error: ISO_4217 }).check(z.refine(isCurrency, { error: ISO_4217 }));

const EMAIL = 'an e-mail address of at most 254 characters';
const email = z.string({ error: EMAIL }).check(z.regex(/^(?=.{3,254}$)[^\s@]+@[^\s@]+$/u, { error: EMAIL }));

/** The most lines that an order and the reservations of its lines find room for in one transaction. */
const MOST_LINES = 90;
const LINES = `a list of 1 to ${MOST_LINES} lines {sku, quantity, unitPrice}`;
const line = z.looseObject({ sku: id, quantity, unitPrice: amount }, { error: 'a line {sku, quantity, unitPrice}' });
const lines = z
  .array(line, { error: LINES })
  .check(z.minLength(1, { error: LINES }), z.maxLength(MOST_LINES, { error: LINES }));

const payload = <Shape extends Parameters<typeof z.looseObject>[0]>(shape: Shape) =>
  z.looseObject(shape, { error: 'an object' });

const NO_CHANGE = 'at least one of email and name';

const RESERVED = 'what is reserved {sku, quantity}';
/** What an order has reserved of a SKU; a reservation is recorded in the stream of the SKU. */
const reservation = payload({ sku: id, orderId: id, quantity });

/** What stands in the event table, in today's version. Producers may send all of it but `recordedOnly`. */
export const payloadSchemas = {
  OrderCreated: payload({
    orderId: id,
    userId: id,
    currency,
    items: lines,
    shippingFee: z.optional(amount),
    total: z.optional(amount),
  }),
  OrderConfirmed: payload({
    orderId: id,
    reservations: z.optional(
      z.array(z.looseObject({ sku: id, quantity }, { error: RESERVED }), { error: `a list, each ${RESERVED}` }),
    ),
  }),
  OrderPaid: payload({ orderId: id, paymentId: shortText, amount }),
  OrderShipped: payload({
    orderId: id,
    carrier: z.optional(shortText),
    trackingNumber: z.optional(shortText),
  }),
  OrderDelivered: payload({ orderId: id }),
  OrderCancelled: payload({ orderId: id, reason: longText }),
  StockAdded: payload({ sku: id, quantity }),
  StockReserved: reservation,
  ReservationReleased: reservation,
  ReservationCommitted: reservation,
  UserCreated: payload({ userId: id, email, name: shortText }),
  UserUpdated: payload({ userId: id, email: z.optional(email), name: z.optional(shortText) }).check(
    z.refine((user) => user.email !== undefined || user.name !== undefined, { error: NO_CHANGE }),
  ),
  UserDeleted: payload({ userId: id }),
} satisfies Record<EventType, z.ZodMiniType>;

/** Fields that we find out when we record the event. */
export const recordedOnly: { readonly [Type in EventType]?: readonly string[] } = { OrderConfirmed: ['reservations'] };

export type Payload =
  | { readonly ok: true; readonly event: DomainEvent }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Checks what a producer sends as the payload of `type`; fields are named like `items[0].quantity`. */
export function checkPayload(type: EventType, data: unknown): Payload {
  const checked = checkRecorded(type, data);
  const found = (recordedOnly[type] ?? []).filter((field) => at(data, [field]) !== undefined);
  if (found.length === 0) return checked;
  const expected = 'nothing: it is found out when the event is recorded';
  return {
    ok: false,
    problems: [
      ...(checked.ok ? [] : checked.problems),
      ...found.map((field) => problem(field, at(data, [field]), expected)),
    ],
  };
}

/** Checks what stands in the event table as the payload of `type`, in today's version. */
export function checkRecorded(type: EventType, data: unknown): Payload {
  const result = payloadSchemas[type].safeParse(data);
  if (result.success) return { ok: true, event: { type, data: result.data } as DomainEvent };
  return {
    ok: false,
    problems: result.error.issues.map(({ path, message }) => problem(fieldName(path), at(data, path), message)),
  };
}

/** The field of the payload that holds the aggregate's id. */
export const subjectField = { order: 'orderId', inventory: 'sku', user: 'userId' } as const;

/** An aggregate's id as a payload gives it; undefined when it is not one. */
export function subjectIn(data: unknown, field: string): string | undefined {
  const result = id.safeParse(at(data, [field]));
  return result.success ? result.data : undefined;
}

function fieldName(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'data';
  return path.reduce<string>(
    (name, part) => (typeof part === 'number' ? `${name}[${part}]` : name ? `${name}.${String(part)}` : String(part)),
    '',
  );
}

function at(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value, part) => (value as Record<PropertyKey, unknown> | null | undefined)?.[part], data);
}
