import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { linkRuntimePackages } from './runtime-packages';

/**
 * The bundled worker, copied beside the functions' code when it is first needed: a build that writes the bundle anew
 * while the cloud runs must not give half a file to an environment. With it comes what else AWS's runtimes bring along.
 */
export class WorkerFile {
  readonly #source: string | undefined;
  readonly #copy: string;
  #ready = false;

  /** `source`: `dist/localstack/worker.mjs` of this package unless given. `dir`: where the cloud keeps its files. */
  constructor(dir: string, source: string | undefined) {
    this.#source = source;
    this.#copy = join(dir, 'lambda', 'worker.mjs');
  }

  get path(): string {
    if (!this.#ready) {
      const source = this.#source ?? builtWorker();
      if (!existsSync(source)) throw new Error(`There is no ${source}. 'npm run build' makes it.`);
      mkdirSync(dirname(this.#copy), { recursive: true });
      copyFileSync(source, this.#copy);
      linkRuntimePackages(dirname(this.#copy));
      this.#ready = true;
    }
    return this.#copy;
  }
}

/** Where `npm run build` puts the worker: in the package that this file belongs to, from source or bundled. */
function builtWorker(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'dist/localstack/worker.mjs');
  }
  throw new Error(`no package.json above ${__dirname}`);
}
