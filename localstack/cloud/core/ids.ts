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

/** Random bytes that nobody has used yet: to ask for many at once is much cheaper than for a few each time. */
let pool = '';
const POOL = 4_096;

/** Random lower-case hexadecimal digits. */
export function randomHex(length: number): string {
  if (pool.length < length) pool = randomBytes(Math.max(POOL, length)).toString('hex');
  const digits = pool.slice(0, length);
  pool = pool.slice(length);
  return digits;
}
