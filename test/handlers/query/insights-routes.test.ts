import { beforeEach, describe, expect, test } from '@jest/globals';
import { Hono } from 'hono';
import { firstGenerations } from '../../../functions/application/read-models/generations';
import { isHttpProblem, problemResponse } from '../../../functions/handlers/http/problem';
import { insightsRoutes } from '../../../functions/handlers/query/insights-routes';
import type { QueryPorts } from '../../../functions/handlers/query/ports';
import { makeCountFacts } from '../../../functions/projections/insights/count-facts';
import { FixedEffects } from '../../support/fixed-effects';
import { MemoryLedger } from '../../support/memory-ledger';
import { factsOf, type Life } from '../../support/order-facts';

const minute = 60_000;
const now = new Date('2026-03-02T12:00:30.000Z');
const lines = [{ sku: 'mug', quantity: 1, unitPrice: 100 }];

let ledger: MemoryLedger;
let app: Hono;
/** What the index of orders by status was asked for. */
let asked: unknown[];

beforeEach(() => {
  ledger = new MemoryLedger();
  asked = [];
  const generations = new Map([
    ['insights', { ...firstGenerations('insights', 1, now), live: 4 }],
    ['order-summary', { ...firstGenerations('order-summary', 1, now), live: 7 }],
  ]);
  const longestInStatus = async (...question: unknown[]) => {
    asked.push(question);
    return [];
  };
  const ports = {
    counters: ledger,
    generations: { all: async () => generations },
    lists: { longestInStatus },
    orders: { name: 'order-summary' },
    effects: { now: () => now },
  };
  app = new Hono();
  app.onError((error) => {
    if (isHttpProblem(error)) return problemResponse(error);
    throw error;
  });
  insightsRoutes(app, ports as unknown as QueryPorts);
});

const get = async (path: string) => {
  const answer = await app.request(path);
  // biome-ignore lint/suspicious/noExplicitAny: whatever is answered; the tests say what that is.
  return { status: answer.status, body: (await answer.json()) as any };
};

let ids = 0;
const happened = async (begin: string, over: Partial<Life> = {}, times = 1) => {
  const count = makeCountFacts({ ledger, effects: new FixedEffects(now) });
  for (let n = 0; n < times; n++) {
    ids += 1;
    const life = { orderId: `o-${ids}`, length: 1, currency: 'EUR', lines, begin: Date.parse(begin), pauses: [] };
    await count(factsOf({ ...life, ...over }), { generation: 4 });
  }
};

describe('what cannot be answered is refused, and what would be right is said', () => {
  test.each([
    ['/insights/sales?window=week', 'one of minute, hour, day'],
    ['/insights/sales?from=yesterday', 'a time by RFC 3339'],
    ['/insights/sales?from=2026-03-02T13:00:00Z', 'a time not after to (2026-03-02T12:00:30.000Z)'],
    ['/insights/sales?from=2026-01-01T00:00:00Z&to=2026-03-02T00:00:00Z&window=minute', 'at most 1500 windows'],
    ['/insights/sales?from=2026-02-28T00:00:00Z&to=2026-02-28T01:00:00Z&window=minute', 'kept for 2 days'],
    ['/insights/sales?to=2025-11-01T00:00:00Z', 'kept for 90 days'],
    ['/insights/sales?currency=euro', 'an ISO 4217 code, such as EUR'],
    ['/insights/funnel?status=paid', 'no query parameters here'],
    ['/insights/top-skus?day=2026-02-30', 'a day in UTC, such as 2026-01-31'],
    ['/insights/top-skus?limit=101', 'a whole number, 1 to 100'],
    ['/insights/cancellations?from=2025-11-01', 'at most 92 days, so from 2025-12-01 on'],
    ['/insights/lifecycle?from=2026-03-03', 'a day not after to (2026-03-02)'],
    ['/insights/anomalies?window=day', 'one of minute, hour'],
    ['/insights/anomalies?rate=happiness', 'one of orders, paid, cancelled'],
    ['/insights/anomalies?k=0', 'a number above 0, up to 1000'],
    ['/insights/anomalies?history=1', 'a whole number, 2 to 1000'],
    ['/insights/anomalies?factor=-2', 'a number above 0, up to 1000'],
  ])('%s', async (path, expected) => {
    const { status, body } = await get(path);
    expect(status).toBe(400);
    expect(body.problems[0].expected).toContain(expected);
  });
});

describe('without anything counted', () => {
  test.each([
    ['/insights/sales', { window: 'hour', items: [], totals: [], from: '2026-02-28T13:00:00.000Z' }],
    ['/insights/top-skus', { day: '2026-03-02', items: [] }],
    ['/insights/cancellations', { from: '2026-02-01', to: '2026-03-02', total: 0, reasons: 0, items: [] }],
    ['/insights/lifecycle', { transitions: [] }],
    ['/insights/anomalies', { rates: { judged: 0, items: [] }, stuck: { items: [] } }],
  ])('%s says so', async (path, expected) => {
    expect(await get(path)).toMatchObject({ status: 200, body: expected });
  });

  test('the funnel has every status, and no shares', async () => {
    const { body } = await get('/insights/funnel');
    expect(body.items).toHaveLength(6);
    expect(body.items[0]).toEqual({ status: 'created', reached: 0, current: 0 });
  });
});

describe('GET /insights/anomalies', () => {
  const rates = async (query: string) => (await get(`/insights/anomalies?history=5&${query}`)).body.rates;

  test('shows the minute with far more orders than those before it, and not the one that is still open', async () => {
    await happened('2026-03-02T11:40:00Z');
    await happened('2026-03-02T11:50:00Z', {}, 9);
    await happened('2026-03-02T12:00:10Z', {}, 50);
    const found = await rates('from=2026-03-02T11:41:00Z');
    expect(found.items).toEqual([
      { start: '2026-03-02T11:50:00.000Z', value: 9, mean: 0, deviation: 1, deviations: 9 },
    ]);
    // Known since 11:40, so judged from 11:45 to 11:59.
    expect(found).toMatchObject({ judged: 15, tooLittleHistory: 4, k: 3 });
    expect((await rates('from=2026-03-02T11:41:00Z&k=10')).items).toEqual([]);
    expect((await rates('from=2026-03-02T11:41:00Z&rate=paid')).items).toEqual([]);
  });

  test('asks for orders that are in a status for factor times as long as most were', async () => {
    const pauses = [10 * minute, minute, minute, minute];
    await happened('2026-03-01T09:00:00Z', { length: 2, pauses }, 19);
    expect((await get('/insights/anomalies')).body.stuck.statuses[0]).not.toHaveProperty('tooLongMs');
    expect(asked).toEqual([]);
    await happened('2026-03-01T09:00:00Z', { length: 2, pauses });
    const { body } = await get('/insights/anomalies?factor=3&limit=5');
    const { p95Ms, tooLongMs } = body.stuck.statuses[0];
    expect(Math.abs(p95Ms / (10 * minute) - 1)).toBeLessThanOrEqual(0.05);
    expect(tooLongMs).toBeCloseTo(3 * p95Ms, 6);
    expect(asked).toEqual([[7, 'created', new Date(now.getTime() - tooLongMs).toISOString(), 5]]);
  });
});
