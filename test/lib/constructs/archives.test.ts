import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Archive, type EventPattern } from 'aws-cdk-lib/aws-events';
import { buildStacks } from '../../../lib/stacks';
import { stageConfig } from '../../../lib/stage-config';
import { bundles, newApp } from '../../support/synthesised';

function synthesisWith(eventPattern: EventPattern) {
  const app = newApp();
  const { data } = buildStacks(app, stageConfig('dev'), bundles());
  new Archive(new Stack(app, 'Audit'), 'Archive', { sourceEventBus: data.orderBus.bus, eventPattern });
  return () => app.synth();
}

test('an archive of facts is nobody’s business', () => {
  expect(synthesisWith({ source: ['orderstream'] })).not.toThrow();
});

test.each([
  ['all there is', {}],
  ['what a producer puts', { source: ['shop'] }],
  ['facts and more', { source: ['orderstream', 'shop'] }],
  ['users’ events of anybody', { detailType: ['UserCreated'] }],
])('an archive of %s is refused by name, with what to do instead', (_, pattern) => {
  expect(synthesisWith(pattern)).toThrow(
    /archive Audit\/Archive\S* would keep .*eventPattern {"source": \["orderstream"\]}/s,
  );
});
