import type { Context, Hono } from 'hono';
import { RELATIVE_ERROR } from '../../application/insights/histogram';
import { cancellationsReport } from '../../application/insights/reports/cancellations';
import { funnelReport } from '../../application/insights/reports/funnel';
import { lifecycleReport } from '../../application/insights/reports/lifecycle';
import { rateAnomalies, rates } from '../../application/insights/reports/rate-anomalies';
import { salesReport } from '../../application/insights/reports/sales';
import type { ReportSource, TimeRange } from '../../application/insights/reports/source';
import { stuckOrders } from '../../application/insights/reports/stuck-orders';
import { topSkusReport } from '../../application/insights/reports/top-skus';
import { insightsProjection } from '../../application/insights/series';
import { beginningOf } from '../../application/insights/windows';
import { invalid } from '../http/problem';
import { refuseConsistency } from './consistency';
import { dayIn, dayRange, iso, isoDay, positive, timeRange, windowIn } from './insights-parameters';
import { type Parameters, pageRequest, parameters, wholeNumber } from './parameters';
import type { QueryPorts } from './ports';

/** What there is to know of all orders together: docs/insights.md defines every figure. */
export function insightsRoutes(app: Hono, ports: QueryPorts): void {
  const { counters, generations, lists } = ports;
  const now = () => ports.effects.now();
  const asked = (context: Context, ...known: readonly string[]): Parameters => {
    refuseConsistency(context, 'insights follow the facts within seconds');
    return parameters(context, ...known);
  };
  const generationOf = async (projection: string): Promise<number> =>
    (await generations.all()).get(projection)?.live ?? 1;
  const source = async (): Promise<ReportSource> => ({
    counters,
    generation: await generationOf(insightsProjection.name),
  });
  const limitIn = ({ limit }: Parameters) => pageRequest({ limit }, 'insights').limit;
  const days = ({ from, to }: TimeRange) => ({ from: isoDay(from), to: isoDay(to) });

  app.get('/insights/sales', async (context) => {
    const given = asked(context, 'window', 'from', 'to', 'currency');
    const window = windowIn(given, 'hour');
    const range = timeRange(given, window, now());
    const currency = currencyIn(given);
    const sales = await salesReport(await source(), { window, ...range, ...(currency && { currency }) });
    return context.json({ ...sales, from: iso(beginningOf(window, range.from)), to: iso(range.to) });
  });

  app.get('/insights/funnel', async (context) => {
    asked(context);
    return context.json(await funnelReport(await source()));
  });

  app.get('/insights/top-skus', async (context) => {
    const given = asked(context, 'day', 'limit');
    const at = given.day === undefined ? now().getTime() : dayIn('day', given.day);
    return context.json(await topSkusReport(await source(), { at, limit: limitIn(given) }));
  });

  app.get('/insights/cancellations', async (context) => {
    const given = asked(context, 'from', 'to', 'limit');
    const range = dayRange(given, now());
    const report = await cancellationsReport(await source(), { ...range, limit: limitIn(given) });
    return context.json({ ...days(range), ...report });
  });

  app.get('/insights/lifecycle', async (context) => {
    const range = dayRange(asked(context, 'from', 'to'), now());
    const chain = await lifecycleReport(await source(), range);
    return context.json({ ...days(range), relativeError: RELATIVE_ERROR, ...chain });
  });

  app.get('/insights/anomalies', async (context) => {
    const given = asked(context, 'window', 'rate', 'from', 'to', 'history', 'k', 'factor', 'limit');
    const window = windowIn(given, 'minute', ['minute', 'hour']);
    const { from, to } = timeRange(given, window, now());
    // The window that is still open has too few of everything.
    const complete = { from, to: Math.min(to, beginningOf(window, now().getTime()) - 1) };
    const history = given.history === undefined ? historyOf[window] : wholeNumber('history', given.history, 2, 1_000);
    const query = { window, rate: rateIn(given), history, k: positive('k', given.k, 3, 1_000), ...complete };
    const factor = positive('factor', given.factor, 2, 1_000);
    const month = dayRange({}, now());
    const at = await source();
    const ordersGeneration = await generationOf(ports.orders.name);
    const stuck = { ...at, lists, ordersGeneration, now: now() };
    return context.json({
      from: iso(beginningOf(window, from)),
      to: iso(complete.to),
      rates: await rateAnomalies(at, query),
      stuck: await stuckOrders(stuck, { ...month, factor, limit: limitIn(given) }),
    });
  });
}

/** Windows that a rate is compared with, unless the caller says so: an hour, a day. */
const historyOf = { minute: 60, hour: 24 } as const;

function currencyIn({ currency }: Parameters): string | undefined {
  if (currency === undefined || /^[A-Z]{3}$/.test(currency)) return currency;
  throw invalid({ field: 'currency', value: currency, expected: 'an ISO 4217 code, such as EUR' });
}

function rateIn({ rate }: Parameters): (typeof rates)[number] {
  const found = rate === undefined ? rates[0] : rates.find((one) => one === rate);
  if (found) return found;
  throw invalid({ field: 'rate', value: rate, expected: `one of ${rates.join(', ')}` });
}
