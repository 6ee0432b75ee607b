import { describe, expect, it } from '@jest/globals';
import { check } from './checker';
import type { Evidence } from './evidence';
import { busEvent, byBus, byCommand, command, inboxRow, recordedOf, soundEvidence, toldOf } from './sound-evidence';

const order = 'order#o-1';
const shelf = 'inventory#mug';
const items = [{ sku: 'mug', quantity: 2, unitPrice: 500 }];
const stock = busEvent('StockAdded', shelf, 'e-0', { sku: 'mug', quantity: 3 });
const created = busEvent('OrderCreated', order, 'e-1', { orderId: 'o-1', userId: 'u-1', currency: 'EUR', items });
const confirmed = busEvent('OrderConfirmed', order, 'e-2', { orderId: 'o-1' });
const paid = busEvent('OrderPaid', order, 'e-3', { orderId: 'o-1', paymentId: 'p-1', amount: 1000 });
const shipped = busEvent('OrderShipped', order, 'e-4', { orderId: 'o-1' });
const delivered = busEvent('OrderDelivered', order, 'e-5', { orderId: 'o-1' });
const cancelled = busEvent('OrderCancelled', order, 'e-6', { orderId: 'o-1', reason: 'no' });
const events = [stock, created, confirmed, paid, shipped, delivered, cancelled];

const reservation = (type: string, version: number, cause: string, quantity = 2) => ({
  source: 'orderstream/reservations',
  id: `${order}@${version}`,
  causationId: cause,
  saying: { stream: shelf, type, data: { sku: 'mug', orderId: 'o-1', quantity } },
});
const held = {
  ...byBus(confirmed),
  saying: { ...confirmed, data: { ...confirmed.data, reservations: [{ sku: 'mug', quantity: 2 }] } },
};
const tooLate = inboxRow('rejected', cancelled, 'the order is shipped', 'type');

/** The whole life of an order that ships before its cancellation comes. */
const life = [
  byBus(stock),
  byBus(created),
  held,
  reservation('StockReserved', 2, 'e-2'),
  byBus(paid),
  byBus(shipped),
  reservation('ReservationCommitted', 4, 'e-4'),
  byBus(delivered),
];
const sound = soundEvidence({ events, stocked: ['mug'] }, life, { inbox: [tooLate] });

const promisesOf = (evidence: Evidence) => [...new Set(check(evidence).map(({ promise }) => promise))];
const without = (evidence: Evidence, type: string): Evidence => ({
  ...evidence,
  recorded: evidence.recorded.filter((event) => event.type !== type),
});

describe('the checker', () => {
  it('finds nothing where every promise is kept', () => {
    expect(check(sound)).toEqual([]);
  });

  it('misses an event that is nowhere', () => {
    const lost = soundEvidence({ events, stocked: ['mug'] }, life.slice(0, -1), { inbox: [tooLate] });
    expect(check(lost)).toEqual([
      {
        promise: 'nothing is lost',
        stream: order,
        what: 'OrderDelivered e-5 of shop is nowhere, and by the model it is next',
      },
    ]);
  });

  it('sees a gap, and the chain that breaks behind it', () => {
    expect(promisesOf(without(sound, 'OrderPaid'))).toEqual(
      expect.arrayContaining([
        'versions are 1..n',
        'the hash chain is sound',
        'only what is allowed',
        'nothing is lost',
      ]),
    );
  });

  it('sees an event twice', () => {
    const twice = soundEvidence({ events, stocked: ['mug'] }, [...life, byBus(delivered)], { inbox: [tooLate] });
    expect(promisesOf(twice)).toEqual(
      expect.arrayContaining(['no event twice', 'only what is allowed', 'one place for each event']),
    );
  });

  it('sees an event that was changed', () => {
    const changed = sound.recorded.map((event) =>
      event.type === 'OrderPaid' ? { ...event, data: { ...event.data, amount: 1 } } : event,
    );
    expect(promisesOf({ ...sound, recorded: changed })).toEqual(['the hash chain is sound', 'nothing extra']);
  });

  it('sees what nobody has put', () => {
    const stranger = busEvent('StockAdded', shelf, 'e-9', { sku: 'mug', quantity: 1 });
    const evidence = soundEvidence({ events, stocked: ['mug'] }, [...life, byBus(stranger)], { inbox: [tooLate] });
    expect(promisesOf(evidence)).toEqual(['nothing extra']);
  });

  it('sees a step that was taken too early', () => {
    const [, , , , ...rest] = life;
    const evidence = soundEvidence({ events }, [byBus(created), ...rest]);
    expect(promisesOf(evidence)).toContain('only what is allowed');
  });

  it('sees an event that waits although its turn has come', () => {
    const evidence = soundEvidence({ events, stocked: ['mug'] }, life.slice(0, -1), {
      inbox: [tooLate, inboxRow('parked', delivered)],
    });
    expect(promisesOf(evidence)).toEqual(['nothing waits whose turn has come']);
  });

  it('lets an event wait whose turn has not come', () => {
    const evidence = soundEvidence(
      { events: [stock, created, confirmed, shipped], stocked: ['mug'] },
      life.slice(0, 4),
      {
        inbox: [inboxRow('parked', shipped)],
      },
    );
    expect(check(evidence)).toEqual([]);
  });

  it('sees an event that was rejected and appended', () => {
    const evidence = soundEvidence({ events, stocked: ['mug'] }, life, {
      inbox: [tooLate, inboxRow('rejected', paid, 'the amount is wrong', 'amount')],
    });
    expect(promisesOf(evidence)).toEqual(['one place for each event', 'rejected for a reason']);
  });

  it('sees a rejection for a wrong reason', () => {
    const inbox = [inboxRow('rejected', cancelled, 'there is no such user', 'userId')];
    expect(promisesOf(soundEvidence({ events, stocked: ['mug'] }, life, { inbox }))).toEqual(['rejected for a reason']);
  });

  it('sees a rejection of what a later state would take', () => {
    const inbox = [tooLate, inboxRow('rejected', delivered, 'the order is paid', 'type')];
    expect(promisesOf(soundEvidence({ events, stocked: ['mug'] }, life.slice(0, -1), { inbox }))).toEqual([
      'rejected for a reason',
    ]);
  });

  it('sees an event that expired before its time', () => {
    const inbox = [inboxRow('rejected', shipped, 'it waited too long: the order is confirmed', 'type')];
    const evidence = soundEvidence(
      { events: [stock, created, confirmed, shipped], stocked: ['mug'] },
      life.slice(0, 4),
      { inbox },
    );
    expect(promisesOf(evidence)).toEqual(['rejected for a reason']);
  });

  it('sees a rejection that nobody was told of, and one that was told and is not', () => {
    expect(promisesOf({ ...sound, facts: sound.facts.filter(({ type }) => type !== 'EventRejected') })).toEqual([
      'producers are told',
    ]);
    const told = toldOf(inboxRow('rejected', paid, 'no', 'amount'));
    expect(promisesOf({ ...sound, facts: [...sound.facts, told] })).toEqual(['producers are told']);
  });
});

describe('the checker of stock', () => {
  it('sees a SKU that was oversold', () => {
    const few = busEvent('StockAdded', shelf, 'e-0', { sku: 'mug', quantity: 1 });
    const evidence = soundEvidence(
      { events: [few, ...events.slice(1)], stocked: ['mug'] },
      [byBus(few), ...life.slice(1)],
      { inbox: [tooLate] },
    );
    expect(promisesOf(evidence)).toEqual(expect.arrayContaining(['nothing oversold', 'only what is allowed']));
  });

  it('sees a confirmation that holds nothing', () => {
    const bare = soundEvidence({ events: [stock, created, confirmed], stocked: ['mug'] }, [
      byBus(stock),
      byBus(created),
      byBus(confirmed),
    ]);
    expect(promisesOf(bare)).toEqual(['a confirmation holds what is asked for']);
  });

  it('sees a step without its part of the stock, and stock without its step', () => {
    const unheld = soundEvidence({ events: [stock, created, confirmed], stocked: ['mug'] }, life.slice(0, 3));
    expect(promisesOf(unheld)).toEqual(['stock goes with the step of the order']);
    const unsaid = soundEvidence({ events: [stock, created] }, [
      byBus(stock),
      byBus(created),
      reservation('StockReserved', 2, 'e-2'),
    ]);
    expect(promisesOf(unsaid)).toEqual(['stock goes with the step of the order']);
    const wrong = soundEvidence({ events: [stock, created, confirmed], stocked: ['mug'] }, [
      ...life.slice(0, 3),
      reservation('StockReserved', 2, 'e-2', 1),
    ]);
    expect(promisesOf(wrong)).toEqual(['stock goes with the step of the order']);
  });

  it('agrees with a rejection when there was too little, and not when there was enough', () => {
    const few = busEvent('StockAdded', shelf, 'e-0', { sku: 'mug', quantity: 1 });
    const inbox = [inboxRow('rejected', confirmed, 'there is not enough stock', 'stock of mug')];
    const evidenceWith = (put: typeof few) =>
      soundEvidence({ events: [put, created, confirmed], stocked: ['mug'] }, [byBus(put), byBus(created)], { inbox });
    expect(check(evidenceWith(few))).toEqual([]);
    expect(promisesOf(evidenceWith(stock))).toEqual(['rejected for a reason']);
  });
});

describe('the checker of users', () => {
  const [ada, bob] = ['u-1', 'u-2'].map((userId) =>
    busEvent('UserCreated', `user#${userId}`, `e-${userId}`, { userId, email: 'a@example.com', name: userId }),
  ) as [typeof created, typeof created];
  const holds = (owner: string, name: string) => ({
    ...inboxRow('parked', ada),
    state: undefined as never,
    stream: name,
    entry: 'held',
    owner,
  });

  it('sees an e-mail address that two users have', () => {
    const both = soundEvidence({ events: [ada, bob] }, [byBus(ada), byBus(bob)], {
      inbox: [holds('user#u-1', 'a'), holds('user#u-2', 'b')],
    });
    expect(promisesOf(both)).toEqual(['one user for each e-mail address']);
    const rejected = inboxRow('rejected', bob, 'the address belongs to another', 'email');
    expect(
      check(soundEvidence({ events: [ada, bob] }, [byBus(ada)], { inbox: [holds('user#u-1', 'a'), rejected] })),
    ).toEqual([]);
  });

  it('sees an address that is held by nobody, or for ever', () => {
    expect(promisesOf(soundEvidence({ events: [ada] }, [byBus(ada)]))).toEqual(['one user for each e-mail address']);
    const gone = busEvent('UserDeleted', 'user#u-1', 'e-7', { userId: 'u-1' });
    const evidence = soundEvidence({ events: [ada, gone] }, [byBus(ada), byBus(gone)], {
      inbox: [holds('user#u-1', 'a')],
    });
    expect(promisesOf(evidence)).toEqual(['who is gone holds no e-mail address']);
  });
});

describe('the checker of answers', () => {
  const create = command('OrderCreated', order, '/orders', 'k-1', created.data);
  const confirm = command('OrderConfirmed', order, `/orders/o-1/confirm`, 'k-2', confirmed.data);
  const commands = [create, confirm];
  const recorded = [byCommand(create), byCommand(confirm)];
  const body = { status: 'confirmed', total: 1000, userId: 'u-1', currency: 'EUR', version: 2 };
  const answer = { command: 1, status: 200, version: 2, body };
  const told = (...answers: (typeof answer)[]) => soundEvidence({ events: [], commands }, recorded, { answers });

  it('agrees with an answer at its version, however often', () => {
    expect(check(told(answer, answer))).toEqual([]);
  });

  it('sees one at another version, or with another body', () => {
    const early = { ...answer, version: 1, body: { ...body, status: 'created', version: 1 } };
    expect(promisesOf(told(early))).toEqual(['accepted at its version']);
    expect(promisesOf(told({ ...answer, body: { ...body, total: 1 } }))).toEqual(['answers are true']);
    expect(promisesOf(told({ ...answer, version: 3 }))).toEqual(['answers are true']);
  });

  it('sees a repeat that is answered at a later version', () => {
    const pay = command('OrderPaid', order, '/orders/o-1/pay', 'k-3', paid.data);
    const late = { ...answer, version: 3, body: { ...body, status: 'paid', version: 3 } };
    const evidence = soundEvidence({ events: [], commands: [...commands, pay] }, [...recorded, byCommand(pay)], {
      answers: [answer, late],
    });
    expect(promisesOf(evidence)).toEqual(['accepted at its version']);
  });

  it('sees a command that was done and answered as refused, without a record', () => {
    const refusal = { ...answer, status: 409, body: { version: 1 } } as unknown as typeof answer;
    expect(promisesOf(told(refusal))).toEqual(
      expect.arrayContaining(['refusals are recorded', 'answers are true', 'refused for a reason']),
    );
  });

  it('sees one that was done on another version than it was asked for', () => {
    const evidence = soundEvidence({ events: [], commands: [create, { ...confirm, onVersion: 4 }] }, []);
    const rows = recordedOf([byCommand(create), byCommand(confirm)]);
    expect(promisesOf({ ...evidence, recorded: rows })).toContain('If-Match');
  });
});

describe('the checker of readers', () => {
  it('sees an event that became no fact, or a fact that is not true', () => {
    expect(promisesOf({ ...sound, facts: sound.facts.filter(({ type }) => type !== 'OrderPaid') })).toEqual([
      'every event becomes a fact',
    ]);
    const untrue = {
      type: 'OrderPaid',
      detail: { partitionkey: order, sequence: '1', originid: 'e-1', originsource: 'shop' },
    };
    expect(promisesOf({ ...sound, facts: [...sound.facts, untrue] })).toEqual(['facts are true']);
  });

  it('sees a row that is not the fold of its stream', () => {
    const behind = sound.views.map((row) => (row.pk === order ? { ...row, status: 'shipped', version: 4 } : row));
    expect(promisesOf({ ...sound, views: behind })).toEqual(['each row is the fold of its stream']);
    expect(promisesOf({ ...sound, views: sound.views.filter(({ pk }) => pk !== 'event#e-3') })).toEqual([
      'every event is in the feed',
    ]);
  });

  it('hears what the checker of the product has found', () => {
    const finding = { projection: 'order-summary', stream: order, kind: 'behind', version: 2, newest: 3 } as const;
    expect(promisesOf({ ...sound, verified: [finding] })).toEqual(['orderstream projection verify finds nothing']);
  });

  it('takes what the system tells of itself for no fact, and anything else for an untrue one', () => {
    const told = (type: string) => ({ ...sound, facts: [...sound.facts, { type, detail: { partitionkey: order } }] });
    for (const type of ['ProjectionFaulted', 'DeadLettered']) expect(promisesOf(told(type))).toEqual([]);
    expect(promisesOf(told('OrderLost'))).toEqual(['facts are true']);
  });

  it('sees dead letters', () => {
    expect(promisesOf({ ...sound, deadLetters: ['IngestDlqUrl: {}'] })).toEqual(['no dead letters']);
  });
});
