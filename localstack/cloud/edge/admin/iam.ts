import type { HttpReply, HttpRequest } from '../../core/http';
import type { Controls } from './controls';
import { BadRequest, json } from './reply';

/**
 * `GET /_cloud/iam`: what each role may do, which of it it has done since the cloud was started or reset, and what it was
 * denied. `?role=<part of a name>` narrows it down.
 */
export function iam(request: HttpRequest, controls: Controls): HttpReply {
  if (request.method !== 'GET') throw new BadRequest('grants are shown by GET; policies are changed by the API of IAM');
  const wanted = request.query.get('role') ?? '';
  const { since, roles } = controls.grants();
  return json(200, {
    since: new Date(since).toISOString(),
    roles: roles.filter(({ role }) => role.includes(wanted)),
  });
}
