import { expect, test } from '@jest/globals';
import { stageConfig } from '../../lib/stage-config';

test('a stage that does not exist is refused with the names of those that do', () => {
  expect(() => stageConfig('production')).toThrow(/no stage 'production'.*local, dev, staging, prod/);
  expect(() => stageConfig('constructor')).toThrow(/no stage 'constructor'/);
});

test.each(['dev', 'staging', 'prod'])('%s asks for signatures, TLS and point-in-time recovery', (name) => {
  expect(stageConfig(name)).toMatchObject({ openUrls: false, tlsOnly: true, pointInTimeRecovery: true });
});
