import { createHash } from 'node:crypto';
import { zipFiles } from '../../deploy/zip-directory';

/** What a build makes of one function. */
export type BuiltFunction = {
  readonly name: string;
  readonly files: Readonly<Record<string, Uint8Array>>;
  /** The sources in it, as paths below the root. */
  readonly inputs: readonly string[];
};

/** Something that is built again and again. `rebuild` rejects with `BuildFailed`. */
export interface Rebuilt<Result> {
  rebuild(): Promise<Result>;
  dispose(): Promise<void>;
}

/** How the project makes bundles of its sources. */
export interface Bundler {
  /** The functions that there are now. */
  functionNames(): readonly string[];
  functions(names: readonly string[]): Promise<Rebuilt<readonly BuiltFunction[]>>;
}

/** A function's package: ready to be handed to Lambda, and the checksum by which Lambda knows it. */
export type Package = { readonly zip: Buffer; readonly codeSha256: string };

type Bundle = { readonly inputs: ReadonlySet<string>; readonly package: Package };

/** Files that change what other files mean. */
const SETTINGS = /^functions\/(.*\/)?(tsconfig|package)\.json$/;

/** How many groups of functions stay prepared to be built again: each costs esbuild some 100 MB. */
const PREPARED = 2;

/** The bundles of all functions, kept up to date by building those that a change concerns. */
export class Bundles {
  readonly #bundler: Bundler;
  readonly #bundles = new Map<string, Bundle>();
  /** Functions whose bundle is older than their sources; they stay here until a build succeeds. */
  readonly #stale = new Set<string>();
  /** By the names of the functions in it, the one used last at the end. */
  readonly #prepared = new Map<string, Rebuilt<readonly BuiltFunction[]>>();

  constructor(bundler: Bundler) {
    this.#bundler = bundler;
  }

  /** Every function's package, by name. */
  get packages(): ReadonlyMap<string, Package> {
    return new Map([...this.#bundles].map(([name, bundle]) => [name, bundle.package]));
  }

  /**
   * Builds what `changed` concerns, and what an earlier failure has left undone; everything the first time. Rejects
   * with `BuildFailed`; the bundles then stay as they were.
   */
  async update(changed: ReadonlySet<string>): Promise<void> {
    for (const path of changed) for (const name of this.#concerned(path)) this.#stale.add(name);
    const names = this.#bundler.functionNames();
    for (const gone of [...this.#bundles.keys(), ...this.#stale].filter((name) => !names.includes(name))) {
      this.#bundles.delete(gone);
      this.#stale.delete(gone);
    }
    for (const name of names) if (!this.#bundles.has(name)) this.#stale.add(name);
    if (this.#stale.size === 0) return;
    const group = await this.#prepare([...this.#stale].sort());
    for (const { name, files, inputs } of await group.rebuild()) {
      this.#bundles.set(name, { inputs: new Set(inputs), package: packageOf(files) });
    }
    this.#stale.clear();
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.#prepared.values()].map((group) => group.dispose()));
  }

  /** The functions that a change of a file or of a directory may give other bytes. */
  #concerned(path: string): readonly string[] {
    const names = [...this.#bundles.keys()];
    return SETTINGS.test(path) ? names : names.filter((name) => concerns(path, this.#bundles.get(name)!.inputs));
  }

  async #prepare(names: readonly string[]): Promise<Rebuilt<readonly BuiltFunction[]>> {
    const key = names.join();
    const group = this.#prepared.get(key) ?? (await this.#bundler.functions(names));
    this.#prepared.delete(key);
    this.#prepared.set(key, group);
    for (const [oldest, { dispose }] of this.#prepared) {
      if (this.#prepared.size <= PREPARED) break;
      this.#prepared.delete(oldest);
      await dispose();
    }
    return group;
  }
}

/** A file that nobody has may take the place of one that somebody has: `a.ts` that of `a/index.ts` or `a.js`. */
function concerns(path: string, inputs: ReadonlySet<string>): boolean {
  if (inputs.has(path)) return true;
  const module = moduleOf(path);
  return [...inputs].some((input) => input.startsWith(`${path}/`) || moduleOf(input) === module);
}

/** By which an import names a file. */
const moduleOf = (path: string) => path.replace(/(\/index)?(\.\w+)?$/, '');

/** Packs the files of a function. */
export function packageOf(files: Readonly<Record<string, Uint8Array>>): Package {
  const zip = zipFiles(files);
  return { zip, codeSha256: createHash('sha256').update(zip).digest('base64') };
}
