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
    if (isPassing(error)) return problemResponse(unavailable);
    return problemResponse(new HttpProblem(500, 'internal-error', 'the request failed here; it is in the log'));
  });
  return app;
}

const unavailable = new HttpProblem(
  503,
  'unavailable',
  'something behind this does not answer now; try again, with the same Idempotency-Key',
  {},
  { 'retry-after': '1' },
);

/** What the SDK would try again, and has as often as it may: throttled, a fault of the service's, no answer. */
function isPassing(error: unknown): boolean {
  const { name, $retryable, $metadata } = error as {
    readonly name?: string;
    readonly $retryable?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: number };
  };
  if ($retryable || ($metadata?.httpStatusCode ?? 0) >= 500) return true;
  return name === 'TimeoutError' || THROTTLED.test(name ?? '');
}

const THROTTLED = /^(Throttling|ThrottlingException|ProvisionedThroughputExceededException|RequestLimitExceeded)$/;
