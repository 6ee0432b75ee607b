import { describe, expect, test } from '@jest/globals';
import type { SQSEvent } from 'aws-lambda';
import { series } from '../../../functions/application/insights/series';
import { sideBySide } from '../../../functions/application/insights/steps';
import { firstGenerations, type Generations } from '../../../functions/application/read-models/generations';
import { makeInsights } from '../../../functions/handlers/insights/facts-batch';
import { factOf } from '../../../functions/projections/fact';
import { makeCountFacts } from '../../../functions/projections/insights/count-facts';
import { foldOf, type InsightsFold, insightsFolds } from '../../../functions/projections/insights/insights';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryLedger } from '../../support/memory-ledger';
import { NotedTelemetry } from '../../support/noted-telemetry';
import { recorded } from '../../support/recorded';

const now = new Date('2026-01-01T12:00:30.000Z');
const first = firstGenerations('insights', 1, now);

function world(generations: Generations = first, folds: readonly InsightsFold[] = insightsFolds) {
  const ledger = new MemoryLedger();
  const effects = new FixedEffects(now);
  const insights = makeInsights({
    count: makeCountFacts({ ledger, effects, folds }),
    generations: { all: async () => new Map([['insights', generations]]) },
    telemetry: new NotedTelemetry(),
  });
  const created = async (generation: number) =>
    (await ledger.read(generation, { series: series.funnel }))[0]?.values['reached.created'];
  const monitored = async () =>
    (await ledger.read(0, { series: 'monitor', from: 'total' })).find(({ key }) => key === 'total')?.values;
  return { ledger, insights, created, monitored };
}

const fact = { userId: 'u-1', statusBefore: 'none', statusAfter: 'created', total: 500, currency: 'EUR' };
const message = (messageId: string, orderId: string, over: object = {}) => {
  const event = recorded(`order#${orderId}`, 1, 'OrderCreated', {}, { metadata: { fact } });
  return { messageId, body: JSON.stringify({ source: 'orderstream', detail: factOf(event).detail, ...over }) };
};
const batch = (...records: readonly { messageId: string; body: string }[]) =>
  ({ Records: records }) as unknown as SQSEvent;

describe('a batch of facts', () => {
  test('is counted, and only what cannot be read comes back', async () => {
    const { insights, created } = world();
    const odd = [
      { messageId: 'm-2', body: 'nothing' },
      { messageId: 'm-4', body: '{"detail": "nothing"}' },
    ];
    const answer = await insights(batch(message('m-1', 'o-1'), odd[0]!, message('m-3', 'o-2'), odd[1]!));
    expect(answer).toEqual({ batchItemFailures: [{ itemIdentifier: 'm-2' }, { itemIdentifier: 'm-4' }] });
    expect(await created(1)).toBe(2);
  });

  test('comes back when the table does not take it: every message of a fact, also its repeats', async () => {
    const { insights, ledger } = world();
    ledger.beforeCommit = () => {
      throw new Error('throttled');
    };
    const answer = await insights(batch(message('m-1', 'o-1'), message('m-2', 'o-1'), message('m-3', 'o-2')));
    expect(answer.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)).toEqual(['m-1', 'm-2', 'm-3']);
  });

  test('tells the monitor how many there were and how long they took, but not of replays', async () => {
    const { insights, created, monitored } = world();
    await insights(batch(message('m-1', 'o-1'), message('m-2', 'o-2', { 'replay-name': 'again' })));
    await insights(batch(message('m-3', 'o-1'), message('m-4', 'o-1', { 'replay-name': 'again' })));
    expect(await created(1)).toBe(2);
    expect(await monitored()).toEqual({ processed: 1, processingMs: 29_000 });
  });

  test('goes to every generation that follows, the live one last, and once to the monitor', async () => {
    const [one] = first.all;
    const built = { ...one!, number: 2, complete: false };
    const past = { ...one!, number: 3, asOf: '2025-12-31T00:00:00.000Z' };
    const { insights, ledger, created, monitored } = world({ ...first, all: [one!, built, past] });
    await insights(batch(message('m-1', 'o-1')));
    expect([await created(1), await created(2), await created(3)]).toEqual([1, 1, undefined]);
    expect(ledger.commits.map(({ counts }) => counts[0]!.generation)).toEqual([2, 1]);
    expect(await monitored()).toMatchObject({ processed: 1 });
  });

  test('is counted in each generation by the revision that makes it', async () => {
    const [one] = first.all;
    const built = { ...one!, number: 2, revision: 2, complete: false };
    const twice = { ...foldOf(1), revision: 2, ofFacts: sideBySide(foldOf(1).ofFacts, foldOf(1).ofFacts) };
    const { insights, created } = world({ ...first, all: [one!, built] }, [foldOf(1), twice]);
    await insights(batch(message('m-1', 'o-1')));
    expect([await created(1), await created(2)]).toEqual([1, 2]);
  });

  test('is not counted where a revision is asked for that this release does not have', async () => {
    const { insights } = world({ ...first, all: [{ ...first.all[0]!, revision: 2 }] });
    await expect(insights(batch(message('m-1', 'o-1')))).rejects.toThrow('this release does not have revision 2');
  });
});
