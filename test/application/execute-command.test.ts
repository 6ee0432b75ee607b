import { describe, expect, it } from '@jest/globals';
import { decodeEvent } from '../../functions/application/decode-event';
import { type Command, makeExecuteCommand } from '../../functions/application/execute-command';
import { envelope } from '../support/envelopes';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

const command = (type: string, payload: object, more: Partial<Command> = {}): Command => {
  const decoded = decodeEvent(envelope(type, payload));
  if (!decoded.ok) throw new Error(decoded.invalid.reason);
  return { event: decoded.event, ...more };
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
