import { refuseUnknown } from '../../core/aws-error';
import { invalidParameter, invalidRequest, validation } from './errors';

export type Request = Readonly<Record<string, unknown>>;

/** The members of a request; any that is not `honoured` is refused by name. */
export function read(operation: string, input: unknown, honoured: readonly string[]): Request {
  const request = Object.fromEntries(Object.entries(input ?? {}).filter(([, value]) => value !== null));
  refuseUnknown(`secretsmanager:${operation}`, request, honoured);
  return request;
}

export type Value = { readonly text: string } | { readonly binary: string };

const MAX_VALUE = 65_536;

/** The value in a request, if there is one. */
export function valueIn({ SecretString, SecretBinary }: Request): Value | undefined {
  if (SecretString !== undefined && SecretBinary !== undefined) {
    throw invalidParameter(
      "You can't specify both a binary secret value and a string secret value in the same secret.",
    );
  }
  const value = SecretString ?? SecretBinary;
  if (value === undefined) return undefined;
  const member = SecretString === undefined ? 'secretBinary' : 'secretString';
  if (typeof value !== 'string') throw validation(`${member} must be a text.`);
  const size = Buffer.byteLength(value, SecretString === undefined ? 'base64' : 'utf8');
  if (size < 1) throw constraint('', member, 'have length greater than or equal to 1');
  if (size > MAX_VALUE) throw constraint('', member, `have length less than or equal to ${MAX_VALUE}`);
  return SecretString === undefined ? { binary: value } : { text: value };
}

/** The id of the version that a request makes. SDKs give one by themselves. */
export function tokenIn({ ClientRequestToken }: Request): string {
  if (ClientRequestToken === undefined) {
    throw invalidRequest('You must provide a ClientRequestToken value. We recommend a UUID-type value.');
  }
  const token = String(ClientRequestToken);
  if (token.length < 32 || token.length > 64) {
    throw invalidParameter('ClientRequestToken must be 32-64 characters long.');
  }
  return token;
}

export function textIn(given: unknown, member: string, max: number): string | undefined {
  if (given === undefined) return undefined;
  const text = String(given);
  if (text.length > max) throw constraint('', member, `have length less than or equal to ${max}`);
  return text;
}

/** `[{Key, Value}]` as a map. */
export function tagsIn(list: unknown): Record<string, string> {
  const tags = (list ?? []) as readonly { readonly Key?: unknown; readonly Value?: unknown }[];
  const map: Record<string, string> = {};
  for (const { Key, Value } of tags) {
    const key = String(Key ?? '');
    if (key.length < 1 || key.length > 128) throw constraint(`'${key}' `, 'tags.key', 'have length between 1 and 128');
    if (String(Value ?? '').length > 256) throw constraint('', 'tags.value', 'have length less than or equal to 256');
    if (key.startsWith('aws:')) throw invalidParameter('Tag keys that begin with aws: are reserved.');
    if (key in map) throw invalidParameter('Tag keys must be unique.');
    map[key] = String(Value ?? '');
  }
  return map;
}

/** One page of a list. The token is the place of the first that is left. */
export function pageOf<T>(
  all: readonly T[],
  { MaxResults, NextToken }: Request,
  max: number,
): { page: readonly T[]; next: { NextToken?: string } } {
  const limit = MaxResults === undefined ? max : Number(MaxResults);
  if (!(limit >= 1 && limit <= max)) {
    const bound = limit > max ? `less than or equal to ${max}` : 'greater than or equal to 1';
    throw constraint(`'${String(MaxResults)}' `, 'maxResults', `have value ${bound}`);
  }
  const start = NextToken === undefined ? 0 : Number(Buffer.from(String(NextToken), 'base64url').toString());
  if (!Number.isInteger(start)) throw invalidParameter('Invalid NextToken.');
  const end = start + limit;
  const next = end < all.length ? { NextToken: Buffer.from(String(end)).toString('base64url') } : {};
  return { page: all.slice(start, end), next };
}

/** The form in which AWS refuses a member that is out of its bounds. */
export const constraint = (value: string, member: string, rule: string) =>
  validation(
    `1 validation error detected: Value ${value}at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );
