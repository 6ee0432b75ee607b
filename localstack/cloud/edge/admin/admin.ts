import type { HttpReply, HttpRequest } from '../../core/http';
import type { CallCounter } from '../call-counter';
import { clock } from './clock';
import type { Controls } from './controls';
import { parseDuration } from './duration';
import { faults } from './fault-plan';
import { iam } from './iam';
import { BadRequest, json } from './reply';
import { reset, snapshot } from './state';
import { trace } from './trace';

const NAMES = ['idle', 'clock', 'faults', 'trace', 'snapshot', 'reset', 'calls', 'iam'];
/** What later parts of the admin API will be called; asked for today, they say that they are not there. */
const NOT_THERE = ['', 'logs'];

/** `/_cloud/…`, the local cloud's own API, and `/_localstack/health` as LocalStack answers it. Undefined: not ours. */
export async function handleAdmin(
  request: HttpRequest,
  controls: Controls,
  calls: CallCounter,
): Promise<HttpReply | undefined> {
  const { path } = request;
  if (path === '/_localstack/health') {
    const services = Object.fromEntries(controls.services().map(({ name }) => [name, 'running']));
    return json(200, { services, edition: 'community', version: '4.14.0' });
  }
  if (!path.startsWith('/_cloud/')) return undefined;
  const [name = '', ...rest] = path.slice('/_cloud/'.length).split('/').map(decodeURIComponent);
  try {
    return await answer(name, rest, request, controls, calls);
  } catch (error) {
    if (error instanceof BadRequest) return json(400, { error: error.message });
    throw error;
  }
}

function answer(
  name: string,
  rest: readonly string[],
  request: HttpRequest,
  controls: Controls,
  calls: CallCounter,
): HttpReply | Promise<HttpReply> {
  if (name === 'snapshot') return snapshot(request, rest, controls);
  if (rest.length === 0) {
    switch (name) {
      case 'idle':
        return idle(request, controls);
      case 'clock':
        return clock(request, controls);
      case 'faults':
        return faults(request, controls);
      case 'trace':
        return trace(request, controls);
      case 'reset':
        return reset(request, controls);
      case 'calls':
        return json(200, { calls });
      case 'iam':
        return iam(request, controls);
    }
  }
  if (NOT_THERE.includes(name)) return json(501, { error: `/_cloud/${name} is not implemented (docs/parity.md)` });
  return json(404, { error: `no ${request.path}; there are ${NAMES.map((one) => `/_cloud/${one}`).join(', ')}` });
}

/** Waits until nothing is in flight and nothing is due; 408 with what is still running when that takes too long. */
async function idle({ query }: HttpRequest, controls: Controls): Promise<HttpReply> {
  const timeout = parseDuration(query.get('timeout') ?? 30_000);
  if (timeout === undefined) {
    throw new BadRequest(`timeout is ${query.get('timeout')}; give milliseconds, e.g. ?timeout=30000`);
  }
  const state = await controls.idle(timeout);
  return json(state.idle ? 200 : 408, state);
}
