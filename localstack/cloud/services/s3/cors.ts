import { AwsError } from '../../core/aws-error';
import type { HttpReply, HttpRequest } from '../../core/http';
import type { Bucket } from './bucket';

type Rule = {
  readonly AllowedOrigins: readonly string[];
  readonly AllowedMethods: readonly string[];
  readonly AllowedHeaders?: readonly string[];
  readonly ExposeHeaders?: readonly string[];
  readonly MaxAgeSeconds?: number | string;
};

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD'];

/** Throws `InvalidRequest` or `MalformedXML`. */
export function checkCors(value: { readonly CORSRules?: readonly Partial<Rule>[] }): void {
  for (const { AllowedOrigins = [], AllowedMethods = [], ExposeHeaders = [] } of value.CORSRules ?? []) {
    if (AllowedOrigins.length === 0 || AllowedMethods.length === 0) {
      throw new AwsError(
        'MalformedXML',
        'The XML you provided was not well-formed or did not validate against our published schema',
      );
    }
    const method = AllowedMethods.find((one) => !METHODS.includes(one));
    if (method !== undefined) {
      throw new AwsError(
        'InvalidRequest',
        `Found unsupported HTTP method in CORS config. Unsupported method is ${method}`,
      );
    }
    const exposed = ExposeHeaders.find((header) => header.includes('*'));
    if (exposed !== undefined) {
      throw new AwsError(
        'InvalidRequest',
        `ExposeHeader "${exposed}" contains wildcard. We currently do not support wildcard for ExposeHeader.`,
      );
    }
  }
}

/** What a browser is told before it sends a request across origins. Throws `AccessForbidden`. */
export function preflight(bucket: Bucket, request: HttpRequest): HttpReply {
  const { headers } = request;
  const method = String(headers['access-control-request-method'] ?? '');
  const asked = String(headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '');
  if (rulesOf(bucket).length === 0) throw forbidden('CORS is not enabled for this bucket.');
  const found = matching(bucket, headers.origin, method, asked);
  if (!found) {
    throw forbidden(
      "This CORS request is not allowed. This is usually because the evalution of Origin, request method / Access-Control-Request-Method or Access-Control-Request-Headers are not whitelisted by the resource's CORS spec.",
    );
  }
  return {
    status: 200,
    headers: {
      ...found,
      ...(asked.length > 0 && { 'access-control-allow-headers': asked.join(', ') }),
    },
  };
}

/** Headers that an answer to a request from another origin bears, when the bucket lets that origin read it. */
export function corsHeaders(bucket: Bucket | undefined, { headers, method }: HttpRequest): Record<string, string> {
  if (!bucket || headers.origin === undefined) return {};
  return matching(bucket, headers.origin, method, []) ?? {};
}

function matching(
  bucket: Bucket,
  origin: string | undefined,
  method: string,
  asked: readonly string[],
): Record<string, string> | undefined {
  if (origin === undefined) return undefined;
  const rule = rulesOf(bucket).find(
    ({ AllowedOrigins, AllowedMethods, AllowedHeaders = [] }) =>
      AllowedOrigins.some((pattern) => matches(pattern, origin)) &&
      AllowedMethods.includes(method) &&
      asked.every((name) => AllowedHeaders.some((pattern) => matches(pattern.toLowerCase(), name))),
  );
  if (!rule) return undefined;
  const any = rule.AllowedOrigins.includes('*');
  return {
    'access-control-allow-origin': any ? '*' : origin,
    'access-control-allow-methods': rule.AllowedMethods.join(', '),
    ...(!any && { 'access-control-allow-credentials': 'true' }),
    ...(rule.ExposeHeaders?.length && { 'access-control-expose-headers': rule.ExposeHeaders.join(', ') }),
    ...(rule.MaxAgeSeconds !== undefined && { 'access-control-max-age': String(rule.MaxAgeSeconds) }),
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  };
}

const rulesOf = ({ settings }: Bucket): readonly Rule[] =>
  (settings.cors as { CORSRules?: readonly Rule[] } | undefined)?.CORSRules ?? [];

/** A pattern has at most one `*`. */
function matches(pattern: string, text: string): boolean {
  const [start = '', end] = pattern.split('*');
  if (end === undefined) return pattern === text;
  return text.length >= start.length + end.length && text.startsWith(start) && text.endsWith(end);
}

const forbidden = (message: string) => new AwsError('AccessForbidden', `CORSResponse: ${message}`, { status: 403 });
