import { expect, test } from '@jest/globals';
import { countedFacts } from '../../../functions/application/monitor/counted-facts';
import type { Fact } from '../../../functions/application/ports';
import { MemoryFacts } from '../../support/memory-facts';
import { MemoryMonitor } from '../../support/memory-monitor';
import { MemoryTelemetry } from '../../support/memory-telemetry';

const batch: readonly Fact[] = ['OrderCreated', 'OrderConfirmed', 'OrderPaid'].map((type) => ({
  type,
  time: '2026-01-01T12:00:00.000Z',
  detail: { partitionkey: 'order#o-1' },
}));

function counted() {
  const facts = new MemoryFacts();
  const memory = new MemoryMonitor();
  const log = new MemoryTelemetry();
  return { facts, memory, log, publisher: countedFacts(facts, memory.counters, log) };
}

test('facts that the bus takes are counted, in one write for a batch', async () => {
  const { facts, memory, publisher } = counted();
  let writes = 0;
  const { add } = memory.counters;
  memory.counters.add = (generation, increments) => {
    writes += increments.length;
    return add(generation, increments);
  };
  await expect(publisher.publish(batch)).resolves.toEqual([]);
  expect(facts.published).toHaveLength(3);
  expect(memory.total).toEqual({ published: 3 });
  expect(writes).toBe(1);
  await publisher.publish([]);
  expect(writes).toBe(1);
});

test('what the bus would not take is not counted until it does', async () => {
  const { facts, memory, publisher } = counted();
  facts.refuse = new Map([['OrderPaid', { error: 'ThrottlingException', retryable: true }]]);
  await expect(publisher.publish(batch)).resolves.toHaveLength(1);
  expect(memory.total).toEqual({ published: 2 });
  facts.refuse = new Map();
  await publisher.publish(batch.slice(2));
  expect(memory.total).toEqual({ published: 3 });
});

test('facts of stock and users are not counted: the insights do not take them', async () => {
  const { facts, memory, publisher } = counted();
  facts.refuse = new Map([['UserUpdated', { error: 'ThrottlingException', retryable: true }]]);
  const fact = (type: string, partitionkey: string) => ({
    type,
    time: '2026-01-01T12:00:00.000Z',
    detail: { partitionkey },
  });
  await publisher.publish([
    fact('StockReserved', 'inventory#mug'),
    fact('OrderConfirmed', 'order#o-1'),
    fact('UserUpdated', 'user#u-1'),
  ]);
  expect(facts.published).toHaveLength(2);
  expect(memory.total).toEqual({ published: 1 });
});

test('a batch that fails as a whole is not counted', async () => {
  const { memory, log } = counted();
  const broken = { publish: () => Promise.reject(new Error('no bus')) };
  await expect(countedFacts(broken, memory.counters, log).publish(batch)).rejects.toThrow('no bus');
  expect(memory.total).toEqual({ published: 0 });
});

test('no fact fails for a count that cannot be written', async () => {
  const { facts, memory, log, publisher } = counted();
  memory.fails = new Error('throttled');
  await expect(publisher.publish(batch)).resolves.toEqual([]);
  expect(facts.published).toHaveLength(3);
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { published: 3, error: 'Error: throttled' } }]);
});
