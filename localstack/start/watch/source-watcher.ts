import { type FSWatcher, readdirSync, statSync, watch } from 'node:fs';
import { join } from 'node:path';

export type Change = {
  /** What was written, made, renamed or removed: paths below the root with `/`. */
  readonly paths: ReadonlySet<string>;
  /** When the first of it happened, by `performance.now()`. */
  readonly savedAt: number;
};

/**
 * How long it has to be quiet, in milliseconds: a save is several events (truncated, written, renamed), and a build
 * between them would read half a file.
 */
const SETTLED_MS = 20;

/**
 * Watches files and directories of a project, and tells what has changed once it is quiet. One watcher for each
 * directory, not for each file: an editor that writes a new file and renames it over the old one leaves a file's watcher
 * with the old one. New directories are watched from the event that shows them on.
 */
export class SourceWatcher {
  readonly #root: string;
  readonly #names: readonly string[];
  readonly #onChange: (change: Change) => void;
  /** By the directory's path below the root; the root itself is the empty path. */
  readonly #watchers = new Map<string, FSWatcher>();
  #paths = new Set<string>();
  #savedAt = 0;
  #timer: NodeJS.Timeout | undefined;

  /** `names`: files and directories directly in `root`; they need not be there yet. */
  constructor(root: string, names: readonly string[], onChange: (change: Change) => void) {
    this.#root = root;
    this.#names = names;
    this.#onChange = onChange;
    this.#watch('');
  }

  close(): void {
    clearTimeout(this.#timer);
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
    // A directory may be new, or another one under an old name: the old one's watcher has died with it.
    if (event === 'rename') {
      if (isDirectory(join(this.#root, path))) this.#watch(path);
      else this.#forget(path);
    }
    if (this.#paths.size === 0) this.#savedAt = performance.now();
    this.#paths.add(path);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#tell(), SETTLED_MS);
  }

  #tell(): void {
    const paths = this.#paths;
    this.#paths = new Set();
    this.#onChange({ paths, savedAt: this.#savedAt });
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
