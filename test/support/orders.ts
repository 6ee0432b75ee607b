/** Payloads of an order's life, as a producer puts them. */
export const payloads = {
  created: (orderId: string, userId = 'u-1') => ({
    orderId,
    userId,
    currency: 'EUR',
    items: [{ sku: 'mug', quantity: 2, unitPrice: 1250 }],
    shippingFee: 490,
  }),
  confirmed: (orderId: string) => ({ orderId }),
  paid: (orderId: string, amount = 2990, paymentId = `pay-${orderId}`) => ({ orderId, paymentId, amount }),
  shipped: (orderId: string) => ({ orderId, carrier: 'dhl', trackingNumber: 'T1' }),
  delivered: (orderId: string) => ({ orderId }),
  cancelled: (orderId: string) => ({ orderId, reason: 'changed my mind' }),
};

/** The five steps of an order, in order, as entries. */
export function lifecycle(orderId: string) {
  return [
    { type: 'OrderCreated', detail: payloads.created(orderId) },
    { type: 'OrderConfirmed', detail: payloads.confirmed(orderId) },
    { type: 'OrderPaid', detail: payloads.paid(orderId) },
    { type: 'OrderShipped', detail: payloads.shipped(orderId) },
    { type: 'OrderDelivered', detail: payloads.delivered(orderId) },
  ];
}
