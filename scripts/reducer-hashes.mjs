// The names of the reducers: a hash for each aggregate of the code that folds its events, so that a snapshot is told
// to be of another reducer. It is of what runs, minified: comments, formatting and types make no difference.
import { createHash } from 'node:crypto';
import { basename, relative, resolve, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';

const domain = 'functions/domain';
const aggregates = ['order', 'inventory', 'user'];

/** What a snapshot's state depends on. `evolve<Aggregate>` and `no<Aggregate>` are the names that every aggregate uses. */
const reducerOf = (aggregate) => {
  const name = aggregate.charAt(0).toUpperCase() + aggregate.slice(1);
  return `export { evolve${name}, no${name} } from './${aggregate}';\nexport { upcast } from './upcasters';`;
};

/** `{hashes: {<aggregate>: hash}, inputs: [paths of the sources, absolute]}`. Rejects as esbuild does. */
export async function hashReducers(root = process.cwd()) {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: aggregates.map((aggregate) => ({ in: `reducer:${aggregate}`, out: aggregate })),
    plugins: [
      {
        name: 'reducers',
        setup({ onResolve, onLoad }) {
          onResolve({ filter: /^reducer:/ }, ({ path }) => ({ path, namespace: 'reducer' }));
          onLoad({ filter: /.*/, namespace: 'reducer' }, ({ path }) => ({
            contents: reducerOf(path.slice('reducer:'.length)),
            resolveDir: resolve(root, domain),
          }));
        },
      },
    ],
    outdir: 'nowhere',
    bundle: true,
    format: 'esm',
    target: 'node20',
    // Not the identifiers: their short names depend on how often letters stand in code that is left out.
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    write: false,
    metafile: true,
    logLevel: 'silent',
  });
  return {
    hashes: Object.fromEntries(
      outputFiles.map(({ path, contents }) => [
        basename(path, '.js'),
        createHash('sha256').update(contents).digest('hex').slice(0, 16),
      ]),
    ),
    inputs: Object.keys(metafile.inputs)
      .filter((path) => !path.startsWith('reducer:'))
      .map((path) => resolve(root, path)),
  };
}

/** The module that gets the hashes. */
export const HASHES_MODULE = 'functions/application/reducer-hashes.ts';

/** An esbuild plugin: puts the hashes in the place of what stands in the source. */
export const reducerHashes = {
  name: 'reducer-hashes',
  setup({ onLoad, initialOptions }) {
    const root = initialOptions.absWorkingDir ?? process.cwd();
    onLoad({ filter: /[\\/]reducer-hashes\.ts$/ }, async ({ path }) => {
      if (resolve(path) !== resolve(root, HASHES_MODULE)) return undefined;
      try {
        const { hashes, inputs } = await hashReducers(root);
        return {
          contents: `export const reducerHashes = ${JSON.stringify(hashes)};`,
          loader: 'js',
          watchFiles: inputs,
        };
      } catch (error) {
        if (!error.errors) throw error;
        return { errors: error.errors };
      }
    });
  },
};

/** The sources (as paths below the working directory) that are in every bundle with the hashes. */
export async function hashedInputs() {
  const { inputs } = await hashReducers();
  return inputs.map((path) => relative(process.cwd(), path).replaceAll(sep, '/'));
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  console.log(JSON.stringify((await hashReducers(process.argv[2])).hashes));
}
