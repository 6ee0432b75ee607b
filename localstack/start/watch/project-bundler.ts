import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Bundler, Rebuilt } from './bundles';

/** What the project's `scripts/rebuild.mjs` exports. */
type RebuildScript = {
  functionNames(): readonly string[];
  functionsAgain: Bundler['functions'];
  appAgain(): Promise<Rebuilt<Uint8Array>>;
};

/** The project's own build, in this process; the project's directory has to be the working directory. */
export async function projectBundler(root: string): Promise<{ bundler: Bundler; app: Rebuilt<Uint8Array> }> {
  const url = pathToFileURL(join(root, 'scripts/rebuild.mjs')).href;
  const { functionNames, functionsAgain, appAgain } = (await import(url)) as RebuildScript;
  return { bundler: { functionNames, functions: functionsAgain }, app: await appAgain() };
}
