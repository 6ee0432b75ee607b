import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { CfnOutput, Duration } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { CdkDeployment } from './cdk-deployment';

let cdk: CdkDeployment;
beforeAll(async () => {
  cdk = await CdkDeployment.start();
});
afterAll(() => cdk.stop());

test('an archive of a bus is deployed as CDK writes it: with a key that is empty, and none', async () => {
  const { Bus } = await cdk.deploy('Archived', (stack) => {
    const bus = new EventBus(stack, 'EventBus');
    bus.archive('Archive', { archiveName: 'kept', eventPattern: { source: ['shop'] }, retention: Duration.days(7) });
    new CfnOutput(stack, 'Bus', { value: bus.eventBusName });
  });
  const entry = { EventBusName: Bus, Source: 'shop', DetailType: 'Sold', Detail: '{}' };
  await cdk.call('events', 'PutEvents', { Entries: [entry] });
  const archive = await cdk.call('events', 'DescribeArchive', { ArchiveName: 'kept' });
  expect(archive).toMatchObject({ EventCount: 1, RetentionDays: 7 });
  expect(archive).not.toHaveProperty('KmsKeyIdentifier');
  await cdk.call('events', 'UpdateArchive', { ArchiveName: 'kept', KmsKeyIdentifier: '' });
  await expect(
    cdk.call('events', 'UpdateArchive', { ArchiveName: 'kept', KmsKeyIdentifier: 'alias/own' }),
  ).rejects.toMatchObject({ code: 'NotImplemented' });
  expect(await cdk.destroy('Archived')).toEqual([]);
});
