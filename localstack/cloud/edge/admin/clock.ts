import type { HttpReply, HttpRequest } from '../../core/http';
import { type Controls, NotAtRest } from './controls';
import { parseDuration } from './duration';
import { BadRequest, json, membersOf } from './reply';

/** How many coming timers an answer names. */
const SHOWN = 20;

/**
 * `GET /_cloud/clock`: what time it is, and what will happen by itself next. `POST` with `advance` (`25h`, or
 * milliseconds) or `to` (an ISO 8601 time): moves on.
 */
export async function clock(request: HttpRequest, controls: Controls): Promise<HttpReply> {
  if (request.method === 'GET' && !request.query.has('advance') && !request.query.has('to')) {
    return json(200, state(controls));
  }
  if (request.method === 'GET') throw new BadRequest('the clock is advanced by POST: curl -X POST …');
  const ms = wanted(membersOf(request), controls.clock.now());
  const startedAt = performance.now();
  try {
    await controls.advance(ms);
  } catch (error) {
    if (!(error instanceof NotAtRest)) throw error;
    return json(408, { error: error.message, running: error.running, ...state(controls) });
  }
  return json(200, { advancedMs: ms, tookMs: Math.round(performance.now() - startedAt), ...state(controls) });
}

function wanted({ advance, to }: Record<string, unknown>, now: number): number {
  if (to !== undefined) {
    const at = typeof to === 'string' ? Date.parse(to) : Number.NaN;
    if (Number.isNaN(at)) throw new BadRequest(`to is ${JSON.stringify(to)}; give a time, e.g. 2027-01-31T12:00:00Z`);
    if (at < now) {
      throw new BadRequest(
        `to is ${String(to)}, before the clock's ${new Date(now).toISOString()}: time only goes forward`,
      );
    }
    return at - now;
  }
  const ms = parseDuration(advance);
  if (ms === undefined) {
    throw new BadRequest(
      `advance is ${JSON.stringify(advance) ?? 'missing'}; give e.g. "25h", "1d12h", "90s" or milliseconds`,
    );
  }
  return ms;
}

function state({ clock }: Controls): object {
  const now = clock.now();
  return {
    now: new Date(now).toISOString(),
    aheadMs: Math.round(clock.ahead),
    manual: clock.manual,
    next: clock
      .pending()
      .slice(0, SHOWN)
      .map(({ label, dueAt }) => ({ what: label, at: new Date(dueAt).toISOString(), inMs: dueAt - now })),
  };
}
