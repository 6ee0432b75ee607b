import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { derivedId } from '../../functions/adapters/derived-id';
import { makeExecuteCommand } from '../../functions/application/execute-command';
import { commandApp } from '../../functions/handlers/command/app';
import { MemoryTelemetry } from '../support/memory-telemetry';
import { memoryWriteSide } from '../support/memory-write-side';
import { payloads } from '../support/orders';

/** An API whose every read and write waits until the scheduler lets it pass: any interleaving of requests can happen. */
function scheduledApi(scheduler: fc.Scheduler) {
  const side = memoryWriteSide();
  const { events, inbox, effects } = side;
  const [load, append, put] = [events.load.bind(events), events.append.bind(events), inbox.put.bind(inbox)];
  const execute = makeExecuteCommand({ ...side });
  const bus = { put: () => Promise.reject(new Error('no event is expected')) };
  const app = commandApp({ execute, bus, telemetry: new MemoryTelemetry(), effects, derivedId });
  return {
    side,
    interleave() {
      events.load = async (stream) => {
        await scheduler.schedule(Promise.resolve(), 'load');
        return load(stream);
      };
      events.append = async (writes, claims) => {
        await scheduler.schedule(Promise.resolve(), 'append');
        return append(writes, claims);
      };
      inbox.put = async (item) => {
        await scheduler.schedule(Promise.resolve(), 'put');
        return put(item);
      };
    },
    async post(path: string, body: object, key: string) {
      const headers = { 'content-type': 'application/json', 'Idempotency-Key': key };
      const answer = await app.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
      const { status } = answer;
      return {
        status,
        etag: answer.headers.get('etag'),
        at: answer.headers.get('location'),
        body: await answer.json(),
      };
    },
  };
}

type Api = ReturnType<typeof scheduledApi>;

const { orderId: _, ...order } = payloads.created('x');
const create = (orderId: string) => (api: Api) => api.post('/orders', { orderId, ...order }, `create-${orderId}`);
const confirm = (orderId: string) => (api: Api) => api.post(`/orders/${orderId}/confirm`, {}, `confirm-${orderId}`);
const cancel = (api: Api) => api.post('/orders/a/cancel', { reason: 'r' }, 'cancel-a');
const stock = (quantity: number) => (api: Api) => api.post('/inventory/mug/stock', { quantity }, `stock-${quantity}`);

describe('commands that are repeated while others are decided', () => {
  it('have one effect each, and one answer', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.integer({ min: 1, max: 5 }),
        fc.array(fc.constantFrom('a', 'b'), { minLength: 2, maxLength: 6 }),
        async (scheduler, pieces, repeats) => {
          const api = scheduledApi(scheduler);
          for (const prepare of [create('a'), create('b'), stock(pieces)]) await prepare(api);
          api.interleave();
          const answers = repeats.map((orderId) => confirm(orderId)(api));
          await scheduler.waitFor(Promise.all(answers));
          const byOrder = new Map<string, Set<string>>();
          for (const [index, orderId] of repeats.entries()) {
            const seen = byOrder.get(orderId) ?? new Set();
            byOrder.set(orderId, seen.add(JSON.stringify(await answers[index])));
          }
          const given = [...byOrder.values()].flatMap((seen) => [...seen]);
          // No stock is added and nothing cancelled meanwhile, so what is refused once is refused always.
          expect(given).toHaveLength(byOrder.size);
          const accepted = given.filter((answer) => JSON.parse(answer).status === 200).length;
          expect(accepted).toBe(Math.min(Math.floor(pieces / 2), byOrder.size));
          const types = api.side.events.appended.map(({ type }) => type);
          expect(types.filter((type) => type === 'OrderConfirmed')).toHaveLength(accepted);
          expect(types.filter((type) => type === 'StockReserved')).toHaveLength(accepted);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('are answered at their own version whatever comes between', async () => {
    const steps = { create: create('a'), confirm: confirm('a'), cancel, stock: stock(9) };
    await fc.assert(
      fc.asyncProperty(
        fc.scheduler(),
        fc.array(fc.constantFrom('create', 'confirm', 'cancel', 'stock'), { minLength: 2, maxLength: 8 }),
        async (scheduler, names) => {
          const api = scheduledApi(scheduler);
          api.interleave();
          const answers = names.map((name) => steps[name](api));
          await scheduler.waitFor(Promise.all(answers));
          // Now that all is settled, each accepted command comes once more.
          const again = Promise.all(names.map((name) => steps[name](api)));
          await scheduler.waitFor(again);
          for (const [index, repeated] of (await again).entries()) {
            const first = await answers[index];
            if (first && first.status < 300) expect(repeated).toEqual(first);
          }
          const ids = api.side.events.appended.map(({ stream, id, source }) => `${stream} ${source} ${id}`);
          expect(new Set(ids).size).toBe(ids.length);
        },
      ),
      { numRuns: 200 },
    );
  });
});
