const { join, resolve } = require('node:path');
const { buildSync } = require('esbuild');

const root = resolve(__dirname, '../..');

// Tests deploy what `npm start` deploys, made by the same function and, while no source changes, only once.
module.exports = async () => {
  const outfile = join(root, 'dist/test/assembly.cjs');
  buildSync({
    entryPoints: [join(root, 'localstack/start/assembly.ts')],
    outfile,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    packages: 'external',
  });
  try {
    await require(outfile).synthesise({ root, dir: join(root, 'dist'), stage: 'local', onWork: () => {} });
  } catch (error) {
    // The domain's tests need no app; those that deploy it find none and fail, and this says why.
    console.error(`\nThere is no app to deploy: ${error.message}`);
  }
};
