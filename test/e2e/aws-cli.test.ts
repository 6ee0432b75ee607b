import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { aws, describeWithAwsCli } from '../support/aws-cli';
import { payloads } from '../support/orders';
import { System } from '../support/system';

describeWithAwsCli('with the AWS CLI', () => {
  let system: System;
  let endpoint: string;
  beforeAll(async () => {
    system = await System.start();
    endpoint = system.endpoint!;
  }, 60_000);
  afterAll(() => system?.stop());

  const put = (entries: object[]) =>
    aws<{ FailedEntryCount: number; Entries: { EventId?: string; ErrorCode?: string }[] }>(
      endpoint,
      'events',
      'put-events',
      '--entries',
      JSON.stringify(entries.map((entry) => ({ EventBusName: system.outputs.OrderBusName, ...entry }))),
    );

  const query = (stream: string) =>
    aws<{ Items: Record<string, { S?: string; N?: string }>[] }>(
      endpoint,
      'dynamodb',
      'query',
      '--table-name',
      system.outputs.EventsTableName!,
      '--key-condition-expression',
      '#s = :s',
      '--expression-attribute-names',
      JSON.stringify({ '#s': 'stream' }),
      '--expression-attribute-values',
      JSON.stringify({ ':s': { S: stream } }),
    );

  it('a bare payload and a CloudEvent are put, recorded, and seen as an order', async () => {
    const orderId = system.newId('o');
    const bare = await put([
      { Source: 'shop', DetailType: 'OrderCreated', Detail: JSON.stringify(payloads.created(orderId)) },
    ]);
    expect(bare).toMatchObject({ FailedEntryCount: 0, Entries: [{ EventId: expect.any(String) }] });
    await system.settled(async () => {});
    await put([
      {
        Source: 'shop',
        DetailType: 'OrderConfirmed',
        Detail: JSON.stringify({
          specversion: '1.0',
          id: 'confirmation-1',
          source: `/shops/${orderId}`,
          type: 'OrderConfirmed',
          data: payloads.confirmed(orderId),
        }),
      },
    ]);
    await system.settled(async () => {
      const { Items } = await query(`order#${orderId}`);
      expect(Items.map(({ version, type, id, source }) => [version!.N, type!.S, id!.S, source!.S])).toEqual([
        ['1', 'OrderCreated', bare.Entries[0]!.EventId, 'shop'],
        ['2', 'OrderConfirmed', 'confirmation-1', `/shops/${orderId}`],
      ]);
      expect((await system.get(`/orders/${orderId}`)).body).toMatchObject({ status: 'confirmed', version: 2 });
    });
  }, 60_000);

  it('detail that is not JSON is refused as on AWS', async () => {
    const answer = await put([{ Source: 'shop', DetailType: 'OrderCreated', Detail: 'not json' }]);
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] });
  }, 60_000);

  it('the logs of a function can be read', async () => {
    const groups = await aws<{ logGroups: { logGroupName: string }[] }>(endpoint, 'logs', 'describe-log-groups');
    const group = groups.logGroups.find(({ logGroupName }) => /ingest-?orders/i.test(logGroupName));
    expect(group).toBeDefined();
    const { events } = await aws<{ events: { message: string }[] }>(
      endpoint,
      'logs',
      'filter-log-events',
      '--log-group-name',
      group!.logGroupName,
    );
    expect(events.some(({ message }) => message.includes('appended'))).toBe(true);
  }, 60_000);
});
