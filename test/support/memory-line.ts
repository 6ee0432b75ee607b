import type { Line, Turn } from '../../functions/application/ports';

/** Lines in memory. Nobody is passed over unless `bury` says so. */
export class MemoryLine implements Line {
  /** Resolves when everybody who has entered so far has had a turn. */
  private readonly lastTurns = new Map<string, Promise<void>>();

  async enter(names: readonly string[]): Promise<Turn> {
    const leave: (() => void)[] = [];
    for (const name of [...new Set(names)].sort()) {
      const before = this.lastTurns.get(name) ?? Promise.resolve();
      const left = new Promise<void>((resolve) => leave.push(resolve));
      this.lastTurns.set(
        name,
        before.then(() => left),
      );
      await before;
    }
    return {
      leave: async () => {
        for (const one of leave) one();
      },
    };
  }

  /** Everybody in this line is dead: who comes next does not wait for them. */
  bury(name: string): void {
    this.lastTurns.delete(name);
  }
}
