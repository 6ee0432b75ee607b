import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Keeps a second cloud out of a state directory. A lock whose process is gone (kill -9) is taken over. */
export class DirLock {
  readonly #file: string;

  constructor(dir: string) {
    mkdirSync(dir, { recursive: true });
    this.#file = join(dir, 'lock');
    const owner = this.#owner();
    if (owner !== undefined && owner !== process.pid && isAlive(owner)) {
      throw new Error(
        `${dir} is in use by another local cloud (process ${owner}). Stop it, or choose another: --dir <dir>`,
      );
    }
    writeFileSync(this.#file, `${process.pid}\n`);
  }

  release(): void {
    rmSync(this.#file, { force: true });
  }

  #owner(): number | undefined {
    try {
      return Number.parseInt(readFileSync(this.#file, 'utf8'), 10) || undefined;
    } catch {
      return undefined;
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
