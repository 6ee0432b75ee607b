import { describe, expect, it } from '@jest/globals';
import { canonicalType, catalogue, eventTypes, ingestRoutes, typesNear } from '../../functions/application/catalogue';

const routeOf = (name: string) =>
  Object.entries(ingestRoutes).flatMap(([route, { prefixes }]) =>
    prefixes.some((prefix) => name.startsWith(prefix)) ? [route] : [],
  );

describe('the event catalogue', () => {
  it('sends every type and every alias to the ingest of its aggregate, and to no other', () => {
    for (const type of eventTypes) {
      const [route] = Object.entries(ingestRoutes).find(
        ([, { aggregate }]) => aggregate === catalogue[type].aggregate,
      )!;
      for (const name of [type, ...catalogue[type].aliases]) expect([name, routeOf(name)]).toEqual([name, [route]]);
    }
  });

  it('has no name for two types', () => {
    const names = eventTypes.flatMap((type) => [...new Set([type, ...catalogue[type].aliases])]);
    expect(names).toHaveLength(new Set(names).size);
  });

  it('knows what producers mean', () => {
    const spoken = {
      'com.example.order.placed': 'OrderCreated',
      OrderPlaced: 'OrderCreated',
      order_created: 'OrderCreated',
      PaymentProcessed: 'OrderPaid',
      'order.canceled': 'OrderCancelled',
      'user.registered': 'UserCreated',
      InventoryRestocked: 'StockAdded',
    };
    for (const [name, type] of Object.entries(spoken)) expect([name, canonicalType(name)]).toEqual([name, type]);
    expect(canonicalType('OrderCreatd')).toBeUndefined();
    expect(canonicalType('toString')).toBeUndefined();
  });

  it('guesses by the ingest that a misspelt type comes to', () => {
    expect(typesNear('StockAded')).toEqual(['StockAdded']);
    expect(typesNear('OrderCreatd')).toContain('OrderCreated');
    expect(typesNear('OrderCreatd')).not.toContain('UserCreated');
  });
});
