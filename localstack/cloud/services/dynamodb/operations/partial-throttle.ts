import { callerName } from '../../../core/caller-name';
import type { Call } from '../../../core/service';
import { provisionedExceeded } from '../failures';
import type { Table } from '../table/table';
import type { Tables } from '../table/tables';

/**
 * The adversary leaves items of a batch unprocessed, as a table does whose capacity is used up. Throws, as AWS does, when
 * not one is left.
 */
export function throttle<Item extends { readonly table: Table }>(
  { context: { faults } }: Tables,
  point: 'BatchGetItem.Item' | 'BatchWriteItem.Item',
  call: Call,
  items: readonly Item[],
): { processed: readonly Item[]; throttled: readonly Item[] } {
  if (!faults.active) return { processed: items, throttled: [] };
  const caller = callerName(call.principal);
  const processed: Item[] = [];
  const throttled: Item[] = [];
  for (const item of items) {
    const target = item.table.record.arn;
    const fault = faults.at({ service: 'dynamodb', operation: point, target, caller }, ['throttle']);
    (fault ? throttled : processed).push(item);
  }
  if (processed.length === 0) throw provisionedExceeded();
  return { processed, throttled };
}
