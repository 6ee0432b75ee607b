import type { Draft } from './draft';
import type { Call, Saying } from './history';

/** What is known of a SKU's stock before any order. */
export type Supply = 'plenty' | 'scarce' | 'late' | 'none';

const added = (sku: string, quantity: number): Saying => ({
  stream: `inventory#${sku}`,
  type: 'StockAdded',
  data: { sku, quantity },
});

/** SKUs of every supply; `first` puts what is `stocked` before anybody orders. */
export function addStock(draft: Draft): {
  readonly skus: readonly string[];
  readonly stocked: readonly string[];
  readonly first: readonly Call[];
} {
  const { dice } = draft;
  const supplies: Supply[] = [
    'plenty',
    'scarce',
    'none',
    ...dice.times(dice.int(0, 2), () => dice.pick<Supply[][number]>('plenty', 'scarce', 'late', 'none')),
  ];
  const first: Call[] = [];
  const stocked: string[] = [];
  const skus = supplies.map((supply) => {
    const sku = draft.name(`sku-${supply}`);
    if (supply === 'plenty' || supply === 'scarce') {
      const quantity = supply === 'plenty' ? 100_000 : dice.int(1, 6);
      stocked.push(sku);
      first.push({ do: 'put', events: [draft.event(added(sku, quantity))] });
    }
    if (supply === 'late' || (supply === 'scarce' && dice.chance(50)))
      for (let n = dice.int(1, 2); n > 0; n--) draft.put(added(sku, dice.int(1, 4)));
    if (supply !== 'none' && dice.chance(25)) {
      const body = { quantity: dice.int(1, 3) };
      const command = draft.command({
        ...added(sku, body.quantity),
        method: 'POST',
        path: `/inventory/${sku}/stock`,
        body,
        key: draft.name('k'),
      });
      draft.sequences.push([{ do: 'command', command, times: dice.int(1, 2) }]);
    }
    return sku;
  });
  // Long enough for a snapshot, behind which events that stand before it come again.
  if (dice.chance(4)) {
    const sku = dice.oneOf(skus);
    for (let n = dice.int(50, 60); n > 0; n--) draft.put(added(sku, 1), { bare: false });
  }
  if (dice.chance(10)) {
    const sku = dice.oneOf(skus);
    draft.put(
      { stream: `inventory#${sku}`, type: 'StockReserved', data: { sku, orderId: 'o-forged', quantity: 1 } },
      { malformed: ['type'] },
    );
  }
  return { skus, stocked, first };
}
