import { createHash } from 'node:crypto';
import type { RecordedEvent } from '../application/recorded-event';

/**
 * JSON with the keys of every object in order and without undefined: the same value always gives the same text
 * (RFC 8785 but for the order of keys beyond the BMP, and for numbers, which are JavaScript's own there too).
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (value !== null && typeof value === 'object') {
    const entries = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${entries.join(',')}}`;
  }
  return JSON.stringify(value);
}

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** Seals an event into the chain of its stream: `hash` covers all of it, `prevHash` included. */
export function seal(event: Omit<RecordedEvent, 'hash'>): RecordedEvent {
  return { ...event, hash: sha256(canonicalJson(event)) };
}

/** The first version whose hash or link is wrong; undefined when the chain from version 1 holds. */
export function brokenAt(events: readonly RecordedEvent[]): number | undefined {
  let prevHash = '';
  for (const event of events) {
    const { hash, ...content } = event;
    if (event.prevHash !== prevHash || sha256(canonicalJson(content)) !== hash) return event.version;
    prevHash = hash;
  }
  return undefined;
}
