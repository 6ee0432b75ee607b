import type { EventType } from '../../functions/application/catalogue';

/** What only a person can say of an event type. `npm run events -- check` holds it against the catalogue. */
export type Words = {
  readonly meaning: string;
  readonly validWhen: string;
  /** By the names that fields have in the description: `items[].sku`. */
  readonly fields: Readonly<Record<string, string>>;
  readonly example: Readonly<Record<string, unknown>>;
  /** The types whose examples have happened before this one, in the same stream. */
  readonly after: readonly EventType[];
};

const orderId = 'the order';
const sku = 'the article';
const userId = 'the user';
const forOrder = {
  sku,
  orderId: 'the order that the pieces are for',
  quantity: 'pieces',
};
const held = { sku: 'mug-blue', orderId: 'o-1001', quantity: 2 };

export const words: Readonly<Record<EventType, Words>> = {
  OrderCreated: {
    meaning: 'A customer has placed an order.',
    validWhen: 'first event of the order; `total`, if given, is right',
    fields: {
      orderId,
      userId: 'who ordered',
      currency: 'of every amount of the order',
      items: 'the lines',
      'items[].sku': sku,
      'items[].quantity': 'pieces',
      'items[].unitPrice': 'price of one piece',
      shippingFee: 'none: 0',
      total: 'lines plus shipping fee',
    },
    example: {
      orderId: 'o-1001',
      userId: 'u-7',
      currency: 'EUR',
      items: [{ sku: 'mug-blue', quantity: 2, unitPrice: 1250 }],
      shippingFee: 490,
      total: 2990,
    },
    after: [],
  },
  OrderConfirmed: {
    meaning: 'The shop has accepted the order; its lines are reserved in the same transaction, all or none.',
    validWhen: 'created; enough of each tracked SKU is available',
    fields: {
      orderId,
      reservations: 'what was reserved with it: the lines whose SKU anybody has ever stocked',
      'reservations[].sku': sku,
      'reservations[].quantity': 'pieces, of all its lines together',
    },
    example: { orderId: 'o-1001' },
    after: ['OrderCreated'],
  },
  OrderPaid: {
    meaning: 'The whole amount has come in.',
    validWhen: 'confirmed; `amount` is the total',
    fields: { orderId, paymentId: 'the payment at whoever took it', amount: 'what was paid' },
    example: { orderId: 'o-1001', paymentId: 'pay-5512', amount: 2990 },
    after: ['OrderCreated', 'OrderConfirmed'],
  },
  OrderShipped: {
    meaning: 'The goods have left the house; what was reserved is committed in the same transaction.',
    validWhen: 'paid',
    fields: { orderId, carrier: 'who carries it', trackingNumber: 'under which number there' },
    example: { orderId: 'o-1001', carrier: 'DHL', trackingNumber: '00340434161094042557' },
    after: ['OrderCreated', 'OrderConfirmed', 'OrderPaid'],
  },
  OrderDelivered: {
    meaning: 'The customer has the goods. Nothing follows.',
    validWhen: 'shipped',
    fields: { orderId },
    example: { orderId: 'o-1001' },
    after: ['OrderCreated', 'OrderConfirmed', 'OrderPaid', 'OrderShipped'],
  },
  OrderCancelled: {
    meaning: 'The order is off; what was reserved is released in the same transaction. Nothing follows.',
    validWhen: 'created, confirmed or paid',
    fields: { orderId, reason: 'why, for a person' },
    example: { orderId: 'o-1001', reason: 'changed my mind' },
    after: ['OrderCreated'],
  },
  StockAdded: {
    meaning: 'Pieces have come onto the shelf. The first makes the SKU tracked.',
    validWhen: 'always',
    fields: { sku, quantity: 'pieces' },
    example: { sku: 'mug-blue', quantity: 100 },
    after: [],
  },
  StockReserved: {
    meaning: 'Pieces are held for a confirmed order.',
    validWhen: 'recorded with `OrderConfirmed`',
    fields: forOrder,
    example: held,
    after: ['StockAdded'],
  },
  ReservationReleased: {
    meaning: 'Held pieces are available again.',
    validWhen: 'recorded with `OrderCancelled`',
    fields: forOrder,
    example: held,
    after: ['StockAdded', 'StockReserved'],
  },
  ReservationCommitted: {
    meaning: 'Held pieces have left the shelf.',
    validWhen: 'recorded with `OrderShipped`',
    fields: forOrder,
    example: held,
    after: ['StockAdded', 'StockReserved'],
  },
  UserCreated: {
    meaning: 'Somebody has an account. E-mail and name are personal: sealed wherever they are kept.',
    validWhen: 'first event of the user; nobody else has the e-mail address',
    fields: { userId, email: 'no other user has it', name: 'as the user wants to be called' },
    example: { userId: 'u-7', email: 'ada@example.com', name: 'Ada Lovelace' },
    after: [],
  },
  UserUpdated: {
    meaning: 'The given fields have changed, the others have not.',
    validWhen: 'active; at least one of `email`, `name`; nobody else has the e-mail address',
    fields: { userId, email: 'no other user has it', name: 'as the user wants to be called' },
    example: { userId: 'u-7', name: 'Ada King' },
    after: ['UserCreated'],
  },
  UserDeleted: {
    meaning:
      'The user wants to be forgotten: the key of the personal data is destroyed in the same transaction. Nothing follows.',
    validWhen: 'active',
    fields: { userId },
    example: { userId: 'u-7' },
    after: ['UserCreated'],
  },
};
