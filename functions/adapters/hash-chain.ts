import { createHash } from 'node:crypto';
import { canonicalJson } from '../application/canonical-json';
import type { RecordedEvent } from '../application/recorded-event';

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
