import { describe, expect, it } from '@jest/globals';
import type { PartProgress, RebuildProgress } from '../../functions/application/rebuild/ports';

/** What every store of notes of a rebuild keeps to. `store` is asked for in each test; projections are new in each. */
export function rebuildProgressContract(name: string, store: () => RebuildProgress): void {
  let ids = 0;
  const run = Math.random().toString(36).slice(2);
  const newName = () => `${run}-${++ids}`;
  const part = (projection: string, segment: number, more: Partial<PartProgress> = {}): PartProgress => ({
    ...{ projection, generation: 2, task: 'build', segment, of: 12, step: 0, done: false },
    ...{ about: 100, read: 0, taken: 0, rows: 0, faulted: 0 },
    ...more,
  });
  const byPlace = (parts: readonly PartProgress[]) =>
    parts.map(({ generation, task, segment }) => `${generation} ${task} ${segment}`).sort();

  describe(`${name} as a store of what workers note`, () => {
    it('gives back parts as they were written, and begins none a second time', async () => {
      const projection = newName();
      const first = part(projection, 0, { from: 'a', startedAt: '2026-01-01T00:00:00.000Z' });
      await store().begin([first, part(projection, 11)]);
      await store().begin([part(projection, 0, { about: 7 }), part(projection, 1)]);
      expect(await store().get(first)).toEqual(first);
      expect(byPlace(await store().list({ projection }))).toEqual(['2 build 0', '2 build 1', '2 build 11']);
      expect(await store().get(part(projection, 5))).toBeUndefined();
    });

    it('lists a generation, or all of a projection, and nothing of others', async () => {
      const projection = newName();
      const [other, removal] = [part(projection, 0, { generation: 20 }), part(projection, 0, { task: 'remove' })];
      await store().begin([part(projection, 0), other, removal, part(`${projection}-other`, 0)]);
      expect(byPlace(await store().list({ projection, generation: 2 }))).toEqual(['2 build 0', '2 remove 0']);
      expect(byPlace(await store().list({ projection }))).toEqual(['2 build 0', '2 remove 0', '20 build 0']);
      expect(await store().list({ projection: newName() })).toEqual([]);
    });

    it('takes a step only behind the one that was read, and none of a part that is gone', async () => {
      const before = part(newName(), 0);
      await store().begin([before]);
      const next = { ...before, step: 1, from: 'b', read: 9 };
      expect(await store().advance(next, before)).toBe(true);
      expect(await store().advance({ ...next, read: 8 }, before)).toBe(false);
      const { from, ...rest } = next;
      const last = { ...rest, step: 2, done: true };
      expect(await store().advance(last, next)).toBe(true);
      expect(await store().get(before)).toEqual(last);
      await store().remove([before]);
      expect(await store().get(before)).toBeUndefined();
      expect(await store().advance({ ...last, step: 3 }, last)).toBe(false);
    });

    it('removes many parts at once', async () => {
      const projection = newName();
      const parts = Array.from({ length: 60 }, (_, segment) => part(projection, segment));
      await store().begin(parts);
      await store().remove(parts.slice(1));
      expect(byPlace(await store().list({ projection }))).toEqual(['2 build 0']);
    });
  });
}
