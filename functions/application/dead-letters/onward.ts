import type { Aggregate } from '../catalogue';
import type { EventBus } from '../event-bus';
import type { JsonObject } from '../json';
import type { Place } from '../read-models/feed-row';
import { type CatchUpPorts, catchUp, type Span } from '../replay/catch-up';
import type { StreamRange } from './dead-letter';
import type { Projector } from './queues';
import { type Way, whither } from './way';

export interface Onward {
  /** Resolves with where it went, in words, when that has been accepted. */
  send(way: Way): Promise<string>;
}

/** Queues whose readers take up again what could not be passed. */
export interface ReturnQueues {
  toIngest(ingest: Aggregate, message: JsonObject): Promise<void>;
  toSubscriber(queue: 'insights' | 'rebuild', body: string): Promise<void>;
}

/** The stream of the Events table. */
export interface StreamRecords {
  /** The places of the events of a range and perhaps of some beside it; undefined: they are not kept any more. */
  places(range: StreamRange): Promise<readonly Place[] | undefined>;
}

export type OnwardPorts = CatchUpPorts & {
  readonly bus: EventBus;
  readonly back: ReturnQueues;
  readonly records: StreamRecords;
};

/**
 * An event is recorded before it is in the stream, and by another clock: by a writer that may have waited for the SDK's
 * retries in between.
 */
const MARGIN_MS = 5 * 60_000;

/** Every way there is. Whatever takes a letter may get it twice. `ways`: all that are to be gone. */
export function makeOnward(ports: OnwardPorts, ways: readonly Way[]): Onward {
  const missed: Partial<Record<Projector, Promise<number>>> = {};
  /** The stream keeps its records for a day; the table keeps its events, and is read once for all of them. */
  const fromTable = (projector: Projector): Promise<number> => {
    missed[projector] ??= catchUp(
      ports,
      {
        projectors: [projector],
        spans: ways.flatMap((way) => (way.to === 'range' && way.projector === projector ? [spanOf(way.range)] : [])),
      },
      () => {},
    ).then(({ sent }) => sent[projector]);
    return missed[projector];
  };
  return {
    async send(way) {
      switch (way.to) {
        case 'ingest':
          await ports.back.toIngest(way.ingest, way.message);
          return whither(way);
        case 'subscriber':
          await ports.back.toSubscriber(way.queue, way.body);
          return whither(way);
        case 'place':
          await ports.redrive.send(way.projector, [{ stream: way.stream, version: way.version }]);
          return whither(way);
        case 'range': {
          const places = await ports.records.places(way.range);
          if (!places)
            return `project-${way.projector}, with ${await fromTable(way.projector)} events of that time from the Events table`;
          await ports.redrive.send(way.projector, places);
          return `project-${way.projector}, with ${places.length} events`;
        }
        case 'bus': {
          const [failure] = await ports.bus.put([way.event]);
          if (failure) throw new Error(`the bus did not take it: ${failure.error}`);
          return whither(way);
        }
        case 'nowhere':
          throw new Error(way.why);
      }
    },
  };
}

const spanOf = ({ firstArrival, lastArrival }: StreamRange): Span => ({
  since: new Date(Date.parse(firstArrival) - MARGIN_MS).toISOString(),
  until: new Date(Date.parse(lastArrival) + MARGIN_MS).toISOString(),
});
