// The SDK's notice about Node 20 would be printed once per test file.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  testTimeout: 30_000,
  maxWorkers: 2,
  // What test files leave behind makes those after them slow: a worker with more heap than this is replaced by a new one.
  workerIdleMemoryLimit: '400MB',
};
