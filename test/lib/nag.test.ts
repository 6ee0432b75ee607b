import { describe, expect, test } from '@jest/globals';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { watchWithNag } from '../../lib/nag';
import { buildStacks } from '../../lib/stacks';
import { stageConfig } from '../../lib/stage-config';
import { bundles, newApp } from '../support/synthesised';

describe('cdk-nag', () => {
  test.each(['local', 'dev', 'staging', 'prod'])('has nothing to say about stage %s', (stage) => {
    const app = newApp();
    buildStacks(app, stageConfig(stage), bundles());
    watchWithNag(app);
    expect(() => app.synth()).not.toThrow();
  });

  test('makes synthesis fail on a finding', () => {
    const app = newApp();
    const { data } = buildStacks(app, stageConfig('prod'), bundles());
    new Queue(data, 'Careless');
    watchWithNag(app);
    expect(() => app.synth()).toThrow(/AwsSolutions-SQS/);
  });
});
