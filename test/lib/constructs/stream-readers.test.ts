import { expect, test } from '@jest/globals';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { CfnPipe } from 'aws-cdk-lib/aws-pipes';
import { buildStacks } from '../../../lib/stacks';
import { stageConfig } from '../../../lib/stage-config';
import { bundles, newApp } from '../../support/synthesised';

function deployed() {
  const app = newApp();
  const { data } = buildStacks(app, stageConfig('dev'), bundles());
  return { app, stream: data.eventStore.streamArn, other: new Stack(app, 'Other') };
}

test('the two projectors may follow the stream of the Events table', () => {
  const { app } = deployed();
  expect(() => app.synth()).not.toThrow();
});

test('a third reader is refused by name, with what to do instead', () => {
  const { app, other, stream } = deployed();
  new CfnEventSourceMapping(new Stack(app, 'Reports'), 'Mapping', { functionName: 'reports', eventSourceArn: stream });
  new CfnEventSourceMapping(other, 'Queue', { functionName: 'reports', eventSourceArn: 'arn:aws:sqs:eu-west-1:1:q' });
  expect(() => app.synth()).toThrow(
    /stream of Orders-dev-Data\/EventStore has 3 readers.*Reports.*Subscribe to the facts/s,
  );
});

test('a pipe is a reader too', () => {
  const { app, other, stream } = deployed();
  const role = new Role(other, 'Role', { assumedBy: new ServicePrincipal('pipes.amazonaws.com') });
  new CfnPipe(other, 'Pipe', { roleArn: role.roleArn, source: stream, target: 'arn:aws:sqs:eu-west-1:1:q' });
  expect(() => app.synth()).toThrow(/has 3 readers/);
});
