import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { uuid } from '../../core/ids';

/** The directory of the blobs, below the cloud's. */
export const BLOBS = 's3';

/**
 * The bytes of objects, one file each, named by an id that is never used again. A file is complete before its id is
 * known to anybody: it is written aside, then renamed.
 */
export class Blobs {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = join(dir, BLOBS);
  }

  write(bytes: Buffer): string {
    const id = uuid();
    const path = this.#path(id);
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(`${path}.new`, bytes);
    renameSync(`${path}.new`, path);
    return id;
  }

  read(id: string): Buffer {
    return readFileSync(this.#path(id));
  }

  remove(id: string): void {
    rmSync(this.#path(id), { force: true });
  }

  /** Removes what a crash left behind: files that nothing refers to. */
  sweep(used: ReadonlySet<string>): void {
    if (!existsSync(this.#dir)) return;
    for (const folder of readdirSync(this.#dir)) {
      for (const file of readdirSync(join(this.#dir, folder))) {
        if (!used.has(file)) rmSync(join(this.#dir, folder, file), { force: true });
      }
    }
  }

  #path(id: string): string {
    return join(this.#dir, id.slice(0, 2), id);
  }
}
