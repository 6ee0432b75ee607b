import type { HttpReply, HttpRequest } from '../../core/http';
import type { Controls, Snapshot } from './controls';
import { BadRequest, json, membersOf } from './reply';

const NAME = /^[\w-][\w.-]{0,63}$/;

/**
 * `GET /_cloud/snapshot`: the snapshots. `POST /_cloud/snapshot/<name>`: takes one. `POST /_cloud/snapshot/<name>/restore`:
 * goes back to it. `DELETE /_cloud/snapshot/<name>`: forgets it.
 */
export async function snapshot(request: HttpRequest, rest: readonly string[], controls: Controls): Promise<HttpReply> {
  if (request.method === 'GET' && rest.length === 0) return json(200, { snapshots: controls.snapshots().map(shown) });
  const [name = membersOf(request).name ?? 'default', action] = rest;
  if (typeof name !== 'string' || !NAME.test(name)) {
    throw new BadRequest(`the name is ${JSON.stringify(name)}; give up to 64 letters, digits, "-", "_" and "."`);
  }
  if (request.method === 'DELETE' && action === undefined) {
    return controls.removeSnapshot(name) ? json(200, { removed: name }) : unknown(name, controls);
  }
  if (request.method !== 'POST' && request.method !== 'PUT') {
    throw new BadRequest(`${request.method} ${request.path}: snapshots are taken and restored by POST`);
  }
  const startedAt = performance.now();
  const tookMs = () => Math.round(performance.now() - startedAt);
  if (action === undefined) return json(200, { taken: shown(await controls.snapshot(name)), tookMs: tookMs() });
  if (action !== 'restore') throw new BadRequest(`${request.path}: there is /_cloud/snapshot/<name>/restore`);
  const restored = await controls.restore(name);
  return restored ? json(200, { restored: shown(restored), tookMs: tookMs() }) : unknown(name, controls);
}

/** `POST /_cloud/reset`: empties what is deployed. `?everything=true`: leaves nothing. */
export async function reset(request: HttpRequest, controls: Controls): Promise<HttpReply> {
  if (request.method !== 'POST') throw new BadRequest('the cloud is reset by POST: curl -X POST …');
  const { everything = false } = membersOf(request);
  if (!['true', 'false'].includes(String(everything))) {
    throw new BadRequest(`everything is ${JSON.stringify(everything)}; give true or false`);
  }
  const startedAt = performance.now();
  await controls.reset({ everything: String(everything) === 'true' });
  return json(200, {
    reset: String(everything) === 'true' ? 'everything' : 'data',
    tookMs: Math.round(performance.now() - startedAt),
  });
}

function unknown(name: string, controls: Controls): HttpReply {
  const names = controls.snapshots().map((one) => one.name);
  return json(404, {
    error: `no snapshot "${name}"; there ${names.length > 0 ? `are ${names.join(', ')}` : 'is none'}`,
  });
}

const shown = ({ name, takenAt, ahead }: Snapshot): object => ({
  name,
  takenAt: new Date(takenAt).toISOString(),
  aheadMs: Math.round(ahead),
});
