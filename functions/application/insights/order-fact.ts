import type { Fact } from '../ports';
import { instantOf, TIMESTAMP_EXPECTED } from '../timestamp';

/** What insights need of the fact of an order's step. Money is in minor units of `currency`. */
export type OrderFact = {
  readonly stream: string;
  readonly version: number;
  readonly type: string;
  /** When it happened, by its producer; milliseconds since 1970. */
  readonly at: number;
  /** When it was appended; milliseconds since 1970. Undefined: its publisher did not say so yet. */
  readonly recordedAt?: number;
  /** The status before and after it; `none` before the first step. */
  readonly from: string;
  readonly to: string;
  readonly currency: string;
  readonly total: number;
  /** Of creation, payment, shipment and cancellation. */
  readonly lines: readonly Line[];
  /** Of a cancellation. */
  readonly reason?: string;
};

export type Line = { readonly sku: string; readonly quantity: number; readonly unitPrice: number };

/** Which facts are those of orders' steps; others on the bus (rejections, say) have no `sequence`. */
export const ORDER_STREAMS = 'order#';

/** Throws on what is not a step of an order: says which field, which value, what would be right. */
export function orderFact(detail: Fact['detail']): OrderFact {
  const data = object('data', detail.data);
  const reason = data.reason === undefined ? undefined : text('data.reason', data.reason);
  const recordedAt = detail.recordedat === undefined ? undefined : instant('recordedat', detail.recordedat);
  const lines = data.items === undefined ? [] : list('data.items', data.items).map(line);
  return {
    stream: streamOf(detail.partitionkey),
    version: versionOf(detail.sequence),
    type: text('type', detail.type),
    at: instant('time', detail.time),
    ...(recordedAt !== undefined && { recordedAt }),
    from: text('data.statusBefore', data.statusBefore),
    to: text('data.statusAfter', data.statusAfter),
    currency: text('data.currency', data.currency),
    total: whole('data.total', data.total),
    lines,
    ...(reason !== undefined && { reason }),
  };
}

function line(given: unknown, index: number): Line {
  const field = `data.items[${index}]`;
  const { sku, quantity, unitPrice } = object(field, given);
  return {
    sku: text(`${field}.sku`, sku),
    quantity: whole(`${field}.quantity`, quantity),
    unitPrice: whole(`${field}.unitPrice`, unitPrice),
  };
}

function streamOf(value: unknown): string {
  const stream = text('partitionkey', value);
  return stream.startsWith(ORDER_STREAMS) ? stream : unreadable('partitionkey', value, `${ORDER_STREAMS}<id>`);
}

function versionOf(value: unknown): number {
  const version = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : 0;
  return version > 0 ? version : unreadable('sequence', value, 'a version from "1", as text');
}

function instant(field: string, value: unknown): number {
  const time = typeof value === 'string' ? instantOf(value) : undefined;
  return time === undefined ? unreadable(field, value, TIMESTAMP_EXPECTED) : Date.parse(time);
}

function text(field: string, value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : unreadable(field, value, 'a text');
}

function whole(field: string, value: unknown): number {
  return Number.isSafeInteger(value) && Number(value) >= 0
    ? Number(value)
    : unreadable(field, value, 'a whole number from 0');
}

function list(field: string, value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : unreadable(field, value, 'a list');
}

function object(field: string, value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : unreadable(field, value, 'an object');
}

function unreadable(field: string, value: unknown, expected: string): never {
  throw new Error(`${field} is ${JSON.stringify(value)?.slice(0, 100) ?? 'missing'}; expected ${expected}`);
}
