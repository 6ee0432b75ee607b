import { randomBytes } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import type { Effects } from '../application/ports';

/** UUIDv7 (RFC 9562 §5.7): 48 bits of milliseconds, 74 random bits; sorts by time. Node 20 has none of its own. */
export function uuidv7(now: number, random: Uint8Array = randomBytes(10)): string {
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(now, 0, 6);
  bytes.set(random, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** The clock and the dice of the machine. */
export const systemEffects: Effects = {
  now: () => new Date(),
  newId: () => uuidv7(Date.now()),
  random: Math.random,
  sleep: (ms) => setTimeout(ms).then(() => undefined),
};
