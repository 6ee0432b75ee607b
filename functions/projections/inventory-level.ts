import { domainEvent } from '../application/aggregates';
import { aggregateOf, canonicalType, catalogueEntry, subjectOf } from '../application/catalogue';
import type { Projection } from '../application/read-models/projection';
import type { InventoryLevel } from '../application/read-models/rows';
import type { RecordedEvent } from '../application/recorded-event';
import { available, evolveInventory, type InventoryEvent, type InventoryState, noInventory } from '../domain/inventory';
import { isWhole, UnreadableEvent } from './event-fields';
import { latest } from './row-fields';

/** One row per SKU: what lies on the shelf, what orders hold of it, and what is left to promise. */
export const inventoryLevel: Projection<InventoryLevel> = {
  name: 'inventory-level',
  revision: 1,
  prefix: 'inventory#',
  fold(level, event) {
    refuseUnknown(event);
    const before = level ? { tracked: true, onHand: level.onHand, reserved: level.reserved } : noInventory;
    const after = evolveInventory(before, domainEvent<InventoryEvent>(event));
    return row(event, after, latest(level?.updatedAt ?? '', event.time));
  },
  fromSnapshot: (event, { state, updatedAt }) => row(event, state as InventoryState, updatedAt),
};

function row(event: RecordedEvent, stock: InventoryState, updatedAt: string): InventoryLevel {
  const { onHand, reserved } = stock;
  if (!isWhole(onHand) || !isWhole(reserved) || !isWhole(available(stock)))
    throw new UnreadableEvent(event, 'data', event.data, 'quantities that leave whole numbers, 0 or more');
  const { stream, version } = event;
  return { stream, version, sku: subjectOf(stream), onHand, reserved, available: available(stock), updatedAt };
}

/** The decider's fold passes over what it does not know; a read model must not count it as folded. */
function refuseUnknown(event: RecordedEvent): void {
  const type = canonicalType(event.type);
  if (type !== event.type || catalogueEntry(type).aggregate !== aggregateOf(event.stream)) {
    throw new UnreadableEvent(event, 'type', event.type, 'an event of an inventory');
  }
}
