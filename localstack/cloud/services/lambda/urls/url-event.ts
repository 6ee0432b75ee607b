import type { HttpRequest } from '../../../core/http';
import { uuid } from '../../../core/ids';
import type { Principal } from '../../../core/service';

/** Content types whose bodies are text; Lambda hands every other one over as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[^;]*\+(json|xml)\b)/i;

/** Headers that AWS's front end keeps for itself. */
const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'expect', 'te', 'trailer']);

type Facts = {
  readonly urlId: string;
  readonly region: string;
  readonly now: number;
  /** Who signed the request; undefined without authentication. */
  readonly caller:
    | { readonly principal: Principal; readonly account: string; readonly accessKeyId: string }
    | undefined;
};

/**
 * The event that a function behind a URL sees: payload format 2.0.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
 */
export function urlEvent(request: HttpRequest, { urlId, region, now, caller }: Facts): object {
  const cookies = cookiesOf(request);
  const query = queryOf(request);
  const isText = TEXT.test(request.headers['content-type'] ?? '');
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: decodePath(request.path),
    rawQueryString: request.rawQuery,
    ...(cookies.length > 0 ? { cookies } : {}),
    headers: headersOf(request),
    ...(query ? { queryStringParameters: query } : {}),
    requestContext: {
      accountId: caller?.account ?? 'anonymous',
      apiId: urlId,
      ...(caller ? { authorizer: { iam: iamOf(caller) } } : {}),
      domainName: `${urlId}.lambda-url.${region}.on.aws`,
      domainPrefix: urlId,
      http: {
        method: request.method,
        path: decodePath(request.path),
        protocol: 'HTTP/1.1',
        sourceIp: request.sourceIp,
        userAgent: request.headers['user-agent'] ?? '',
      },
      requestId: uuid(),
      routeKey: '$default',
      stage: '$default',
      time: commonLogTime(now),
      timeEpoch: now,
    },
    ...(request.body.length > 0 ? { body: request.body.toString(isText ? 'utf8' : 'base64') } : {}),
    isBase64Encoded: request.body.length > 0 && !isText,
  };
}

function headersOf(request: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    if (value !== undefined && !HOP_BY_HOP.has(name)) headers[name] = Array.isArray(value) ? value.join(',') : value;
  }
  return {
    ...headers,
    'x-forwarded-for': request.sourceIp,
    'x-forwarded-port': /:(\d+)$/.exec(request.headers.host ?? '')?.[1] ?? '80',
    'x-forwarded-proto': 'http',
  };
}

const cookiesOf = (request: HttpRequest): string[] =>
  (request.headers.cookie ?? '')
    .split(';')
    .map((cookie) => cookie.trim())
    .filter((cookie) => cookie !== '');

function queryOf(request: HttpRequest): Record<string, string> | undefined {
  const names = [...new Set(request.query.keys())];
  if (names.length === 0) return undefined;
  return Object.fromEntries(names.map((name) => [name, request.query.getAll(name).join(',')]));
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

function iamOf({ principal, account, accessKeyId }: NonNullable<Facts['caller']>): object {
  const userId = principal.kind === 'role' ? principal.arn.split('/').slice(-1)[0]! : account;
  return {
    accessKey: accessKeyId,
    accountId: account,
    callerId: userId,
    cognitoIdentity: null,
    principalOrgId: null,
    userArn: principal.arn,
    userId,
  };
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `12/Mar/2020:19:03:58 +0000` */
function commonLogTime(ms: number): string {
  const time = new Date(ms);
  const iso = time.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[time.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}
