// `node scripts/run.mjs <entry.ts> [arguments]`: bundles a TypeScript program and runs it in this very process.
import { createRequire } from 'node:module';
import { basename, extname, resolve } from 'node:path';
import { build } from 'esbuild';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  console.error('usage: node scripts/run.mjs <entry.ts> [arguments]');
  process.exit(2);
}
const program = basename(entry) === 'main.ts' ? basename(resolve(entry, '..')) : basename(entry, extname(entry));
const outfile = resolve('dist/run', `${program}.cjs`);
try {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: 'linked',
    sourcesContent: false,
    logLevel: 'error',
  });
} catch {
  // esbuild has said what is wrong and where.
  process.exit(1);
}
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], outfile, ...rest];
createRequire(import.meta.url)(outfile);
