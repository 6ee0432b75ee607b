import { expect, test } from '@jest/globals';
import { countedFacts } from '../../../functions/application/monitor/counted-facts';
import type { Fact } from '../../../functions/application/ports';
import { MemoryFacts } from '../../support/memory-facts';

const fact = (type: string, partitionkey: string): Fact => ({
  type,
  time: '2026-01-01T12:00:00.000Z',
  detail: { partitionkey },
});
const batch = [
  fact('StockReserved', 'inventory#mug'),
  fact('OrderConfirmed', 'order#o-1'),
  fact('OrderPaid', 'order#o-2'),
  fact('UserUpdated', 'user#u-1'),
];

function counted() {
  const facts = new MemoryFacts();
  const takenOff: number[] = [];
  return { facts, takenOff, publisher: countedFacts(facts, { takeOff: (untaken) => void takenOff.push(untaken) }) };
}

test('facts go on the bus as they are', async () => {
  const { facts, takenOff, publisher } = counted();
  await expect(publisher.publish(batch)).resolves.toEqual([]);
  expect(facts.published).toEqual(batch);
  expect(takenOff).toEqual([0]);
});

test('facts of orders that the bus would not take are taken off the tally, others were never on it', async () => {
  const { facts, takenOff, publisher } = counted();
  const refusal = { error: 'ThrottlingException', retryable: true };
  facts.refuse = new Map([
    ['OrderPaid', refusal],
    ['UserUpdated', refusal],
  ]);
  await expect(publisher.publish(batch)).resolves.toEqual([
    { index: 2, ...refusal },
    { index: 3, ...refusal },
  ]);
  expect(takenOff).toEqual([1]);
});
