module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': '<rootDir>/test/support/esbuild-transform.cjs' },
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  testTimeout: 30_000,
  maxWorkers: 2,
};
