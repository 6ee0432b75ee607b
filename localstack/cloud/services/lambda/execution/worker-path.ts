import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Where `npm run build` puts the worker: in the package that this file belongs to, from source or bundled. */
export function findWorker(): string {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return join(folder, 'dist/localstack/worker.mjs');
  }
  throw new Error(`no package.json above ${__dirname}`);
}
