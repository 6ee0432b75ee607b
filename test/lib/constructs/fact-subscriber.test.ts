import { test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { buildStacks } from '../../../lib/stacks';
import { stageConfig } from '../../../lib/stage-config';
import { bundles, newApp } from '../../support/synthesised';

const { service } = buildStacks(newApp(), stageConfig('dev'), bundles());
const template = Template.fromStack(service);

test('facts of orders go to their queue, and what cannot be put there to the dead letters', () => {
  template.hasResourceProperties('AWS::Events::Rule', {
    EventPattern: {
      source: ['orderstream'],
      detail: { partitionkey: [{ prefix: 'order#' }], sequence: [{ exists: true }] },
    },
    Targets: [{ DeadLetterConfig: {}, RetryPolicy: { MaximumRetryAttempts: 185 } }],
  });
});

test('the function takes them in batches, and says which of a batch failed', () => {
  template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
    BatchSize: 100,
    MaximumBatchingWindowInSeconds: 1,
    ScalingConfig: { MaximumConcurrency: 10 },
    FunctionResponseTypes: ['ReportBatchItemFailures'],
  });
});
