const { join, resolve } = require('node:path');
const { pathToFileURL } = require('node:url');

const root = resolve(__dirname, '../..');

// Tests deploy what `npm start` deploys, made by the same function and, while no source changes, only once.
module.exports = async () => {
  const { buildCloud, bundleForThisMachine } = await import(pathToFileURL(join(root, 'scripts/build.mjs')).href);
  const assembly = join(root, 'dist/test/assembly.cjs');
  try {
    await Promise.all([bundleForThisMachine('localstack/start/assembly.ts', assembly, 'cjs'), buildCloud()]);
    await require(assembly).synthesise({ root, dir: join(root, 'dist'), stage: 'local', onWork: () => {} });
  } catch (error) {
    // The domain's tests need no app; those that deploy it find none and fail, and this says why.
    console.error(`\nThere is no app to deploy: ${error.message}`);
  }
};
