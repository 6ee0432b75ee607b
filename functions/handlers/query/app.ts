import type { Hono } from 'hono';
import { health } from '../../application/queries/health';
import { HttpProblem } from '../http/problem';
import { problemApp } from '../http/problem-app';
import { refuseConsistency } from './consistency';
import { eventRoutes } from './event-routes';
import { insightsRoutes } from './insights-routes';
import { listRoutes } from './list-routes';
import { monitorRoute } from './monitor-route';
import { parameters } from './parameters';
import type { QueryPorts } from './ports';
import { subjectRoutes } from './subject-routes';

/** Reads of everything, writes of nothing. */
export function queryApp(ports: QueryPorts): Hono {
  const app = problemApp(ports.telemetry, ports.effects.now);
  app.use('*', async (context, next) => {
    if (context.req.method !== 'GET' && context.req.method !== 'HEAD') {
      const detail = `${context.req.method} is not possible here; commands have their own URL`;
      throw new HttpProblem(405, 'method-not-allowed', detail, {}, { allow: 'GET, HEAD' });
    }
    await next();
  });
  subjectRoutes(app, ports);
  listRoutes(app, ports);
  eventRoutes(app, ports);
  monitorRoute(app, ports);
  insightsRoutes(app, ports);
  app.get('/health', async (context) => {
    parameters(context);
    refuseConsistency(context, 'health is what it is');
    return context.json(await health({ ...ports, now: ports.effects.now }), 200, { 'cache-control': 'no-store' });
  });
  return app;
}
