import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { afterPrefix, integerKey, joinKey, textKey } from '../../../localstack/cloud/core/key';
import { Records } from '../../../localstack/cloud/core/records';
import { Store } from '../../../localstack/cloud/core/store';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'store-test-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const open = () => new Store({ dir, sync: false });

describe('the store', () => {
  it('shows a write to every reader at once, before it is on disk', async () => {
    const store = open();
    const space = store.space('a');
    space.put('k', 'v');
    expect(space.get('k')).toBe('v');
    expect([...space.range({})]).toEqual([['k', 'v']]);
    await store.close();
  });

  it('keeps what was durable when it is opened again', async () => {
    const store = open();
    store.space('a').put('k', 'v');
    store.space('b').put('k', 'other');
    await store.close();
    const again = open();
    expect(again.space('a').get('k')).toBe('v');
    expect(again.space('b').get('k')).toBe('other');
    await again.close();
  });

  it('does not call a write durable while the batch that carries it is on its way', async () => {
    const store = open();
    const space = store.space('a');
    const order: string[] = [];
    space.put('k', 'first');
    const first = store.durable().then(() => order.push('first'));
    // Overwrites the only key of the batch on its way.
    space.put('k', 'second');
    const second = store.durable().then(() => order.push('second'));
    await Promise.all([first, second]);
    expect(order).toEqual(['first', 'second']);
    await store.close();
    const again = open();
    expect(again.space('a').get('k')).toBe('second');
    await again.close();
  });

  it('lets concurrent writers share a commit', async () => {
    const store = open();
    const space = store.space('a');
    await Promise.all(
      Array.from({ length: 1_000 }, async (_, n) => {
        space.put(integerKey(n), String(n));
        await store.durable();
      }),
    );
    expect([...space.range({})]).toHaveLength(1_000);
    await store.close();
  });

  it('is a sorted map, whatever mixture of pending and stored entries a range crosses', async () => {
    const key = fc.integer({ min: 0, max: 15 }).map((n) => integerKey(n));
    const step = fc.oneof(
      fc.record({ op: fc.constant('put' as const), key, value: fc.string() }),
      fc.record({ op: fc.constant('remove' as const), key }),
      fc.record({ op: fc.constant('durable' as const) }),
      fc.record({
        op: fc.constant('range' as const),
        start: fc.option(key, { nil: undefined }),
        end: fc.option(key, { nil: undefined }),
        reverse: fc.boolean(),
        limit: fc.option(fc.integer({ min: 0, max: 6 }), { nil: undefined }),
      }),
    );
    let run = 0;
    const store = open();
    // Neighbours on both sides: a range must not leave its space.
    store.space('run').put('\xff', 'outside');
    store.space('zzz').put('\x00', 'outside');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const space = store.space(`run${integerKey(run++)}`);
        const model = new Map<string, string>();
        for (const s of steps) {
          if (s.op === 'put') {
            space.put(s.key, s.value);
            model.set(s.key, s.value);
          } else if (s.op === 'remove') {
            space.remove(s.key);
            model.delete(s.key);
          } else if (s.op === 'durable') await store.durable();
          else {
            const range = {
              ...(s.start === undefined ? {} : { start: s.start }),
              ...(s.end === undefined ? {} : { end: s.end }),
              ...(s.limit === undefined ? {} : { limit: s.limit }),
              reverse: s.reverse,
            };
            const wanted = [...model]
              .filter(([k]) => (s.start === undefined || k >= s.start) && (s.end === undefined || k < s.end))
              .sort(([a], [b]) => (a < b !== s.reverse ? -1 : 1))
              .slice(0, s.limit);
            expect([...space.range(range)]).toEqual(wanted);
          }
        }
        for (const [k, v] of model) expect(space.get(k)).toBe(v);
      }),
      { numRuns: 200 },
    );
    await store.close();
  });
});

describe('store keys', () => {
  it('sort as their parts do', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), fc.nat(), fc.nat(), (a, b, m, n) => {
        const order = Buffer.compare(Buffer.from(a, 'utf8'), Buffer.from(b, 'utf8')) || m - n;
        const left = joinKey(a, m);
        const right = joinKey(b, n);
        expect(Math.sign(left < right ? -1 : left > right ? 1 : 0)).toBe(Math.sign(order));
      }),
    );
  });

  it('keep a prefix apart from longer texts that begin with it', () => {
    const prefix = textKey('order');
    expect(joinKey('order', 'z') < afterPrefix(prefix)).toBe(true);
    expect(joinKey('orders', 'a') >= prefix && joinKey('orders', 'a') < afterPrefix(prefix)).toBe(false);
  });
});

describe('records', () => {
  it('are there again after a restart, in the order of their names', async () => {
    const store = open();
    const records = new Records<{ n: number }>(store.space('records'));
    records.set('β', { n: 2 });
    records.set('a', { n: 1 });
    records.set('c', { n: 3 });
    records.delete('c');
    await store.close();
    const again = open();
    expect(new Records<{ n: number }>(again.space('records')).entries()).toEqual([
      ['a', { n: 1 }],
      ['β', { n: 2 }],
    ]);
    await again.close();
  });
});
