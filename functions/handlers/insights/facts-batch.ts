import type { SQSEvent, SQSRecord } from 'aws-lambda';
import { type OrderFact, orderFact } from '../../application/insights/order-fact';
import { insightsProjection } from '../../application/insights/series';
import { isJsonObject } from '../../application/json';
import { following, type Generations } from '../../application/read-models/generations';
import type { KnownGenerations } from '../../application/read-models/known-generations';
import type { Telemetry } from '../../application/telemetry';
import { reasonOf } from '../../projections/advance';
import type { makeCountFacts } from '../../projections/insights/count-facts';
import type { BatchAnswer } from '../middleware';

export type InsightsBatchPorts = {
  readonly count: ReturnType<typeof makeCountFacts>;
  readonly generations: Pick<KnownGenerations, 'all'>;
  readonly telemetry: Telemetry;
};

/** A fact as it came, and what it said; `error`: why nobody can read it. */
type Received = { readonly id: string } & (
  | { readonly fact: OrderFact; readonly replayed: boolean }
  | { readonly error: unknown }
);

/** Facts on their queue → counters. Exactly the records that failed come back; in the end they are dead letters. */
export function makeInsights({ count, generations, telemetry }: InsightsBatchPorts) {
  return async ({ Records }: SQSEvent): Promise<BatchAnswer> => {
    const received = Records.map(read);
    const failed = new Map<string, unknown>();
    for (const one of received) if ('error' in one) failed.set(one.id, one.error);
    const readable = received.flatMap((one) => ('fact' in one ? [one] : []));

    const known = (await generations.all()).get(insightsProjection.name);
    const written = known === undefined ? [] : inTurn(known);
    if (written.length === 0 && readable.length > 0) throw new Error('there is no generation of insights to count in');
    let counted = 0;
    for (const { generation, revision, isOldest, isLive } of written) {
      // Replayed facts are nobody's workload: the monitor is not told of them.
      for (const again of [false, true]) {
        const some = readable.filter(({ replayed }) => replayed === again);
        if (some.length === 0) continue;
        const result = await count(
          some.map(({ fact }) => fact),
          { generation, revision, monitored: isOldest && !again },
        );
        if (isLive) counted += result.counted;
        for (const { fact, error } of result.failed) {
          for (const one of some.filter((other) => isSame(other.fact, fact))) failed.set(one.id, error);
        }
      }
    }
    for (const [messageId, error] of failed) {
      telemetry.count('Errors');
      telemetry.error('not counted, to be tried again', error, { messageId });
    }
    telemetry.count('FactsCounted', counted);
    telemetry.info('counted', { facts: counted, repeated: readable.length - counted, failed: failed.size });
    return { batchItemFailures: [...failed.keys()].map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/**
 * The generations that facts are counted in. The monitor is told with the oldest of them: the newer ones are still being built,
 * and may have the fact from history. Readers see the live one, which comes last: what it shows the others have.
 */
function inTurn(known: Generations) {
  const all = following(known);
  const oldest = Math.min(...all.map(({ number }) => number));
  return all
    .map(({ number, revision }) => ({
      generation: number,
      revision,
      isOldest: number === oldest,
      isLive: number === known.live,
    }))
    .sort((one, two) => Number(one.isLive) - Number(two.isLive));
}

function read({ messageId, body }: SQSRecord): Received {
  try {
    const envelope: unknown = JSON.parse(body);
    if (!isJsonObject(envelope) || !isJsonObject(envelope.detail)) {
      throw new Error('the message is no event of EventBridge: its detail is not an object');
    }
    return { id: messageId, fact: orderFact(envelope.detail), replayed: envelope['replay-name'] !== undefined };
  } catch (error) {
    return { id: messageId, error: reasonOf(error) };
  }
}

const isSame = (one: OrderFact, other: OrderFact): boolean =>
  one.stream === other.stream && one.version === other.version;
