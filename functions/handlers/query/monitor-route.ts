import type { Hono } from 'hono';
import { monitor } from '../../application/monitor/monitor';
import { health } from '../../application/queries/health';
import { refuseConsistency } from './consistency';
import { parameters } from './parameters';
import type { QueryPorts } from './ports';

/** What the system does, in figures: docs/monitoring.md defines each. */
export function monitorRoute(app: Hono, ports: QueryPorts): void {
  app.get('/insights/monitor', async (context) => {
    parameters(context);
    refuseConsistency(context, 'the monitor shows what is');
    const projections = async () => (await health({ ...ports, now: ports.effects.now })).projections;
    return context.json(await monitor({ ...ports.monitor, projections }), 200, { 'cache-control': 'no-store' });
  });
}
