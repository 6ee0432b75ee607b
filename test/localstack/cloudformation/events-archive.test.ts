import { expect, test } from '@jest/globals';
import type { ResourceContext } from '../../../localstack/cloud/services/cloudformation/resources/handler';
import { RESOURCE_HANDLERS } from '../../../localstack/cloud/services/cloudformation/resources/table';
import { busArn, EventsUnderTest } from '../events/events-under-test';

test('AWS::Events::Archive is made, changed and deleted', async () => {
  const events = new EventsUnderTest();
  const handler = RESOURCE_HANDLERS.get('AWS::Events::Archive')!;
  const context = {
    call: (_service: string, operation: string, input: object) => events.run(operation, input),
    newName: (length: number) => 'stack-Archive-X'.slice(0, length),
  } as unknown as ResourceContext;
  const before = { SourceArn: busArn('default'), EventPattern: { source: ['shop'] }, RetentionDays: '7' };
  const Arn = 'arn:aws:events:us-east-1:000000000000:archive/stack-Archive-X';
  expect(await handler.create(before, context)).toEqual({
    physicalId: 'stack-Archive-X',
    attributes: { Arn, ArchiveName: 'stack-Archive-X' },
  });
  const archive = () => events.run('DescribeArchive', { ArchiveName: 'stack-Archive-X' });
  expect(await archive()).toMatchObject({ RetentionDays: 7, EventPattern: '{"source":["shop"]}' });
  const after = { ...before, Description: 'd', RetentionDays: 8 };
  await handler.update?.('stack-Archive-X', after, before, context);
  expect(await archive()).toMatchObject({ RetentionDays: 8, Description: 'd' });
  await handler.delete('stack-Archive-X', after, context);
  await expect(archive()).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
  await events.stop();
});
