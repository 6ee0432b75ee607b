import { canonicalType, catalogue } from '../../functions/application/catalogue';
import type { RecordedEvent } from '../../functions/application/recorded-event';

/** A recorded event with everything about it decided by its place; `over` changes what a test is about. */
export function recorded(
  stream: string,
  version: number,
  type: string,
  data: Record<string, unknown> = {},
  over: Partial<RecordedEvent> = {},
): RecordedEvent {
  const subject = stream.slice(stream.indexOf('#') + 1);
  const known = canonicalType(type);
  const at = new Date(Date.UTC(2026, 0, 1, 12, 0, version)).toISOString();
  return {
    stream,
    version,
    id: `${subject}-${version}`,
    source: 'test.shop',
    type,
    subject,
    schemaVersion: known ? catalogue[known].schemaVersion : 1,
    time: at,
    recordedAt: at,
    correlationId: `story-${subject}`,
    causationId: `story-${subject}`,
    data,
    metadata: {},
    prevHash: '',
    hash: '',
    ...over,
  };
}

const steps = [
  ['OrderConfirmed', {}],
  ['OrderPaid', { paymentId: 'pay-1', amount: 2500 }],
  ['OrderShipped', { carrier: 'DHL', trackingNumber: 'T-1' }],
  ['OrderDelivered', {}],
] as const;

/** The first `length` (1 … 5) events of an order that is delivered in the end: 2 × 1000 and a fee of 500. */
export function orderHistory(orderId: string, length = 5): readonly RecordedEvent[] {
  const stream = `order#${orderId}`;
  const created = recorded(stream, 1, 'OrderCreated', {
    orderId,
    userId: 'u-1',
    currency: 'EUR',
    items: [{ sku: 'mug', quantity: 2, unitPrice: 1000 }],
    shippingFee: 500,
  });
  const later = steps.map(([type, data], index) => recorded(stream, index + 2, type, { orderId, ...data }));
  return [created, ...later].slice(0, length);
}
