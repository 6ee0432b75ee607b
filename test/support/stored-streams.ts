import { hashOfContent, seal } from '../../functions/adapters/hash-chain';
import type { StoredEvent } from '../../functions/application/chain';
import type { Place } from '../../functions/application/read-models/feed-row';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import type { VerifyPorts } from '../../functions/application/verify-streams';
import { recorded } from './recorded';

/** A stream as it stands in the table when nobody has touched it: an event for each of these data. */
export function storedStream(stream: string, data: readonly Readonly<Record<string, unknown>>[]): StoredEvent[] {
  let prevHash = '';
  return data.map((one, i) => {
    const { hash: _, ...event } = recorded(stream, i + 1, 'StockAdded', one);
    const sealed = seal({ ...event, prevHash });
    prevHash = sealed.hash;
    return { stream, version: i + 1, attributes: sealed };
  });
}

/** The event with other contents, under a hash that fits them. */
export function resealed(event: StoredEvent, change: Partial<RecordedEvent>): StoredEvent {
  if (!('attributes' in event)) throw new Error('it cannot be read');
  const { hash: _, ...content } = { ...(event.attributes as RecordedEvent), ...change };
  return { stream: event.stream, version: event.version, attributes: seal(content) };
}

/** A table in memory, cut into pages and segments as it is given, and what read models have seen. */
export function verifyPorts(
  segments: readonly (readonly StoredEvent[])[],
  seen: readonly Place[],
  pageSize = 3,
): VerifyPorts {
  const table = segments.flat();
  const there = new Set(table.map(({ stream, version }) => `${version}@${stream}`));
  async function* pages<Item>(items: readonly Item[]): AsyncGenerator<readonly Item[]> {
    for (let i = 0; i < items.length; i += pageSize) yield items.slice(i, i + pageSize);
  }
  return {
    hashOf: hashOfContent,
    effects: { random: () => 0, sleep: async () => {} },
    stored: {
      stream: (stream) =>
        pages(table.filter((event) => event.stream === stream).toSorted((a, b) => a.version - b.version)),
      segment: (segment) => pages(segments[segment] ?? []),
      vacant: async (places) => places.filter(({ stream, version }) => !there.has(`${version}@${stream}`)),
    },
    witnesses: {
      newest: async (stream) =>
        Math.max(0, ...seen.filter((place) => place.stream === stream).map(({ version }) => version)),
      segment: (segment, of) => pages(seen.filter((_, i) => i % of === segment)),
    },
  };
}
