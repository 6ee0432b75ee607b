import { describe, expect, it } from '@jest/globals';
import { lanesOf } from '../../../functions/application/dead-letters/lanes';
import type { DeadLetterQueue, Letter } from '../../../functions/application/dead-letters/queues';
import { understand } from '../../../functions/application/dead-letters/understand';
import { discarded, envelope, letter, sentAt } from '../../support/letters';

const lanes = (queue: DeadLetterQueue, letters: readonly Letter[]) =>
  lanesOf(letters.map((one) => understand(queue, one))).map((lane) => lane.map((dead) => dead.letter.id));

const step = (id: string, type: string, orderId: string, time: string, sent = 0) =>
  letter(id, envelope(id, type, { orderId }, { time }), { sentAt: sentAt(sent) });

describe('the order in which letters go', () => {
  it('is that of versions, whenever they were sent', () => {
    const place = (id: string, stream: string, version: number, sent: number) =>
      letter(id, { stream, version, error: 'x' }, { sentAt: sentAt(sent) });
    expect(
      lanes('views', [
        place('a3', 'order#a', 3, 1),
        place('b1', 'order#b', 1, 9),
        place('a10', 'order#a', 10, 0),
        place('a2', 'order#a', 2, 5),
      ]),
    ).toEqual([['a2', 'a3', 'a10'], ['b1']]);
  });

  it('is that of what happened, else of sending, for events', () => {
    expect(
      lanes('ingest', [
        step('a-paid', 'OrderPaid', 'a', '2026-01-01T12:00:02Z', 1),
        step('b', 'OrderPaid', 'b', '2026-01-01T11:00:00Z'),
        step('a-late', 'OrderShipped', 'a', '2026-01-01T12:00:02.000Z', 2),
        step('a-odd', 'OrderCancelled', 'a', 'whenever', 0),
        step('a-created', 'OrderCreated', 'a', '2026-01-01T14:00:01+02:00', 5),
      ]),
    ).toEqual([['a-created', 'a-paid', 'a-late', 'a-odd'], ['b']]);
  });

  it('is that of the shard for pointers into the stream', () => {
    const numbers = ['900', '1000', '20000000000000000000000000', '3'];
    expect(
      lanes(
        'feed',
        numbers.map((number) => letter(number, discarded(number, number))),
      ),
    ).toEqual([['3', '900', '1000', '20000000000000000000000000']]);
  });

  it('binds nothing that names no stream', () => {
    expect(lanes('rebuild', [letter('one', { segment: 1 }), letter('other', 'no JSON')])).toEqual([['one'], ['other']]);
  });
});
