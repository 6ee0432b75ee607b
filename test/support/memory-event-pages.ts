import type { EventPages, EventPart } from '../../functions/application/read-models/event-pages';
import { shardOf } from '../../functions/application/read-models/shard';
import type { RecordedEvent } from '../../functions/application/recorded-event';

/** An event table in memory, page by page; as many events a page as the test says, so that streams go on behind its end. */
export class MemoryEventPages implements EventPages {
  pagesRead = 0;

  constructor(
    readonly events: readonly RecordedEvent[],
    private readonly perPage = 3,
  ) {}

  async page({ segment, of, prefix = '', since = '' }: EventPart, from = '0') {
    this.pagesRead++;
    const part = this.events
      .filter(({ stream }) => shardOf(stream) % of === segment)
      .sort((a, b) => (a.stream === b.stream ? a.version - b.version : a.stream < b.stream ? -1 : 1));
    const page = part.slice(Number(from), Number(from) + this.perPage);
    const next = Number(from) + page.length;
    return {
      events: page.filter(({ stream, recordedAt }) => stream.startsWith(prefix) && recordedAt >= since),
      read: page.length,
      ...(next < part.length && { next: String(next) }),
    };
  }

  async size() {
    return this.events.length;
  }
}
