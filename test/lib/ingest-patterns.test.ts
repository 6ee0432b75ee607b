import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { catalogue, ingestRoutes } from '../../functions/application/catalogue';
import { compilePattern } from '../../localstack/cloud/core/patterns/event-pattern';
import { resources, synthesise } from '../support/synthesised';

const rules = Object.entries(resources(synthesise('dev').service, 'AWS::Events::Rule'))
  .filter(([, rule]) => rule.Properties.EventPattern)
  .map(([id, rule]) => ({ id, pattern: compilePattern(JSON.stringify(rule.Properties.EventPattern)) }));

const takenBy = (source: string, detailType: string) =>
  rules.filter(({ pattern }) => pattern.matches({ source, 'detail-type': detailType })).map(({ id }) => id);

const prefixes = Object.values(ingestRoutes).flatMap((route): readonly string[] => route.prefixes);

test('whatever a producer puts on the bus is taken by exactly one rule', () => {
  const detailType = fc.oneof(
    fc.string(),
    fc.tuple(fc.constantFrom(...prefixes), fc.string()).map((parts) => parts.join('')),
    // All but the prefix: what is nearly routed.
    fc.constantFrom(...prefixes.map((prefix) => prefix.slice(0, -1))),
  );
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), detailType, (source, type) => {
      fc.pre(source !== 'orderstream');
      expect(takenBy(source, type)).toHaveLength(1);
    }),
  );
});

test('no fact is taken by a rule of this system', () => {
  for (const type of ['OrderPaid', 'StockAdded', 'UserDeleted', 'EventRejected', '']) {
    expect(takenBy('orderstream', type)).toEqual([]);
  }
});

test('every type and alias reaches the ingest of its aggregate', () => {
  const constructs = { order: 'IngestOrders', inventory: 'IngestInventory', user: 'IngestUsers' };
  for (const [type, { aggregate, aliases }] of Object.entries(catalogue)) {
    for (const name of [type, ...aliases]) {
      expect([name, takenBy('shop', name)]).toEqual([name, [expect.stringContaining(constructs[aggregate])]]);
    }
  }
});

test('a misspelt type reaches the ingest that can say what is wrong with it', () => {
  expect(takenBy('shop', 'OrderPayed')).toEqual([expect.stringContaining('IngestOrders')]);
});

test('a type that nobody knows is kept as unrouted', () => {
  expect(takenBy('shop', 'PageViewed')).toEqual([expect.stringContaining('Unrouted')]);
});
