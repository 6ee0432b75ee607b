import type { RecordedEvent } from '../../functions/application/recorded-event';
import { reducerHashes } from '../../functions/application/reducer-hashes';
import { SNAPSHOT_EVERY } from '../../functions/application/snapshots';
import { recorded } from './recorded';

/** When the event of that version was recorded: one each second. */
export const stockedAt = (version: number): string => new Date(Date.UTC(2026, 0, 1, 12, 0, version)).toISOString();

/** A SKU that gets one piece with each of its events, with snapshots as writers add them. */
export function longStock(sku: string, length: number): readonly RecordedEvent[] {
  return Array.from({ length }, (_, index) => {
    const version = index + 1;
    const snapshot = {
      reducer: reducerHashes.inventory,
      state: { tracked: true, onHand: version, reserved: 0 },
      story: `story-${sku}`,
      createdAt: stockedAt(1),
      updatedAt: stockedAt(version),
    };
    const metadata = version % SNAPSHOT_EVERY === 0 ? { snapshot } : {};
    return recorded(`inventory#${sku}`, version, 'StockAdded', { sku, quantity: 1 }, { metadata });
  });
}
