import type { Saying } from './history';

/*
 * What an order, a user and a stock may do, written down once more, apart from the deciders that it judges: small, and
 * without their words. A sentence of DESIGN §4 stands here as a line.
 */

/** What is to become of something that is said, behind what has happened so far. */
export type Judgement =
  | { readonly is: 'next' }
  /** It has happened, with the same data, under another id. */
  | { readonly is: 'same' }
  /** It waits for an earlier step of its own stream. */
  | { readonly is: 'early' }
  /** It can never be; at least one of these fields is to blame, and no other. */
  | { readonly is: 'never'; readonly fields: readonly string[] };

type Data = Readonly<Record<string, unknown>>;
type Said = Pick<Saying, 'type' | 'data'>;

const next: Judgement = { is: 'next' };
const same: Judgement = { is: 'same' };
const early: Judgement = { is: 'early' };
const never = (...fields: string[]): Judgement => ({ is: 'never', fields });

/** `same` when nothing differs. */
const repeated = (before: Data, now: Data, fields: readonly string[]): Judgement => {
  const other = fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(now[field]));
  return other.length === 0 ? same : never(...other);
};

// Orders.

const STEPS = ['OrderCreated', 'OrderConfirmed', 'OrderPaid', 'OrderShipped', 'OrderDelivered'] as const;
/** What of a step has to be equal for it to be the same step again. */
const TOLD_APART_BY: Readonly<Record<string, readonly string[]>> = {
  OrderCreated: ['userId', 'currency', 'items', 'shippingFee'],
  OrderConfirmed: [],
  OrderPaid: ['paymentId', 'amount'],
  OrderShipped: ['carrier', 'trackingNumber'],
  OrderDelivered: [],
  OrderCancelled: ['reason'],
};

export type Line = { readonly sku: string; readonly quantity: number; readonly unitPrice: number };
/** The steps that an order has taken, with their data. */
export type Order = ReadonlyMap<string, Data>;

export const noOrder: Order = new Map();
export const linesOf = (created: Data): readonly Line[] => created.items as readonly Line[];
export const totalOf = (created: Data): number =>
  linesOf(created).reduce(
    (sum, { quantity, unitPrice }) => sum + quantity * unitPrice,
    Number(created.shippingFee ?? 0),
  );

export function orderStatus(order: Order): string {
  if (order.has('OrderCancelled')) return 'cancelled';
  const last = STEPS.findLast((step) => order.has(step));
  return last ? last.slice('Order'.length).toLowerCase() : 'none';
}

const comparable = (data: Data): Data => ({
  ...data,
  shippingFee: data.shippingFee ?? 0,
  ...(Array.isArray(data.items) && {
    items: linesOf(data).map(({ sku, quantity, unitPrice }) => [sku, quantity, unitPrice]),
  }),
});

function judgeOrder(order: Order, { type, data }: Said): Judgement {
  const created = order.get('OrderCreated');
  if (type === 'OrderCreated' && data.total !== undefined && data.total !== totalOf(data)) return never('total');
  const before = order.get(type);
  if (before) return repeated(comparable(before), comparable(data), TOLD_APART_BY[type] ?? []);
  if (type === 'OrderPaid' && created && data.amount !== totalOf(created)) return never('amount');
  const status = orderStatus(order);
  if (type === 'OrderCancelled') {
    if (status === 'none') return early;
    return status === 'shipped' || status === 'delivered' ? never('type') : next;
  }
  if (status === 'cancelled') return never('type');
  return order.size === STEPS.indexOf(type as (typeof STEPS)[number]) ? next : early;
}

/** Whether the step before it is there: nothing is left that it could wait for. */
function orderHasTurn(order: Order, type: string): boolean {
  if (order.has('OrderCancelled')) return true;
  return order.size >= (type === 'OrderCancelled' ? 1 : STEPS.indexOf(type as (typeof STEPS)[number]));
}

// Users.

export type User = { readonly status: 'none' | 'active' | 'deleted'; readonly created: Data; readonly now: Data };

/** Two spellings of one address are one. */
export const sameEmail = (one: unknown, other: unknown): boolean =>
  String(one).toLowerCase() === String(other).toLowerCase();

export const noUser: User = { status: 'none', created: {}, now: {} };

function judgeUser(user: User, { type, data }: Said): Judgement {
  switch (user.status) {
    case 'none':
      return type === 'UserCreated' ? next : early;
    case 'deleted':
      return type === 'UserDeleted' ? same : never('type');
    case 'active':
      if (type === 'UserCreated') return repeated(user.created, data, ['email', 'name']);
      if (type === 'UserUpdated')
        return repeated(user.now, { ...user.now, ...data }, ['email', 'name']).is === 'same' ? same : next;
      return next;
  }
}

function evolveUser(user: User, { type, data }: Said): User {
  if (type === 'UserCreated') return { status: 'active', created: data, now: data };
  if (type === 'UserUpdated') return { ...user, now: { ...user.now, ...data } };
  return { status: 'deleted', created: {}, now: {} };
}

// Stock.

export type Stock = { readonly tracked: boolean; readonly onHand: number; readonly held: ReadonlyMap<string, number> };

export const noStock: Stock = { tracked: false, onHand: 0, held: new Map() };
export const reservedOf = ({ held }: Stock): number => [...held.values()].reduce((sum, quantity) => sum + quantity, 0);
export const availableOf = (stock: Stock): number => stock.onHand - reservedOf(stock);

const heldBy = (stock: Stock, data: Data): number | undefined => stock.held.get(String(data.orderId));

/** Reservations are not said by anybody: they follow from an order's step, which is why `early` is not among the answers. */
function judgeStock(stock: Stock, { type, data }: Said): Judgement {
  switch (type) {
    case 'StockAdded':
      return Number.isSafeInteger(stock.onHand + Number(data.quantity)) ? next : never('quantity');
    case 'StockReserved':
      return stock.tracked && heldBy(stock, data) === undefined && Number(data.quantity) <= availableOf(stock)
        ? next
        : never('quantity');
    case 'ReservationReleased':
    case 'ReservationCommitted':
      return heldBy(stock, data) === data.quantity ? next : never('orderId');
    default:
      return never('type');
  }
}

function evolveStock(stock: Stock, { type, data }: Said): Stock {
  const quantity = Number(data.quantity);
  if (type === 'StockAdded') return { ...stock, tracked: true, onHand: stock.onHand + quantity };
  const held = new Map(stock.held);
  if (type === 'StockReserved') held.set(String(data.orderId), quantity);
  else held.delete(String(data.orderId));
  return { ...stock, held, onHand: type === 'ReservationCommitted' ? stock.onHand - quantity : stock.onHand };
}

// Whatever a stream is of.

export type State =
  | { readonly of: 'order'; readonly order: Order }
  | { readonly of: 'user'; readonly user: User }
  | { readonly of: 'inventory'; readonly stock: Stock };

/** The state of a stream in which nothing has happened yet. */
export function beginning(stream: string): State {
  if (stream.startsWith('order#')) return { of: 'order', order: noOrder };
  if (stream.startsWith('user#')) return { of: 'user', user: noUser };
  return { of: 'inventory', stock: noStock };
}

export function judge(state: State, said: Said): Judgement {
  switch (state.of) {
    case 'order':
      return judgeOrder(state.order, said);
    case 'user':
      return judgeUser(state.user, said);
    case 'inventory':
      return judgeStock(state.stock, said);
  }
}

export function after(state: State, said: Said): State {
  switch (state.of) {
    case 'order':
      return { of: 'order', order: new Map(state.order).set(said.type, said.data) };
    case 'user':
      return { of: 'user', user: evolveUser(state.user, said) };
    case 'inventory':
      return { of: 'inventory', stock: evolveStock(state.stock, said) };
  }
}

/** Whether there is nothing that it could still wait for. What can never be may wait for its turn like anything else. */
export function hasTurn(state: State, { type }: Said): boolean {
  if (state.of === 'order') return orderHasTurn(state.order, type);
  return state.of === 'inventory' || state.user.status !== 'none';
}
