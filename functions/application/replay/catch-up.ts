import type { Projector } from '../dead-letters/queues';
import { bounded } from '../read-models/bounded';
import type { EventPages } from '../read-models/event-pages';
import type { Place } from '../read-models/feed-row';

/** Places that a projector is to take up again. */
export interface RedriveQueues {
  /** Throws when they could not all be queued. */
  send(projector: Projector, places: readonly Place[]): Promise<void>;
}

export type CatchUpPorts = { readonly pages: EventPages; readonly redrive: RedriveQueues };

/** Recorded at `since` or later, and not after `until`; RFC 3339 in UTC with milliseconds. */
export type Span = { readonly since: string; readonly until?: string };

export type CatchUp = { readonly projectors: readonly Projector[]; readonly spans: readonly Span[] };

export type CaughtUp = {
  /** Events that were read, whether or not they were asked for. */
  readonly read: number;
  readonly events: number;
  readonly streams: number;
  readonly sent: Readonly<Record<Projector, number>>;
};

/** Parts of the table that are read side by side. */
const PARTS = 8;
/** Messages that one call takes. */
const PER_CALL = 10;

/**
 * Has projectors take up again what was recorded in these spans of time, whether or not they have it: the feed every event, the
 * views each stream once, by its newest event (they fold what is between). Twice does no harm.
 */
export async function catchUp(
  { pages, redrive }: CatchUpPorts,
  { projectors, spans }: CatchUp,
  onProgress: (far: CaughtUp & { readonly about: number }) => void,
): Promise<CaughtUp> {
  const about = await pages.size();
  const since = spans.map((span) => span.since).sort()[0] ?? '';
  const sent = { views: 0, feed: 0 };
  const far = { read: 0, events: 0, streams: 0, sent };
  const parts = Array.from({ length: PARTS }, (_, segment) => segment);
  await bounded(PARTS, parts, async (segment) => {
    const outbox = new Outbox(redrive, sent);
    let newest: Place | undefined;
    const streamEnds = async () => {
      if (!newest) return;
      far.streams += 1;
      if (projectors.includes('views')) await outbox.add('views', newest);
    };
    let from: string | undefined;
    do {
      const page = await pages.page({ segment, of: PARTS, since }, from);
      for (const { stream, version, recordedAt } of page.events) {
        if (!spans.some((span) => holds(span, recordedAt))) continue;
        far.events += 1;
        if (newest?.stream !== stream) await streamEnds();
        newest = { stream, version };
        if (projectors.includes('feed')) await outbox.add('feed', newest);
      }
      far.read += page.read;
      onProgress({ ...far, about });
      from = page.next;
    } while (from !== undefined);
    await streamEnds();
    await outbox.flush();
  });
  return far;
}

const holds = ({ since, until }: Span, at: string): boolean => at >= since && (until === undefined || at <= until);

/** Gathers places to full calls. */
class Outbox {
  readonly #waiting: Record<Projector, Place[]> = { views: [], feed: [] };

  constructor(
    private readonly redrive: RedriveQueues,
    private readonly sent: Record<Projector, number>,
  ) {}

  async add(projector: Projector, place: Place): Promise<void> {
    if (this.#waiting[projector].push(place) === PER_CALL) await this.#send(projector);
  }

  async flush(): Promise<void> {
    await this.#send('views');
    await this.#send('feed');
  }

  async #send(projector: Projector): Promise<void> {
    const places = this.#waiting[projector].splice(0);
    if (places.length === 0) return;
    await this.redrive.send(projector, places);
    this.sent[projector] += places.length;
  }
}
