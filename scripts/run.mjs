// `node scripts/run.mjs <entry.ts> [arguments]`: bundles a TypeScript program and runs it in this very process.
import { createRequire } from 'node:module';
import { basename, extname, resolve } from 'node:path';
import { stop } from 'esbuild';
import { buildCloud, bundleForThisMachine } from './build.mjs';

const [entry, ...rest] = process.argv.slice(2);
if (!entry) {
  console.error('usage: node scripts/run.mjs <entry.ts> [arguments]');
  process.exit(2);
}
const program = basename(entry) === 'main.ts' ? basename(resolve(entry, '..')) : basename(entry, extname(entry));
const outfile = resolve('dist/run', `${program}.cjs`);
try {
  // Whatever runs may start the local cloud, and that starts its workers from a file.
  await Promise.all([bundleForThisMachine(entry, outfile, 'cjs'), buildCloud()]);
  // Else esbuild's own process would stay for as long as the program runs.
  await stop();
} catch {
  // esbuild has said what is wrong and where.
  process.exit(1);
}
// The SDK's notice about Node 20, in programs that use it.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
process.setSourceMapsEnabled(true);
process.argv = [process.argv[0], outfile, ...rest];
createRequire(import.meta.url)(outfile);
