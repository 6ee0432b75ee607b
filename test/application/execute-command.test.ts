import { describe, expect, it } from '@jest/globals';
import { decodeEvent } from '../../functions/application/decode-event';
import { type Command, makeExecuteCommand } from '../../functions/application/execute-command';
import { envelope } from '../support/envelopes';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

let commands = 0;
const command = (type: string, payload: object, more: Partial<Command> = {}): Command => {
  const decoded = decodeEvent(envelope(type, payload, { id: `c-${++commands}` }));
  if (!decoded.ok) throw new Error(decoded.invalid.reason);
  return { event: decoded.event, by: { principal: 'arn:aws:iam::000000000000:user/ada' }, ...more };
};
const create = command('OrderCreated', payloads.created('o-1'));
const confirm = command('OrderConfirmed', payloads.confirmed('o-1'));
const cancel = command('OrderCancelled', payloads.cancelled('o-1'));

const ports = memoryWriteSide;

describe('commands in a race', () => {
  it('are each decided behind whatever came first', async () => {
    const all = ports();
    const execute = makeExecuteCommand(all);
    await execute(create);
    const results = await Promise.all([cancel, confirm].map(execute));
    expect(results.map(({ kind }) => kind)).toEqual(['accepted', 'refused']);
    expect(all.events.appended.map(({ type }) => type)).toEqual(['OrderCreated', 'OrderCancelled']);
    expect(all.inbox.items).toMatchObject([{ state: 'refused', type: 'OrderConfirmed' }]);
  });

  it('that insist on a version are refused when somebody else was faster', async () => {
    const execute = makeExecuteCommand(ports());
    await execute(create);
    const results = await Promise.all([cancel, confirm].map((one) => execute({ ...one, onVersions: [1] })));
    expect(results).toMatchObject([{ kind: 'accepted' }, { kind: 'refused', why: 'other-version', version: 2 }]);
  });

  it('give up when others are faster each time, and nothing has happened', async () => {
    const all = ports();
    const execute = makeExecuteCommand(all);
    await execute(create);
    all.events.append = async () => {
      throw Object.assign(new Error('lost'), { code: 'append-conflict', streams: ['order#o-1'] });
    };
    expect(await execute(confirm)).toEqual({ kind: 'busy' });
    expect(all.inbox.items).toEqual([]);
  });
});

describe('a command that is repeated', () => {
  const stocked = command('StockAdded', { sku: 'mug', quantity: 3 });

  it('gets its first answer, with what was reserved for it, also when stock is gone since', async () => {
    const all = memoryWriteSide();
    const execute = makeExecuteCommand(all);
    for (const one of [stocked, create]) await execute(one);
    expect(await execute(confirm)).toMatchObject({ kind: 'accepted', repeated: false, history: { version: 2 } });
    const again = await execute(confirm);
    expect(again).toMatchObject({ kind: 'accepted', repeated: true, history: { version: 2 } });
    expect(all.events.appended.at(-2)?.data).toEqual({ orderId: 'o-1', reservations: [{ sku: 'mug', quantity: 2 }] });
  });

  it('is not the same for a field of its own that is called forgotten', async () => {
    const execute = makeExecuteCommand(memoryWriteSide());
    const odd = command('OrderCreated', { ...payloads.created('o-1'), forgotten: true });
    await execute(odd);
    const other = { ...odd.event, event: { ...odd.event.event, data: payloads.created('o-1', 'u-2') } };
    expect(await execute({ ...odd, event: other as Command['event'] })).toMatchObject({ why: 'key-reused' });
    expect(await execute(odd)).toMatchObject({ kind: 'accepted', repeated: true });
  });

  it('is found and answered at its own version when a snapshot hides it', async () => {
    const all = memoryWriteSide();
    const execute = makeExecuteCommand(all);
    const additions = Array.from({ length: 45 }, () => command('StockAdded', { sku: 'mug', quantity: 1 }));
    for (const one of additions) await execute(one);
    expect((await all.events.load('inventory#mug')).events[0]?.version).toBe(40);
    for (const n of [0, 19, 20, 39, 44])
      expect(await execute(additions[n]!)).toMatchObject({
        kind: 'accepted',
        repeated: true,
        history: { version: n + 1, events: expect.arrayContaining([expect.objectContaining({ version: n + 1 })]) },
      });
    expect(all.events.appended).toHaveLength(45);
  });
});

describe('a command that stock does not allow', () => {
  it('is refused by name, for all SKUs that there is too little of, and nothing is held', async () => {
    const all = memoryWriteSide();
    const execute = makeExecuteCommand(all);
    await execute(command('StockAdded', { sku: 'mug', quantity: 1 }));
    await execute(create);
    expect(await execute(confirm)).toEqual({
      kind: 'refused',
      why: 'insufficient-stock',
      version: 1,
      reason: 'there is not enough stock: mug: 2 asked, 1 available',
      problems: [{ field: 'stock of mug', value: 2, expected: 'at most 1' }],
    });
    expect(all.inbox.items).toMatchObject([{ state: 'refused', type: 'OrderConfirmed' }]);
    await execute(command('StockAdded', { sku: 'mug', quantity: 1 }));
    expect(await execute(confirm)).toMatchObject({ kind: 'accepted', repeated: false });
  });
});
