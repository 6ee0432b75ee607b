import { describe, it } from '@jest/globals';
import { decideOrder, evolveOrder, noOrder, type OrderEvent, type OrderState } from '../../functions/domain/order';
import { specificationOf } from '../support/decider-specification';

const { given } = specificationOf<OrderState, OrderEvent>({
  initialState: noOrder,
  evolve: evolveOrder,
  decide: decideOrder,
});

const orderId = 'o-1';
const mug = { sku: 'mug', quantity: 2, unitPrice: 1250 };
const created = (change: object = {}): OrderEvent => ({
  type: 'OrderCreated',
  data: { orderId, userId: 'u-1', currency: 'EUR', items: [mug], shippingFee: 490, ...change },
});
const confirmed: OrderEvent = { type: 'OrderConfirmed', data: { orderId } };
const paid = (change: object = {}): OrderEvent => ({
  type: 'OrderPaid',
  data: { orderId, paymentId: 'p-1', amount: 2990, ...change },
});
const shipped = (change: object = { carrier: 'dhl' }): OrderEvent => ({
  type: 'OrderShipped',
  data: { orderId, ...change },
});
const delivered: OrderEvent = { type: 'OrderDelivered', data: { orderId } };
const cancelled = (reason = 'too late'): OrderEvent => ({ type: 'OrderCancelled', data: { orderId, reason } });

const life = [created(), confirmed, paid(), shipped(), delivered];
const placed = { orderId, userId: 'u-1', currency: 'EUR', items: [mug], shippingFee: 490, total: 2990 };

describe('the life of an order', () => {
  it('goes step by step', () => {
    for (const [index, step] of life.entries())
      given(...life.slice(0, index))
        .when(step)
        .thenAppended();
  });

  it('lets a step wait for the one before it, until the stream has that version', () => {
    for (const [index, step] of life.entries())
      for (let length = 0; length < index; length++)
        given(...life.slice(0, length))
          .when(step)
          .thenParked(index);
  });

  it('knows at each point what it is', () => {
    const payment = { paymentId: 'p-1', amount: 2990 };
    given().thenItIs({ status: 'none' });
    given(...life.slice(0, 1)).thenItIs({ ...placed, status: 'created' });
    given(...life.slice(0, 2)).thenItIs({ ...placed, status: 'confirmed' });
    given(...life.slice(0, 3)).thenItIs({ ...placed, status: 'paid', payment });
    given(...life.slice(0, 4)).thenItIs({ ...placed, status: 'shipped', payment, shipment: { carrier: 'dhl' } });
    given(...life).thenItIs({ ...placed, status: 'delivered', payment, shipment: { carrier: 'dhl' } });
    given(created(), cancelled()).thenItIs({
      ...placed,
      status: 'cancelled',
      cancelledFrom: 'created',
      reason: 'too late',
    });
  });

  it('is not shaken by an event that does not fit', () => {
    given(created(), delivered, shipped(), paid(), created({ userId: 'u-2' })).thenItIs({
      ...placed,
      status: 'created',
    });
    given(...life, cancelled(), confirmed).thenItIs({
      ...placed,
      status: 'delivered',
      payment: { paymentId: 'p-1', amount: 2990 },
      shipment: { carrier: 'dhl' },
    });
  });
});

describe('creating', () => {
  it('takes a total that is right, with or without a shipping fee', () => {
    given()
      .when(created({ total: 2990 }))
      .thenAppended();
    given()
      .when(created({ shippingFee: undefined, total: 2500 }))
      .thenAppended();
  });

  it('rejects a total that is wrong, and says what is right', () => {
    given()
      .when(created({ total: 2500 }))
      .thenRejected('the total is 2500, but lines and shipping fee come to 2990', 'total');
  });

  it('rejects what cannot be counted', () => {
    given()
      .when(created({ items: [{ sku: 'a', quantity: 2 ** 30, unitPrice: 2 ** 30 }] }))
      .thenRejected('too large', 'items');
  });

  it('is redundant with the same data, and rejected with other', () => {
    given(...life)
      .when(created())
      .thenRedundant();
    given(created())
      .when(created({ userId: 'u-2', items: [mug, mug], shippingFee: 0 }))
      .thenRejected('already been created, with other data', 'userId', 'items', 'shippingFee');
  });
});

describe('a step that has been taken', () => {
  it('is redundant when it says the same, whatever came after', () => {
    for (const [index, step] of life.entries())
      for (let length = index + 1; length <= life.length; length++)
        given(...life.slice(0, length))
          .when(step)
          .thenRedundant();
  });

  it('is rejected when it says something else: a second payment must not be swallowed', () => {
    given(...life)
      .when(paid({ paymentId: 'p-2' }))
      .thenRejected('already been paid, with other data', 'paymentId');
    given(...life)
      .when(shipped({ carrier: 'ups', trackingNumber: 'T' }))
      .thenRejected('already been shipped', 'carrier', 'trackingNumber');
    given(created(), cancelled()).when(cancelled('another reason')).thenRejected('already been cancelled', 'reason');
  });
});

describe('paying', () => {
  it('rejects another amount than the total, even before its turn', () => {
    given(created(), confirmed)
      .when(paid({ amount: 2989 }))
      .thenRejected(/2989 EUR .* 2990 EUR/, 'amount');
    given(created())
      .when(paid({ amount: 1 }))
      .thenRejected('1 EUR', 'amount');
  });
});

describe('cancelling', () => {
  it('is possible until the order is shipped', () => {
    for (const length of [1, 2, 3])
      given(...life.slice(0, length))
        .when(cancelled())
        .thenAppended();
    for (const length of [4, 5])
      given(...life.slice(0, length))
        .when(cancelled())
        .thenRejected('it can no longer be cancelled', 'type');
  });

  it('waits for an order that has not come yet', () => {
    given().when(cancelled()).thenParked(1);
  });

  it('ends the life: no step after it', () => {
    for (const step of life.slice(1)) given(created(), cancelled()).when(step).thenRejected('was cancelled', 'type');
    given(created(), confirmed, paid(), cancelled()).when(shipped()).thenRejected('cancelled when it was paid', 'type');
  });

  it('leaves what was done before it done', () => {
    given(created(), confirmed, cancelled()).when(confirmed).thenRedundant();
    given(created(), confirmed, paid(), cancelled()).when(paid()).thenRedundant();
    given(created(), cancelled()).when(cancelled()).thenRedundant();
  });
});
