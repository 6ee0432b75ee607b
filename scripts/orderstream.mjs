#!/usr/bin/env node
// `npx orderstream`: bundles the operator's command, SDK included, and runs it in this very process. The bundle is kept
// under the hash of what it is made from, so that only the first run after a change waits for it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'dist/cli');

function sources(path) {
  const entries = readdirSync(join(root, path), { withFileTypes: true });
  return entries
    .flatMap((entry) => (entry.isDirectory() ? sources(`${path}/${entry.name}`) : [`${path}/${entry.name}`]))
    .sort();
}

function bundleName() {
  const hash = createHash('sha256');
  for (const file of [...sources('functions'), 'package-lock.json', 'scripts/orderstream.mjs'])
    hash.update(`\0${file}\0`).update(readFileSync(join(root, file)));
  return join(folder, `${hash.digest('hex').slice(0, 16)}.cjs`);
}

async function makeBundle(outfile) {
  const { build } = await import('esbuild');
  // Under another name until it is whole: somebody else may be starting, too.
  const aside = `${outfile}.${process.pid}`;
  await build({
    absWorkingDir: root,
    entryPoints: ['functions/cli/main.ts'],
    outfile: aside,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    // ESM first: the CommonJS form of the SDK cannot be tree-shaken.
    mainFields: ['module', 'main'],
    conditions: ['module'],
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: false,
    logLevel: 'warning',
  });
  for (const old of readdirSync(folder)) if (old.endsWith('.cjs')) rmSync(join(folder, old), { force: true });
  renameSync(aside, outfile);
}

const bundle = bundleName();
if (!existsSync(bundle)) {
  mkdirSync(folder, { recursive: true });
  try {
    await makeBundle(bundle);
  } catch {
    // esbuild has said what is wrong and where.
    process.exit(1);
  }
}
// The SDK's notice about Node 20.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
const { runHere } = createRequire(import.meta.url)(bundle);
await runHere(root);
