import { expect, test } from '@jest/globals';
import { series } from '../../../functions/application/insights/series';
import { makeCountFacts } from '../../../functions/projections/insights/count-facts';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryLedger } from '../../support/memory-ledger';
import { factsOf } from '../../support/order-facts';

const effects = new FixedEffects(new Date('2026-01-07T00:00:00.000Z'));
const begin = Date.parse('2026-01-06T12:00:00.000Z');
const lines = [{ sku: 'mug', quantity: 1, unitPrice: 100 }];
const life = { length: 3, currency: 'EUR', begin, pauses: [1000, 1000, 1000, 1000], lines };
const facts = ['o-1', 'o-2', 'o-3'].map((orderId) => factsOf({ ...life, orderId }));
const generation = 1;

const reached = async (ledger: MemoryLedger) => {
  const [row] = await ledger.read(generation, { series: series.funnel });
  return row?.values['reached.created'] ?? 0;
};

test('who was not first reads again and counts what is left', async () => {
  const ledger = new MemoryLedger();
  const count = makeCountFacts({ ledger, effects });
  ledger.beforeCommit = async () => {
    ledger.beforeCommit = () => {};
    await count([facts[0]![0]!], { generation });
  };
  expect(await count(facts.flat(), { generation })).toEqual({ counted: 8, failed: [] });
  expect(await reached(ledger)).toBe(3);
});

test('who is never first gives up in the end, and names the facts', async () => {
  const ledger = new MemoryLedger();
  const count = makeCountFacts({ ledger, effects });
  let n = 0;
  const rival = makeCountFacts({ ledger, effects });
  ledger.beforeCommit = async (counts) => {
    const { beforeCommit } = ledger;
    ledger.beforeCommit = () => {};
    // Another step of the same order each time.
    await rival(
      factsOf({ ...life, orderId: 'o-1' })
        .map((fact) => ({ ...fact, version: 10 + n }))
        .slice(0, 1),
      {
        generation,
      },
    );
    n += 1;
    ledger.beforeCommit = beforeCommit;
    expect(counts.length).toBeGreaterThan(0);
  };
  const { counted, failed } = await count(facts[0]!, { generation });
  expect(counted).toBe(0);
  expect(failed.map(({ fact }) => fact)).toEqual(facts[0]);
  expect(failed[0]!.error).toContain('others were first 10 times');
});

test('a fact that can never be written, or not even be worked out, fails alone', async () => {
  const ledger = new MemoryLedger();
  ledger.refuses = (counts) => counts.some(({ increment }) => increment.key.includes('forbidden'));
  const [first, second, third] = facts;
  const forbidden = { ...second![2]!, lines: [{ ...lines[0]!, sku: 'forbidden' }] };
  // Half of a pair of surrogates: no state can be called so.
  const odd = { ...third![1]!, to: '\ud800' };
  const batch = [...first!, ...second!.slice(0, 2), forbidden, third![0]!, odd, third![2]!];
  const { counted, failed } = await makeCountFacts({ ledger, effects })(batch, { generation });
  expect(counted).toBe(7);
  expect(failed.map(({ fact }) => fact).sort((one, other) => one.version - other.version)).toEqual([odd, forbidden]);
  expect(await reached(ledger)).toBe(3);
});

test('a table that cannot be read fails all of them, and one that cannot be written those that it was about', async () => {
  const ledger = new MemoryLedger();
  ledger.beforeCommit = () => {
    throw new Error('throttled');
  };
  const { failed } = await makeCountFacts({ ledger, effects })(facts.flat(), { generation });
  expect(failed).toHaveLength(9);
  const blind = { read: () => Promise.reject(new Error('no')), commit: ledger.commit.bind(ledger) };
  expect((await makeCountFacts({ ledger: blind, effects })(facts.flat(), { generation })).failed).toHaveLength(9);
});

test('the steps of one order that come together cost one mark', async () => {
  const ledger = new MemoryLedger();
  await makeCountFacts({ ledger, effects })(facts.flat(), { generation });
  expect(ledger.commits).toHaveLength(1);
  expect(ledger.commits[0]!.changes).toHaveLength(3);
});
