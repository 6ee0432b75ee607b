import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

/**
 * How long it has to be quiet, in milliseconds: a save is several events (truncated, written, renamed), and a build
 * between them would read half a file.
 */
const SETTLED_MS = 20;

/**
 * Watches files and directories of a project, and tells what is written, made, renamed or removed. One watcher for each
 * directory, not for each file: an editor that writes a new file and renames it over the old one leaves a file's watcher
 * with the old one. New directories are watched from the event that shows them on.
 */
export class SourceWatcher {
  readonly #root: string;
  readonly #names: readonly string[];
  readonly #onChange: (path: string) => void;
  /** By the directory's path below the root; the root itself is the empty path. */
  readonly #watchers = new Map<string, FSWatcher>();
  #timer: NodeJS.Timeout | undefined;
  #waiting: (() => void)[] = [];

  /**
   * `names`: files and directories directly in `root`; they need not be there yet. `onChange` gets the path below the
   * root, with `/`.
   */
  constructor(root: string, names: readonly string[], onChange: (path: string) => void) {
    this.#root = root;
    this.#names = names;
    this.#onChange = onChange;
    this.#watch('');
  }

  /** Resolves when nothing has changed for a moment, from now on: what was being written is whole then. */
  quiet(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#wait();
    });
  }

  close(): void {
    this.#settle();
    for (const watcher of this.#watchers.values()) watcher.close();
    this.#watchers.clear();
  }

  #watch(directory: string): void {
    this.#forget(directory);
    let children: string[];
    try {
      // First the watcher, then the look: what is made in between is seen twice rather than never.
      const watcher = watch(join(this.#root, directory), (event, name) => this.#seen(directory, event, name));
      watcher.on('error', () => this.#forget(directory));
      this.#watchers.set(directory, watcher);
      children = readdirSync(join(this.#root, directory), { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name);
    } catch (error) {
      this.#forget(directory);
      if (isGone(error)) return;
      throw error;
    }
    for (const name of children) if (this.#concerns(directory, name)) this.#watch(below(directory, name));
  }

  /** Ends the watchers of a directory and of all below it. */
  #forget(directory: string): void {
    for (const [path, watcher] of this.#watchers) {
      if (path !== directory && !path.startsWith(`${directory}/`)) continue;
      watcher.close();
      this.#watchers.delete(path);
    }
  }

  #seen(directory: string, event: string, name: string | null): void {
    if (name === null || !this.#concerns(directory, name)) return;
    const path = below(directory, name);
    // A directory may be new, or another one under an old name: the old one's watcher has died with it. What was written
    // in it before it is watched stands behind the change of the directory itself, which is told below.
    if (event === 'rename') {
      if (isDirectory(join(this.#root, path))) this.#watch(path);
      else this.#forget(path);
    }
    if (this.#waiting.length > 0) this.#wait();
    this.#onChange(path);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#settle(), SETTLED_MS);
  }

  #settle(): void {
    clearTimeout(this.#timer);
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #concerns(directory: string, name: string): boolean {
    return directory === '' ? this.#names.includes(name) : !isEditorsOwn(name);
  }
}

const below = (directory: string, name: string) => (directory === '' ? name : `${directory}/${name}`);

/** Swap files, backups and probes (vim's `4913`) that editors put beside what they edit. */
const isEditorsOwn = (name: string) => /^\.|~$|^\d+$|^#.*#$|\.(swp|swx|tmp|bak)$/.test(name);

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

const isGone = (error: unknown) => ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
