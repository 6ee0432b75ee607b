import { createHash } from 'node:crypto';
import { canonicalJson } from '../application/canonical-json';
import { Chain } from '../application/chain';
import type { RecordedEvent } from '../application/recorded-event';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('base64url');

/** The `hash` of an event, of everything else that it is. */
export const hashOfContent = (content: Readonly<Record<string, unknown>>): string => sha256(canonicalJson(content));

/** Seals an event into the chain of its stream: `hash` covers all of it, `prevHash` included. */
export function seal(event: Omit<RecordedEvent, 'hash'>): RecordedEvent {
  return { ...event, hash: hashOfContent(event) };
}

/** The first version whose hash or link is wrong; undefined when the chain from version 1 holds. */
export function brokenAt(events: readonly RecordedEvent[]): number | undefined {
  const [first] = events;
  const chain = new Chain(first?.stream ?? '', hashOfContent);
  for (const event of events) {
    const finding = chain.next({ stream: event.stream, version: event.version, attributes: event });
    if (finding) return finding.version;
  }
  return undefined;
}
