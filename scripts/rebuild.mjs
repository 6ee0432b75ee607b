// Builds the same things again and again, in memory, parsing only what has changed: for `npm start -- --watch`. The bytes
// are those that build.mjs makes. A build that fails rejects with an error that has `messages`: one text per mistake,
// with file, line and the line itself.
import { basename, dirname } from 'node:path';
import { context, formatMessages } from 'esbuild';
import { appOptions, functionNames, functionOptions } from './build.mjs';
import { HASHES_MODULE, hashedInputs } from './reducer-hashes.mjs';

export { functionNames };

/** Some functions. `rebuild`: `[{name, files: {<name of the file>: bytes}, inputs: [paths of the sources]}]`. */
export async function functionsAgain(names) {
  const { rebuild, dispose } = await again(functionOptions(names));
  return {
    dispose,
    rebuild: async () => {
      const { outputFiles, metafile } = await rebuild();
      const hashed = HASHES_MODULE in metafile.inputs ? await hashedInputs() : [];
      return names.map((name) => ({
        name,
        files: Object.fromEntries(
          outputFiles
            .filter(({ path }) => basename(dirname(path)) === name)
            .map(({ path, contents }) => [basename(path), contents])
            .sort(([a], [b]) => (a < b ? -1 : 1)),
        ),
        inputs: inputsOf(entryOf(name, metafile), metafile.inputs, hashed),
      }));
    },
  };
}

/** The CDK app. `rebuild`: its bytes. */
export async function appAgain() {
  const { rebuild, dispose } = await again(appOptions());
  return {
    dispose,
    rebuild: async () => (await rebuild()).outputFiles.find(({ path }) => path.endsWith('.cjs')).contents,
  };
}

async function again(options) {
  const made = await context({ ...options, write: false, metafile: true, logLevel: 'silent' });
  return {
    dispose: () => made.dispose(),
    rebuild: () =>
      made.rebuild().catch(async (error) => {
        if (!error.errors) throw error;
        const messages = await formatMessages(error.errors, { kind: 'error', color: process.stdout.isTTY === true });
        throw Object.assign(new Error('the build failed', { cause: error }), { messages });
      }),
  };
}

const entryOf = (name, metafile) =>
  Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint && basename(entryPoint, '.ts') === name)
    .entryPoint;

/** What is in a bundle, whether or not a byte of it is left there, or only its hash. */
function inputsOf(entry, inputs, hashed) {
  const seen = new Set([entry]);
  for (const path of seen) {
    for (const { path: next } of inputs[path]?.imports ?? []) if (next in inputs) seen.add(next);
  }
  if (seen.has(HASHES_MODULE)) for (const path of hashed) seen.add(path);
  return [...seen].filter((path) => !path.includes('node_modules/'));
}
