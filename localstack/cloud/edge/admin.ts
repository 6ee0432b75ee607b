import type { HttpReply, HttpRequest } from '../core/http';
import type { CloudContext } from '../core/service';
import type { Idle } from '../idle';
import type { CallCounter } from './call-counter';

const reply = (status: number, body: object): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body, null, 2)}\n`,
});

/** What later parts of the admin API will be called; asked for today, they say that they are not there. */
const NOT_THERE = new Set(['', 'clock', 'faults', 'trace', 'reset', 'snapshot', 'logs']);

type Administered = { readonly context: CloudContext; readonly idle: Idle; readonly calls: CallCounter };

/** `/_cloud/…`, the local cloud's own API, and `/_localstack/health` as LocalStack answers it. Undefined: not ours. */
export async function handleAdmin(request: HttpRequest, cloud: Administered): Promise<HttpReply | undefined> {
  const { path } = request;
  const { context, idle, calls } = cloud;
  if (path === '/_localstack/health') {
    const services = Object.fromEntries(context.registry.services().map(({ name }) => [name, 'running']));
    return reply(200, { services, edition: 'community', version: '4.14.0' });
  }
  if (!path.startsWith('/_cloud/')) return undefined;
  const name = path.slice('/_cloud/'.length);
  if (name === 'idle') {
    const timeout = Number(request.query.get('timeout') ?? 30_000);
    if (!Number.isFinite(timeout) || timeout < 0) {
      return reply(400, {
        error: `timeout is ${request.query.get('timeout')}; give milliseconds, e.g. ?timeout=30000`,
      });
    }
    const state = await idle(timeout);
    return reply(state.idle ? 200 : 408, state);
  }
  if (name === 'calls') return reply(200, { calls });
  if (NOT_THERE.has(name)) return reply(501, { error: `/_cloud/${name} is not implemented (docs/parity.md)` });
  return reply(404, { error: `no /_cloud/${name}; there are /_cloud/idle and /_cloud/calls` });
}
