import { Chain, type Finding, type StoredEvent } from './chain';
import type { Effects } from './ports';
import type { Place } from './read-models/feed-row';

/** The Events table as it stands. */
export interface StoredEvents {
  /** One stream, page by page in the order of its versions; consistent. */
  stream(stream: string): AsyncIterable<readonly StoredEvent[]>;
  /** One of `of` parts of the table, page by page; events of a stream mostly together and in order. Eventually consistent. */
  segment(segment: number, of: number): AsyncIterable<readonly StoredEvent[]>;
  /** Those of the places where there is no event. Eventually consistent. */
  vacant(places: readonly Place[]): Promise<readonly Place[]>;
}

/** Who else has seen events: the read models. */
export interface Witnesses {
  /** The newest version of the stream that its read model has seen; 0: none. Consistent. */
  newest(stream: string): Promise<number>;
  /** One of `of` parts of what they have seen, page by page. */
  segment(segment: number, of: number): AsyncIterable<readonly Place[]>;
}

export type VerifyPorts = {
  readonly stored: StoredEvents;
  readonly witnesses: Witnesses;
  readonly hashOf: (content: Readonly<Record<string, unknown>>) => string;
  readonly effects: Pick<Effects, 'random' | 'sleep'>;
};

export type VerifiedStream = {
  readonly stream: string;
  readonly finding?: Finding;
  /** The last event that holds. Kept elsewhere, it proves later that nothing up to it has been rewritten. */
  readonly head: { readonly version: number; readonly hash: string };
};

/** A transaction is seen half for some milliseconds (DynamoDB: a Query is read-committed only); what is missing longer is missing. */
const READS = 6;

/** Follows the chain of one stream. `known`: a version that somebody has seen. */
export async function verifyStream(ports: VerifyPorts, stream: string, known = 0): Promise<VerifiedStream> {
  for (let read = 1; ; read++) {
    // Asked before the stream is read: what the read model knows by now the stream must have.
    const newest = Math.max(known, await ports.witnesses.newest(stream));
    const chain = new Chain(stream, ports.hashOf);
    const finding = (await follow(chain, ports.stored.stream(stream))) ?? chain.end(newest);
    const { version, hash } = chain;
    if (finding?.kind !== 'missing' || read === READS)
      return { stream, head: { version, hash }, ...(finding && { finding }) };
    await ports.effects.sleep(2 ** read * (0.5 + ports.effects.random() / 2));
  }
}

async function follow(chain: Chain, pages: AsyncIterable<readonly StoredEvent[]>): Promise<Finding | undefined> {
  for await (const page of pages)
    for (const event of page) {
      const finding = chain.next(event);
      if (finding) return finding;
    }
  return undefined;
}

export type Verified = {
  readonly streams: number;
  readonly events: number;
  /** One a stream, by the name of the stream. */
  readonly findings: readonly Finding[];
};

export type VerifyProgress = {
  readonly doing: 'following the chains' | 'asking the read models';
  readonly events: number;
  readonly streams: number;
  readonly findings: number;
};

const SEGMENTS = 8;

/**
 * Follows the chains of all streams, in parallel, in memory that does not grow with the table. Reading the table only
 * suspects (events of a stream need not come together, and some come while it is read); a suspected stream is read
 * by itself, consistently, and that judges. No event escapes: whatever does not follow version 1 in order is suspected.
 * Then the read models are asked for versions that the table does not have: ends and whole streams that were removed.
 */
export async function verifyAll(ports: VerifyPorts, onProgress: (progress: VerifyProgress) => void): Promise<Verified> {
  const findings = new Map<string, Finding>();
  let events = 0;
  let streams = 0;
  const say = (doing: VerifyProgress['doing']) => onProgress({ doing, events, streams, findings: findings.size });
  const judge = async (stream: string, known?: number): Promise<void> => {
    if (findings.has(stream)) return;
    const { finding } = await verifyStream(ports, stream, known);
    if (finding) findings.set(stream, finding);
  };

  await eachSegment(async (segment) => {
    let chain: Chain | undefined;
    let suspected = false;
    for await (const page of ports.stored.segment(segment, SEGMENTS)) {
      for (const event of page) {
        if (event.stream !== chain?.stream) {
          chain = new Chain(event.stream, ports.hashOf);
          suspected = false;
        }
        events += 1;
        if (event.version === 1) streams += 1;
        if (suspected || !chain.next(event)) continue;
        suspected = true;
        await judge(event.stream);
      }
      say('following the chains');
    }
  });
  await eachSegment(async (segment) => {
    for await (const page of ports.witnesses.segment(segment, SEGMENTS)) {
      for (const { stream, version } of await ports.stored.vacant(newestOf(page))) await judge(stream, version);
      say('asking the read models');
    }
  });
  const byName = [...findings.values()].sort((a, b) => (a.stream < b.stream ? -1 : 1));
  return { streams, events, findings: byName };
}

const eachSegment = (work: (segment: number) => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: SEGMENTS }, (_, segment) => work(segment)));

/** Of each stream the highest version. */
function newestOf(places: readonly Place[]): Place[] {
  const newest = new Map<string, Place>();
  for (const place of places) {
    const before = newest.get(place.stream);
    if (!before || before.version < place.version) newest.set(place.stream, place);
  }
  return [...newest.values()];
}
