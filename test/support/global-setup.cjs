const { pathToFileURL } = require('node:url');
const { resolve } = require('node:path');

// Tests deploy what is deployed: the bundles are built once, before the first test.
module.exports = async () => {
  const { buildAll } = await import(pathToFileURL(resolve(__dirname, '../../scripts/build.mjs')).href);
  await buildAll();
};
