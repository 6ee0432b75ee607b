import { derivedId } from '../../../functions/adapters/derived-id';
import type { Draft } from './draft';
import type { Call, Command, Saying } from './history';

const STEPS = ['OrderCreated', 'OrderConfirmed', 'OrderPaid', 'OrderShipped', 'OrderDelivered'] as const;
type Step = (typeof STEPS)[number] | 'OrderCancelled';

const VERB: Readonly<Record<Step, string>> = {
  OrderCreated: '',
  OrderConfirmed: 'confirm',
  OrderPaid: 'pay',
  OrderShipped: 'ship',
  OrderDelivered: 'deliver',
  OrderCancelled: 'cancel',
};

/** An order whose steps come over the bus, by commands, or by both at once. */
export function addOrder(draft: Draft, skus: readonly string[], userIds: readonly string[]): void {
  const { dice } = draft;
  const via = dice.pick('bus', 'bus', 'bus', 'http', 'both');
  const key = draft.name('k');
  // Without an order id a command makes it of its key.
  const orderId = via === 'http' && dice.chance(25) ? derivedId(`order ${key}`) : draft.name('o');
  const order = new OrderStory(draft, orderId, skus, userIds);
  const reach = dice.chance(60) ? STEPS.length : dice.int(1, STEPS.length - 1);
  const cancels = dice.chance(25);
  const steps: Step[] = STEPS.slice(0, reach);

  if (via !== 'http') {
    // One step may never come, and what is behind it waits in vain.
    const missing = reach > 1 && dice.chance(10) ? dice.oneOf(steps) : undefined;
    for (const step of steps) {
      if (step === missing) draft.late.push(draft.event(order.says(step), { bare: false }));
      else draft.put(order.says(step));
    }
    if (cancels) draft.put(order.says('OrderCancelled'));
    order.addOddities();
  }
  if (via !== 'bus') {
    const path: Step[] = cancels ? [...steps.slice(0, dice.int(1, steps.length)), 'OrderCancelled'] : steps;
    draft.sequences.push(order.commands(path, key, orderId === derivedId(`order ${key}`)));
    // Another client does the same at the same time, under keys of its own.
    if (dice.chance(25)) draft.sequences.push(order.commands(path, draft.name('k')));
  }
}

/**
 * Orders that want more of one SKU than there is. Some are cancelled, and more comes in: a confirmation that was rejected, and is
 * put again then, has to stay so.
 */
export function addContest(draft: Draft, sku: string, userIds: readonly string[]): void {
  const { dice } = draft;
  for (let orders = dice.int(2, 4); orders > 0; orders--) {
    const order = new OrderStory(draft, draft.name('o'), [sku], userIds);
    draft.put(order.says('OrderCreated'));
    draft.put(order.says('OrderConfirmed'), { bare: false, copies: 3 });
    if (dice.chance(40)) draft.put(order.says('OrderCancelled'));
  }
  draft.put({ stream: `inventory#${sku}`, type: 'StockAdded', data: { sku, quantity: dice.int(2, 6) } });
}

class OrderStory {
  readonly #draft: Draft;
  readonly #orderId: string;
  readonly #data: Readonly<Record<Step, Readonly<Record<string, unknown>>>>;
  readonly #total: number;

  constructor(draft: Draft, orderId: string, skus: readonly string[], userIds: readonly string[]) {
    const { dice } = draft;
    this.#draft = draft;
    this.#orderId = orderId;
    const items = dice.times(dice.int(1, 3), () => ({
      sku: dice.oneOf(skus),
      quantity: dice.int(1, 3),
      unitPrice: dice.int(0, 5000),
    }));
    const shippingFee = dice.int(0, 900);
    this.#total = items.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, shippingFee);
    this.#data = {
      OrderCreated: {
        orderId,
        userId: dice.oneOf(userIds),
        currency: dice.pick('EUR', 'USD', 'JPY'),
        items,
        ...((shippingFee > 0 || dice.chance(50)) && { shippingFee }),
        ...(dice.chance(40) && { total: this.#total }),
      },
      OrderConfirmed: { orderId },
      OrderPaid: { orderId, paymentId: draft.name('pay'), amount: this.#total },
      OrderShipped: {
        orderId,
        ...(dice.chance(70) && { carrier: 'dhl' }),
        ...(dice.chance(50) && { trackingNumber: 'T1' }),
      },
      OrderDelivered: { orderId },
      OrderCancelled: { orderId, reason: dice.pick('changed my mind', 'too late') },
    };
  }

  says(type: Step, changed: Readonly<Record<string, unknown>> = {}): Saying {
    return { stream: `order#${this.#orderId}`, type, data: { ...this.#data[type], ...changed } };
  }

  /** What should not have been said, or was said before. */
  addOddities(): void {
    const draft = this.#draft;
    const { dice } = draft;
    const perhaps = (percent: number, saying: Saying) => dice.chance(percent) && draft.put(saying);
    const step = dice.oneOf<Step>([...STEPS, 'OrderCancelled']);
    perhaps(10, this.says('OrderPaid', { amount: this.#total + dice.int(1, 100) }));
    perhaps(10, this.says('OrderPaid', { paymentId: draft.name('pay') }));
    perhaps(10, this.says('OrderShipped', { carrier: 'ups' }));
    perhaps(10, this.says('OrderCreated', { userId: 'somebody-else' }));
    perhaps(6, this.says('OrderCreated', { total: this.#total + 1 }));
    perhaps(8, this.says('OrderCancelled', { reason: 'for another reason' }));
    // The same step again, by somebody who does not know of the first.
    if (step !== 'OrderCancelled') perhaps(20, this.says(step));
    if (dice.chance(6)) draft.put(this.says('OrderPaid', { amount: 'all of it' }), { malformed: ['amount'] });
    if (dice.chance(4)) draft.put(this.says('OrderConfirmed', { orderId: 'not an id' }), { malformed: ['orderId'] });
    if (dice.chance(4)) draft.put({ ...this.says('OrderShipped'), type: 'OrderShiped' }, { malformed: ['type'] });
    if (dice.chance(4)) draft.put({ ...this.says('OrderCreated'), type: 'CartEmptied' }, { unrouted: true });
  }

  commands(path: readonly Step[], firstKey: string, idFromKey = false): Call[] {
    const { dice } = this.#draft;
    const calls: Call[] = [];
    for (const [index, type] of path.entries()) {
      const command = this.#draft.command(this.#command(type, index, firstKey, idFromKey && index === 0));
      const keyed = this.#draft.commands[command]?.key !== undefined;
      calls.push({ do: 'command', command, times: keyed && dice.chance(25) ? dice.int(2, 4) : 1 });
      // Again, after others; and again, when it is long since done.
      if (keyed && dice.chance(20))
        calls.splice(dice.int(calls.length - 1, calls.length), 0, { do: 'command', command, times: 1 });
    }
    const early = dice.oneOf(calls);
    if (dice.chance(30) && early.do === 'command' && this.#draft.commands[early.command]?.key !== undefined)
      calls.push(early);
    return calls;
  }

  #command(type: Step, index: number, firstKey: string, idFromKey: boolean): Command {
    const { dice } = this.#draft;
    const key = index === 0 ? firstKey : dice.chance(85) ? this.#draft.name('k') : undefined;
    const { orderId, ...rest } = this.#data[type];
    const body = {
      ...(type === 'OrderCreated' && !idFromKey && { orderId }),
      ...rest,
      // What has no key is known by this.
      ...(key === undefined && { note: this.#draft.name('note') }),
    };
    const path = type === 'OrderCreated' ? '/orders' : `/orders/${this.#orderId}/${VERB[type]}`;
    return {
      stream: `order#${this.#orderId}`,
      type,
      data: { ...body, orderId: this.#orderId },
      method: 'POST',
      path,
      body,
      ...(key !== undefined && { key }),
      ...(index > 0 && dice.chance(20) && { onVersion: dice.chance(60) ? index : dice.int(1, 5) }),
    };
  }
}
