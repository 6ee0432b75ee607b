import { describe, expect, it } from '@jest/globals';
import type { StreamRange } from '../../../functions/application/dead-letters/dead-letter';
import type { DeadLetterQueue, Letter } from '../../../functions/application/dead-letters/queues';
import { type Choice, discard, redrive, type SettlePorts } from '../../../functions/application/dead-letters/settle';
import { decodeEvent } from '../../../functions/application/decode-event';
import type { Place } from '../../../functions/application/read-models/feed-row';
import { discarded, envelope, letter, sentAt } from '../../support/letters';
import { MemoryEventPages } from '../../support/memory-event-pages';
import { MemoryLetterQueues } from '../../support/memory-letter-queues';
import { orderHistory } from '../../support/recorded';

/** What is sealed in all that is. */
const inClear = envelope('s', 'UserUpdated', { userId: 'u-1', name: 7 });

/** Everything that a redrive works on; `refuse` says which event an ingest's queue does not take. */
function world(options: { readonly refuse?: string; readonly trimmed?: boolean } = {}) {
  const queues = new MemoryLetterQueues();
  const sent: string[] = [];
  const pages = new MemoryEventPages([...orderHistory('o-1'), ...orderHistory('o-2', 2)]);
  const ports: SettlePorts = {
    queues,
    pages,
    open: async () => ({ envelope: inClear, decoded: decodeEvent(inClear) }),
    back: {
      async toIngest(_, { event }) {
        const { id } = event as { id: string };
        if (id === options.refuse) throw new Error('the queue is down');
        sent.push(id);
      },
      async toSubscriber(queue, body) {
        sent.push(`${queue} ${body}`);
      },
    },
    redrive: {
      async send(projector, places: readonly Place[]) {
        sent.push(...places.map(({ stream, version }) => `${projector} ${stream}@${version}`));
      },
    },
    records: {
      async places({ firstSequenceNumber }: StreamRange) {
        return options.trimmed ? undefined : [{ stream: 'order#o-1', version: Number(firstSequenceNumber) }];
      },
    },
    bus: { put: async (events) => events.map((_, index) => ({ index, error: 'NotAuthorized: no', retryable: false })) },
  };
  const drive = (queue: DeadLetterQueue, choice: Choice = {}, how: Parameters<typeof redrive>[3] = {}) =>
    redrive(ports, queue, choice, how, () => {});
  return { queues, sent, ports, pages, drive };
}

const step = (id: string, type: string, orderId: string, second: number): Letter =>
  letter(id, envelope(id, type, { orderId }, { time: sentAt(second) }));

/** Two orders, each with its steps in the wrong order. */
const steps = [
  step('a3', 'OrderPaid', 'a', 3),
  step('b2', 'OrderConfirmed', 'b', 2),
  step('a1', 'OrderCreated', 'a', 1),
  step('b1', 'OrderCreated', 'b', 1),
  step('a2', 'OrderConfirmed', 'a', 2),
];
const outcomes = ({ letters }: Awaited<ReturnType<typeof redrive>>) =>
  Object.fromEntries(letters.map(({ dead, outcome }) => [dead.letter.id, outcome]));
const ofStream = (sent: readonly string[], name: string) => sent.filter((id) => id.startsWith(name));

describe('redriving', () => {
  it('sends the letters of each stream in order, and deletes them', async () => {
    const { queues, sent, drive } = world();
    queues.add('ingest', ...steps);
    const { missing } = await drive('ingest');
    expect(missing).toEqual([]);
    expect(ofStream(sent, 'a')).toEqual(['a1', 'a2', 'a3']);
    expect(ofStream(sent, 'b')).toEqual(['b1', 'b2']);
    expect(await queues.count('ingest')).toEqual({ waiting: 0, held: 0 });
  });

  it('stops a stream at the first failure, gives back the rest of it, and goes on with the others', async () => {
    const { queues, sent, drive } = world({ refuse: 'a2' });
    queues.add('ingest', ...steps);
    const settled = await drive('ingest');
    expect(outcomes(settled)).toEqual({ a1: 'done', a2: 'failed', a3: 'behind', b1: 'done', b2: 'done' });
    expect(settled.letters.find(({ outcome }) => outcome === 'failed')?.error).toBe('the queue is down');
    expect(sent).not.toContain('a3');
    expect(queues.visible('ingest').sort()).toEqual(['a2', 'a3']);
  });

  it('keeps a letter that was sent but cannot be deleted, says so, and stops its stream', async () => {
    const { queues, sent, drive } = world();
    queues.add('ingest', ...steps);
    queues.stuck.add('a1');
    const { letters } = await drive('ingest');
    expect(letters.find(({ outcome }) => outcome === 'failed')?.error).toBe(
      'sent to the ingest of order, but not deleted: the handle has expired',
    );
    expect(ofStream(sent, 'a')).toEqual(['a1']);
    expect(queues.visible('ingest').sort()).toEqual(['a1', 'a2', 'a3']);
  });

  it('sends nothing and deletes nothing in a dry run, but says what would go where', async () => {
    const { queues, sent, drive } = world();
    queues.add('ingest', ...steps);
    const { letters } = await drive('ingest', {}, { dryRun: true });
    expect(letters.map(({ outcome, where }) => [outcome, where])).toEqual(
      steps.map(() => ['planned', 'the ingest of order']),
    );
    expect(sent).toEqual([]);
    expect(queues.visible('ingest')).toHaveLength(steps.length);
  });

  it('takes only what was asked for, by ids and by stream, and says what it has not seen', async () => {
    const { queues, sent, drive } = world();
    queues.add('ingest', ...steps);
    const byId = await drive('ingest', { ids: ['b1', 'nowhere'] });
    expect([byId.letters.map(({ dead }) => dead.letter.id), byId.missing]).toEqual([['b1'], ['nowhere']]);
    await drive('ingest', { stream: 'order#a' });
    expect(sent).toEqual(['b1', 'a1', 'a2', 'a3']);
    expect(queues.visible('ingest')).toEqual(['b2']);
  });

  it('puts one event right on its way', async () => {
    const { queues, ports, drive } = world();
    queues.add('ingest', letter('m', envelope('e', 'OrderPaid', { orderId: 'a', paymentId: 'p', amount: 1 })));
    const got: unknown[] = [];
    ports.back.toIngest = async (_, message) => void got.push(message);
    await drive('ingest', { ids: ['m'] }, { fix: { data: { amount: 2500 } } });
    expect(got).toMatchObject([{ event: { id: 'e', detail: { orderId: 'a', paymentId: 'p', amount: 2500 } } }]);
  });

  it('opens what is sealed in order to put it right, and only then', async () => {
    const { queues, ports, drive } = world();
    const sealed = { owner: 'user#u-1', id: 's', source: 'shop', type: 'UserUpdated', at: sentAt(0), sealed: 'x' };
    const got: unknown[] = [];
    ports.back.toIngest = async (_, { event }) => void got.push(event);
    queues.add('ingest', letter('m', { event: sealed }));
    await drive('ingest');
    queues.add('ingest', letter('m', { event: sealed }));
    await drive('ingest', { ids: ['m'] }, { fix: { data: { name: 'Ada' } } });
    expect(got).toMatchObject([sealed, { id: 's', detail: { userId: 'u-1', name: 'Ada' } }]);
  });

  it('fails with what the bus does not take', async () => {
    const { queues, drive } = world();
    queues.add('unrouted', letter('m', envelope('e', 'Stok', { sku: 'mug', quantity: 1 })));
    const { letters } = await drive('unrouted', {}, { fix: { type: 'StockAdded' } });
    expect(letters).toMatchObject([{ outcome: 'failed', error: 'the bus did not take it: NotAuthorized: no' }]);
    expect(queues.visible('unrouted')).toEqual(['m']);
  });
});

describe('a pointer into the stream', () => {
  it('is looked up there', async () => {
    const { queues, sent, drive } = world();
    queues.add('views', letter('m', discarded('4', '5')), letter('n', discarded('1', '2')));
    await drive('views');
    expect(sent).toEqual(['views order#o-1@1', 'views order#o-1@4']);
  });

  it('whose records are gone leads to the events of its time, and the table is read once for all of them', async () => {
    const { queues, sent, drive, pages } = world({ trimmed: true });
    // The events were recorded from 12:00:01 to 12:00:05.
    queues.add('feed', letter('m', discarded('1', '2', '2026-01-01T12:04:00Z')), letter('n', discarded('3', '4')));
    const { letters } = await drive('feed');
    const once = pages.pagesRead;
    expect(letters.map(({ outcome }) => outcome)).toEqual(['done', 'done']);
    expect([...sent].sort()).toEqual(
      [1, 2, 3, 4, 5].map((n) => `feed order#o-1@${n}`).concat([1, 2].map((n) => `feed order#o-2@${n}`)),
    );
    queues.add('feed', letter('o', discarded('1', '2', '2026-01-02T12:00:00Z')));
    sent.length = 0;
    await drive('feed');
    expect([sent, pages.pagesRead]).toEqual([[], 2 * once]);
  });
});

describe('discarding', () => {
  it('deletes in order per stream, and nothing else', async () => {
    const { queues, sent, ports } = world();
    queues.add('ingest', ...steps);
    queues.stuck.add('a2');
    const settled = await discard(ports, 'ingest', {}, () => {});
    expect(outcomes(settled)).toEqual({ a1: 'done', a2: 'failed', a3: 'behind', b1: 'done', b2: 'done' });
    expect(ofStream(queues.removed, 'b')).toEqual(['b1', 'b2']);
    expect([sent, queues.visible('ingest').sort()]).toEqual([[], ['a2', 'a3']]);
  });
});
