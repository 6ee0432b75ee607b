import { randomBytes, randomUUID } from 'node:crypto';

/** A version 4 UUID: request ids, message ids, event ids. */
export const uuid = (): string => randomUUID();

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Random capital letters and digits 2–7, as in access key ids and generated resource names. */
export function randomName(length: number): string {
  let name = '';
  for (const byte of randomBytes(length)) name += UPPER[byte & 31];
  return name;
}

/** Random lower-case hexadecimal digits. */
export const randomHex = (length: number): string =>
  randomBytes(Math.ceil(length / 2))
    .toString('hex')
    .slice(0, length);
