// Jest sees TypeScript through esbuild, like everything else here: types are checked by `npm run check`.
const { createHash } = require('node:crypto');
const { transformSync, version } = require('esbuild');

const options = {
  loader: 'ts',
  format: 'cjs',
  target: 'node20',
  sourcemap: 'inline',
  sourcesContent: false,
  // Jest runs CommonJS in a context of its own, which has no `import()`.
  supported: { 'dynamic-import': false },
};

module.exports = {
  process: (source, path) => ({ code: transformSync(source, { ...options, sourcefile: path }).code }),
  getCacheKey: (source, path) =>
    createHash('sha1')
      .update(version)
      .update(JSON.stringify(options))
      .update(path)
      .update('\0')
      .update(source)
      .digest('hex'),
};
