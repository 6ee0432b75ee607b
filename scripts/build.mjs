// Bundles everything that is deployed or started. One call each, a few hundred milliseconds in all; the same input
// gives the same bytes, so that a deployment sees what has changed.
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { reducerHashes } from './reducer-hashes.mjs';

const handlers = 'functions/handlers';

/** The functions that are there: one per file directly in functions/handlers that exports a `handler`. */
export function functionNames() {
  if (!existsSync(handlers)) return [];
  return readdirSync(handlers, { withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .filter((entry) => /^export (const|async function|function) handler\b/m.test(read(entry.name)))
    .map((entry) => entry.name.slice(0, -'.ts'.length))
    .sort();
}

/** dist/functions/<name>/index.mjs, everything inside, for Lambda. */
export async function buildFunctions() {
  const names = functionNames();
  // A function that was renamed must not stay deployable under its old name.
  if (existsSync('dist/functions')) {
    for (const name of readdirSync('dist/functions')) {
      if (!names.includes(name)) rmSync(`dist/functions/${name}`, { recursive: true });
    }
  }
  if (names.length === 0) return;
  await build(functionOptions(names));
}

/** esbuild's, for functions by name. */
export function functionOptions(names) {
  return {
    entryPoints: names.map((name) => ({ in: `${handlers}/${name}.ts`, out: `${name}/index` })),
    outdir: 'dist/functions',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    // ESM first: the CommonJS form of the SDK cannot be tree-shaken and makes bundles 60 % larger.
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minify: true,
    sourcemap: 'linked',
    sourcesContent: false,
    // CommonJS dependencies inside an ESM bundle call `require` for Node's own modules.
    plugins: [reducerHashes],
    banner: { js: "import{createRequire}from'module';const require=createRequire(import.meta.url);" },
    logLevel: 'warning',
  };
}

/** dist/app.cjs: the CDK app. */
export async function buildApp() {
  await build(appOptions());
}

/** esbuild's, for the CDK app. */
export const appOptions = () => optionsForThisMachine('lib/app.ts', 'dist/app.cjs', 'cjs');

/** dist/localstack/worker.mjs: what runs a function inside the local cloud, in a worker thread of its own. */
export async function buildCloud() {
  const worker = 'localstack/cloud/services/lambda/worker.ts';
  if (existsSync(worker)) await bundleForThisMachine(worker, 'dist/localstack/worker.mjs', 'esm');
}

export async function buildAll() {
  await Promise.all([buildFunctions(), buildApp(), buildCloud()]);
}

/** One file for the Node of this machine; packages stay outside and load from node_modules. */
export async function bundleForThisMachine(entry, outfile, format) {
  await build(optionsForThisMachine(entry, outfile, format));
}

function optionsForThisMachine(entry, outfile, format) {
  return {
    entryPoints: [entry],
    outfile,
    bundle: true,
    format,
    platform: 'node',
    target: 'node20',
    packages: 'external',
    plugins: [reducerHashes],
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'warning',
  };
}

function read(name) {
  return readFileSync(`${handlers}/${name}`, 'utf8');
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  await buildAll();
}
