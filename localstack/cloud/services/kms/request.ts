import { refuseUnknown } from '../../core/aws-error';
import { constraint, validation } from './errors';

/** The members of a request; any that is not `honoured` is refused by name. */
export function read(
  operation: string,
  // biome-ignore lint/suspicious/noExplicitAny: what came over the wire.
  input: any,
  honoured: readonly string[],
): Readonly<Record<string, unknown>> {
  const members = Object.entries(input ?? {}).filter(([, value]) => value !== null);
  const request = Object.fromEntries(members);
  refuseUnknown(`kms:${operation}`, request, honoured);
  return request;
}

/** Bytes, which come as base64. */
export function bytesIn(value: unknown, member: string, max: number): Buffer {
  if (typeof value !== 'string') throw constraint('null ', member, 'not be null');
  const bytes = Buffer.from(value, 'base64');
  if (bytes.length < 1) throw constraint('', member, 'have length greater than or equal to 1');
  if (bytes.length > max) throw constraint('', member, `have length less than or equal to ${max}`);
  return bytes;
}

export function integerIn(value: unknown, member: string, min: number, max: number): number {
  const number = Number(value);
  if (!Number.isInteger(number)) throw validation(`${member} must be a whole number.`);
  if (number < min) throw constraint(`'${number}' `, member, `have value greater than or equal to ${min}`);
  if (number > max) throw constraint(`'${number}' `, member, `have value less than or equal to ${max}`);
  return number;
}

export function oneOf<T extends string>(value: unknown, member: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  if (!choice) {
    throw constraint(`'${String(value)}' `, member, `satisfy enum value set: [${choices.join(', ')}]`);
  }
  return choice;
}

/** One page of a list, from `Marker` on: the key of the first that is left. */
export function pageOf<T>(
  all: readonly T[],
  { Limit, Marker }: Readonly<Record<string, unknown>>,
  fallback: number,
  keyOf: (item: T) => string,
): { page: readonly T[]; more: { Truncated: boolean; NextMarker?: string } } {
  const limit = Limit === undefined ? fallback : integerIn(Limit, 'limit', 1, 1_000);
  const from = Marker === undefined ? '' : Buffer.from(String(Marker), 'base64url').toString('utf8');
  const rest = all.filter((item) => keyOf(item) >= from);
  const next = rest[limit];
  return {
    page: rest.slice(0, limit),
    more:
      next === undefined
        ? { Truncated: false }
        : { Truncated: true, NextMarker: Buffer.from(keyOf(next)).toString('base64url') },
  };
}
