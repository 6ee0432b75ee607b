import type { HttpReply, HttpRequest } from '../../core/http';

export const json = (status: number, body: object): HttpReply => ({
  status,
  headers: { 'content-type': 'application/json' },
  body: `${JSON.stringify(body, null, 2)}\n`,
});

export const text = (body: string): HttpReply => ({
  status: 200,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});

/** What the caller did wrong: answered as a 400 with this message. */
export class BadRequest extends Error {}

/** The members of a request: its JSON body, and its query, which is easier to type. */
export function membersOf(request: HttpRequest): Record<string, unknown> {
  const query = Object.fromEntries(request.query);
  const body = request.body.toString('utf8').trim();
  if (body === '') return query;
  let parsed: unknown;
  try {
    parsed = JSON.parse(body);
  } catch (error) {
    throw new BadRequest(`the body is not JSON: ${(error as Error).message}`);
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new BadRequest(`the body is ${body.slice(0, 80)}; give a JSON object`);
  }
  return { ...query, ...parsed };
}
