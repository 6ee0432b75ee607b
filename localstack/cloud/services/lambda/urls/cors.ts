import type { HttpReply, HttpRequest } from '../../../core/http';
import type { Cors } from '../function-record';

/** The answer to a preflight request; undefined when this is none. Lambda answers it without running the function. */
export function preflightReply(request: HttpRequest, cors: Cors | undefined): HttpReply | undefined {
  if (!cors || request.method !== 'OPTIONS' || !request.headers['access-control-request-method']) return undefined;
  return { status: 200, headers: corsHeaders(request, cors, true), body: '' };
}

/** Adds the CORS headers; where the URL has CORS settings, what the function says about it is dropped. */
export function withCors(reply: HttpReply, request: HttpRequest, cors: Cors | undefined): HttpReply {
  if (!cors) return reply;
  const own = Object.entries(reply.headers ?? {}).filter(([name]) => !name.startsWith('access-control-'));
  return { ...reply, headers: { ...Object.fromEntries(own), ...corsHeaders(request, cors, false) } };
}

function corsHeaders(request: HttpRequest, cors: Cors, preflight: boolean): Record<string, string> {
  const origin = request.headers.origin;
  if (!origin) return {};
  const allowed = cors.AllowOrigins ?? [];
  const any = allowed.includes('*');
  if (!any && !allowed.some((pattern) => originFits(pattern, origin))) return {};
  const list = (name: string, values: readonly string[] | undefined) =>
    values && values.length > 0 ? { [name]: values.join(',') } : {};
  return {
    'access-control-allow-origin': any && !cors.AllowCredentials ? '*' : origin,
    vary: 'Origin',
    ...(cors.AllowCredentials ? { 'access-control-allow-credentials': 'true' } : {}),
    ...list('access-control-expose-headers', cors.ExposeHeaders),
    ...(preflight
      ? {
          ...list('access-control-allow-methods', cors.AllowMethods),
          ...list('access-control-allow-headers', cors.AllowHeaders),
          ...(cors.MaxAge === undefined ? {} : { 'access-control-max-age': String(cors.MaxAge) }),
        }
      : {}),
  };
}

/** `https://*.example.com` stands for any subdomain. */
function originFits(pattern: string, origin: string): boolean {
  if (!pattern.includes('*')) return pattern.toLowerCase() === origin.toLowerCase();
  const [head, ...tail] = pattern.toLowerCase().split('*');
  const rest = tail.join('*');
  const text = origin.toLowerCase();
  return text.startsWith(head!) && text.endsWith(rest) && text.length >= head!.length + rest.length;
}
