import { isJsonObject } from '../json';
import type { OpenDelivery } from '../open-delivery';
import { bounded } from '../read-models/bounded';
import type { Fix } from '../retry-rejected';
import type { DeadLetter } from './dead-letter';
import { lanesOf } from './lanes';
import { makeOnward, type OnwardPorts } from './onward';
import type { DeadLetterQueue, LetterQueues } from './queues';
import { understand } from './understand';
import { wayOf, whither } from './way';

/** Which letters of a queue: those of these ids, of a stream, or, without either, all. */
export type Choice = { readonly ids?: readonly string[]; readonly stream?: string };

export type Settlement = {
  readonly dead: DeadLetter;
  /**
   * `done`: what replaces it has been accepted, and it is gone. `behind`: left, because one before it in its stream
   * failed. `planned`: a dry run, nothing happened.
   */
  readonly outcome: 'done' | 'failed' | 'behind' | 'planned';
  /** Where it went or would go, in words. */
  readonly where?: string;
  readonly error?: string;
};

export type Settled = {
  /** Letters of a stream in the order in which they went. */
  readonly letters: readonly Settlement[];
  /** Ids that were asked for and not seen: gone, or held by somebody else. */
  readonly missing: readonly string[];
};

export type SettlePorts = OnwardPorts & {
  readonly queues: LetterQueues;
  /** Opens what is sealed, for who wants to read it or put it right. */
  readonly open: OpenDelivery;
};

/** Long enough to send a great many; a letter that shows again meanwhile is harmless, everything here may come twice. */
const HOLD_SECONDS = 900;
/** Streams at a time. */
const WIDTH = 8;

/** Sends letters back to where they can be passed, in order per stream; each is deleted when that has been accepted. */
export function redrive(
  ports: SettlePorts,
  queue: DeadLetterQueue,
  choice: Choice,
  options: { readonly fix?: Fix; readonly dryRun?: boolean },
  onProgress: (done: number, of: number) => void,
): Promise<Settled> {
  const { fix } = options;
  const prepare = async (chosen: readonly DeadLetter[]): Promise<Step> => {
    const wayFrom = async (dead: DeadLetter) => wayOf(queue, fix ? await opened(dead, ports.open) : dead, fix);
    const ways = new Map(await Promise.all(chosen.map(async (dead) => [dead, await wayFrom(dead)] as const)));
    const onward = makeOnward(ports, [...ways.values()]);
    return async (dead) => {
      const way = ways.get(dead)!;
      if (way.to === 'nowhere') throw new Error(way.why);
      if (options.dryRun) return { where: whither(way), isOver: false };
      return { where: await onward.send(way), isOver: true };
    };
  };
  return settle(ports.queues, queue, choice, prepare, onProgress);
}

/** With the event in clear, if anybody can still read it. */
export async function opened(dead: DeadLetter, open: OpenDelivery): Promise<DeadLetter> {
  const { content } = dead;
  if (content.kind !== 'event' || !('sealed' in content.envelope)) return dead;
  const { envelope } = await open(content.envelope);
  return isJsonObject(envelope) ? { ...dead, content: { ...content, envelope } } : dead;
}

/** Deletes letters, for good. */
export function discard(
  ports: Pick<SettlePorts, 'queues'>,
  queue: DeadLetterQueue,
  choice: Choice,
  onProgress: (done: number, of: number) => void,
): Promise<Settled> {
  return settle(ports.queues, queue, choice, async () => async () => ({ isOver: true }), onProgress);
}

type Step = (dead: DeadLetter) => Promise<{ readonly where?: string; readonly isOver: boolean }>;

async function settle(
  queues: LetterQueues,
  queue: DeadLetterQueue,
  { ids, stream }: Choice,
  prepare: (chosen: readonly DeadLetter[]) => Promise<Step>,
  onProgress: (done: number, of: number) => void,
): Promise<Settled> {
  const wanted = ids && new Set(ids);
  const { letters } = await queues.take(queue, { holdSeconds: HOLD_SECONDS, ...(wanted && { ids: wanted }) });
  const gone = new Set<string>();
  try {
    const chosen = letters
      .filter(({ id }) => !wanted || wanted.has(id))
      .map((letter) => understand(queue, letter))
      .filter((dead) => stream === undefined || dead.stream === stream);
    const step = await prepare(chosen);
    let done = 0;
    const settled = await bounded(WIDTH, lanesOf(chosen), async (lane) => {
      const results: Settlement[] = [];
      let isBroken = false;
      for (const dead of lane) {
        const result: Settlement = isBroken ? { dead, outcome: 'behind' } : await settleOne(queues, queue, dead, step);
        results.push(result);
        if (result.outcome === 'done') gone.add(dead.letter.id);
        isBroken ||= result.outcome === 'failed';
        onProgress(++done, chosen.length);
      }
      return results;
    });
    const seen = new Set(letters.map(({ id }) => id));
    return { letters: settled.flat(), missing: (ids ?? []).filter((id) => !seen.has(id)) };
  } finally {
    await queues.giveBack(
      queue,
      letters.filter(({ id }) => !gone.has(id)),
    );
  }
}

async function settleOne(
  queues: LetterQueues,
  queue: DeadLetterQueue,
  dead: DeadLetter,
  step: Step,
): Promise<Settlement> {
  let where: string | undefined;
  try {
    const taken = await step(dead);
    where = taken.where;
    const said = where === undefined ? {} : { where };
    if (!taken.isOver) return { dead, outcome: 'planned', ...said };
    await queues.remove(queue, dead.letter);
    return { dead, outcome: 'done', ...said };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // Sent, but not deleted: whoever gets it twice tells it by its id or its place.
    return {
      dead,
      outcome: 'failed',
      error: where === undefined ? message : `sent to ${where}, but not deleted: ${message}`,
    };
  }
}
