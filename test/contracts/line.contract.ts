import { describe, expect, it } from '@jest/globals';
import type { Line, Turn } from '../../functions/application/ports';

/** Somebody with a process of its own. */
export type Somebody = {
  readonly line: Line;
  /** Resolves when it has a place in a line and has begun to wait. */
  readonly waits: Promise<void>;
};

export type LineWorld = {
  readonly somebody: () => Somebody;
  /** Somebody who dies as soon as it waits. */
  readonly mortal: () => Somebody;
  /** Somebody for whom a dead holder's time is over at once. */
  readonly hurried: () => Somebody;
};

/** What every Line keeps to. The names are new in each test. */
export function lineContract(name: string, world: () => LineWorld): void {
  let names = 0;
  const run = Math.random().toString(36).slice(2);
  const newName = () => `inventory#${run}-${++names}`;
  const enter = (...streams: string[]): Promise<Turn> => world().somebody().line.enter(streams);

  /** Enters, and resolves when it has its place: its turn, when that comes, is in the answer. */
  async function getInLine(somebody: Somebody, ...streams: string[]): Promise<{ turn: Promise<Turn> }> {
    const turn = somebody.line.enter(streams);
    await Promise.race([turn, somebody.waits]);
    return { turn };
  }

  describe(`${name} as a Line`, () => {
    it('lets in at once who finds nobody there, again and again', async () => {
      const stream = newName();
      const waited: string[] = [];
      for (let n = 0; n < 3; n++) {
        const { line, waits } = world().somebody();
        void waits.then(() => waited.push(`the one at ${n}`));
        const turn = await line.enter([stream]);
        await turn.leave();
      }
      expect(waited).toEqual([]);
    });

    it('serves in the order of arrival', async () => {
      const stream = newName();
      const first = await enter(stream);
      const served: string[] = [];
      const turns: Promise<void>[] = [];
      for (const who of ['second', 'third', 'fourth', 'fifth']) {
        const { turn } = await getInLine(world().somebody(), stream);
        turns.push(
          turn.then(async ({ leave }) => {
            served.push(who);
            await leave();
          }),
        );
      }
      expect(served).toEqual([]);
      await first.leave();
      await Promise.all(turns);
      expect(served).toEqual(['second', 'third', 'fourth', 'fifth']);
    });

    it('lets a hundred at once in one by one, each of them', async () => {
      const stream = newName();
      let inside = 0;
      let most = 0;
      const visit = async (): Promise<void> => {
        const turn = await enter(stream);
        most = Math.max(most, ++inside);
        await new Promise(setImmediate);
        inside--;
        await turn.leave();
      };
      await Promise.all(Array.from({ length: 100 }, visit));
      expect({ inside, most }).toEqual({ inside: 0, most: 1 });
    }, 20_000);

    it('keeps lines apart', async () => {
      await enter(newName());
      await expect(enter(newName())).resolves.toBeDefined();
    });

    it('gives a turn at several names to one at a time, in whatever order they are named', async () => {
      const [a, b, c] = [newName(), newName(), newName()] as const;
      const orders = [
        [a, b],
        [b, a],
        [c, b, a],
        [b, b],
        [a, c],
      ];
      const inside = new Set<string>();
      const met: string[] = [];
      const visit = async (streams: readonly string[]) => {
        const turn = await enter(...streams);
        const own = new Set(streams);
        for (const stream of own) {
          if (inside.has(stream)) met.push(stream);
          inside.add(stream);
        }
        await new Promise(setImmediate);
        for (const stream of own) inside.delete(stream);
        await turn.leave();
      };
      await Promise.all([...orders, ...orders, ...orders].map(visit));
      expect(met).toEqual([]);
    }, 20_000);

    it('passes over a holder that died', async () => {
      const stream = newName();
      await enter(stream);
      const turn = await world().hurried().line.enter([stream]);
      await turn.leave();
      const after = await enter(stream);
      await after.leave();
    });

    it('passes over one that died while it waited', async () => {
      const stream = newName();
      const first = await enter(stream);
      // Its turn will come, and nobody will take it.
      await getInLine(world().mortal(), stream);
      await first.leave();
      const turn = await world().hurried().line.enter([stream]);
      await turn.leave();
    });

    it('lets in only one when somebody leaves twice', async () => {
      const stream = newName();
      const first = await enter(stream);
      const second = await getInLine(world().somebody(), stream);
      await first.leave();
      const { leave } = await second.turn;
      const seen: string[] = [];
      const third = await getInLine(world().somebody(), stream);
      const thirdIn = third.turn.then(() => seen.push('the third comes'));
      await first.leave();
      await new Promise(setImmediate);
      seen.push('the second leaves');
      await leave();
      await thirdIn;
      expect(seen).toEqual(['the second leaves', 'the third comes']);
    });
  });
}
