import {
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { uuid } from './core/ids';
import type { Store } from './core/store';
import type { Snapshot } from './edge/admin/controls';

/** What stands in `<name>.json`: it makes the files in directory `id` a snapshot. */
type Pointer = Snapshot & { readonly id: string };

/**
 * Copies of the state directory, below `<dir>/snapshots`. A snapshot is written aside and becomes one by renaming a
 * single small file, so that a crash leaves the one before or the new one. Files that never change are linked, not copied.
 */
export class Snapshots {
  readonly #dir: string;
  readonly #home: string;
  readonly #store: Store;

  constructor(dir: string, store: Store) {
    this.#dir = dir;
    this.#home = join(dir, 'snapshots');
    this.#store = store;
    this.#sweep();
  }

  /** By name. */
  list(): Snapshot[] {
    if (!existsSync(this.#home)) return [];
    return readdirSync(this.#home)
      .filter((file) => file.endsWith('.json'))
      .sort()
      .map((file) => shown(this.#read(file.slice(0, -'.json'.length))!));
  }

  /** Keeps the state as it is now; replaces an older snapshot of that name. `files`: directories below the state's. */
  async take(snapshot: Snapshot, files: readonly string[]): Promise<void> {
    const before = this.#read(snapshot.name);
    const id = uuid();
    const aside = join(this.#home, id);
    mkdirSync(aside, { recursive: true });
    // Twice: a file that is gone when the copy is made was there before it, one that is new is there after it.
    this.#link(this.#dir, aside, files);
    await this.#store.copyTo(join(aside, 'store.mdb'));
    this.#link(this.#dir, aside, files);
    sync(join(aside, 'store.mdb'));
    const pointer = this.#pointer(snapshot.name);
    writeFileSync(`${pointer}.new`, JSON.stringify({ ...snapshot, id } satisfies Pointer));
    sync(`${pointer}.new`);
    renameSync(`${pointer}.new`, pointer);
    sync(this.#home);
    if (before) rmSync(join(this.#home, before.id), { recursive: true, force: true });
  }

  /** Makes the state that of a snapshot; undefined when there is none of that name. Every service must have stopped. */
  async restore(name: string, files: readonly string[]): Promise<Snapshot | undefined> {
    const pointer = this.#read(name);
    if (!pointer) return undefined;
    const home = join(this.#home, pointer.id);
    // Files come first: one that nothing refers to does no harm, and is swept away at the next start.
    this.#link(home, this.#dir, files);
    await this.#store.replaceWith(join(home, 'store.mdb'));
    return shown(pointer);
  }

  /** False when there is none of that name. */
  remove(name: string): boolean {
    const pointer = this.#read(name);
    if (!pointer) return false;
    rmSync(this.#pointer(name));
    rmSync(join(this.#home, pointer.id), { recursive: true, force: true });
    return true;
  }

  #pointer(name: string): string {
    return join(this.#home, `${name}.json`);
  }

  #read(name: string): Pointer | undefined {
    const file = this.#pointer(name);
    return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Pointer) : undefined;
  }

  #link(from: string, to: string, files: readonly string[]): void {
    for (const folder of files) linkAll(join(from, folder), join(to, folder));
  }

  /** Removes what a crash left behind. */
  #sweep(): void {
    if (!existsSync(this.#home)) return;
    const known = new Set(this.list().map(({ name }) => this.#read(name)!.id));
    for (const file of readdirSync(this.#home)) {
      if (!file.endsWith('.json') && !known.has(file)) rmSync(join(this.#home, file), { recursive: true, force: true });
    }
  }
}

const shown = ({ name, takenAt, ahead }: Pointer): Snapshot => ({ name, takenAt, ahead });

/** Every file below `from` that is not below `to` yet. */
function linkAll(from: string, to: string): void {
  if (!existsSync(from)) return;
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) linkAll(source, target);
    else if (!existsSync(target)) link(source, target);
  }
}

function link(source: string, target: string): void {
  try {
    linkSync(source, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Removed a moment ago: then nothing refers to it any more.
    if (code === 'ENOENT') return;
    if (code !== 'EPERM' && code !== 'EXDEV' && code !== 'EMLINK' && code !== 'ENOTSUP') throw error;
    copyFileSync(source, target);
  }
}

function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
