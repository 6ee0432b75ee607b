import fc from 'fast-check';
import type { ViewRow } from '../../functions/application/read-models/rows';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { projections } from '../../functions/projections/projections';
import { orderHistory, recorded } from './recorded';

const userHistory = (userId: string): readonly RecordedEvent[] => [
  recorded(`user#${userId}`, 1, 'UserCreated', { userId, email: `${userId}@example.com`, name: 'Ada' }),
  recorded(`user#${userId}`, 2, 'UserUpdated', { userId, name: 'Ada King' }),
  recorded(`user#${userId}`, 3, 'UserDeleted', { userId }),
];
const stockHistory = (sku: string, quantities: readonly number[]): readonly RecordedEvent[] =>
  quantities.map((quantity, i) => recorded(`inventory#${sku}`, i + 1, 'StockAdded', { sku, quantity }));

/** A few streams of all kinds; some of the orders have an event in them that nobody can read. */
export const histories = fc
  .record({
    orders: fc.array(
      fc.record({ length: fc.integer({ min: 1, max: 5 }), poison: fc.option(fc.integer({ min: 1, max: 5 })) }),
      {
        maxLength: 4,
      },
    ),
    users: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
    stock: fc.array(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }), { maxLength: 2 }),
  })
  .map(({ orders, users, stock }) => [
    ...orders.flatMap(({ length, poison }, i) =>
      orderHistory(`o-${i}`, length).map((event) =>
        event.version === poison ? { ...event, type: 'Bewitched' } : event,
      ),
    ),
    ...users.flatMap((length, i) => userHistory(`u-${i}`).slice(0, length)),
    ...stock.flatMap((quantities, i) => stockHistory(`s-${i}`, quantities)),
  ]);

/** The rows by the plainest fold there is; `since`: when faults were met. */
export function expectedRows(history: readonly RecordedEvent[], since: string): ReadonlyMap<string, ViewRow> {
  const rows = new Map<string, ViewRow>();
  for (const event of [...history].sort((one, other) => one.version - other.version)) {
    const row = rows.get(event.stream);
    const projection = projections.find(({ prefix }) => event.stream.startsWith(prefix));
    if (row?.fault) {
      rows.set(event.stream, { ...row, fault: { ...row.fault, seen: event.version } });
      continue;
    }
    try {
      if (projection) rows.set(event.stream, projection.fold(row, event));
    } catch (error) {
      const fault = { version: event.version, error: String(error), since, seen: event.version };
      rows.set(event.stream, { ...(row ?? { stream: event.stream, version: 0 }), fault });
    }
  }
  return rows;
}
