import { Hono } from 'hono';
import type { Telemetry } from '../../application/telemetry';
import { HttpProblem, isHttpProblem, problemResponse } from './problem';

/** The front of an HTTP function: one log line per request, and problem details for whatever goes wrong. */
export function problemApp(telemetry: Telemetry, now: () => Date): Hono {
  const app = new Hono();
  app.use('*', async (context, next) => {
    const started = now().getTime();
    await next();
    const ms = now().getTime() - started;
    telemetry.count('Requests');
    telemetry.time('RequestTime', ms);
    telemetry.info('request', { method: context.req.method, path: context.req.path, status: context.res.status, ms });
  });
  app.notFound((context) =>
    problemResponse(new HttpProblem(404, 'not-found', `nothing is at ${context.req.method} ${context.req.path}`)),
  );
  app.onError((error) => {
    if (isHttpProblem(error)) return problemResponse(error);
    telemetry.count('Errors');
    telemetry.error('request failed', error);
    return problemResponse(new HttpProblem(500, 'internal-error', 'the request failed here; it is in the log'));
  });
  return app;
}
