import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { DynamoDbFeedWriter } from '../../../functions/adapters/feed/feed-writer';
import { feedRowOf } from '../../../functions/projections/feed-row';
import { FixedEffects } from '../../support/fixed-effects';
import { orderHistory } from '../../support/recorded';
import { ScriptedClient } from '../../support/scripted-client';

const rows = orderHistory('o-1', 2).map(feedRowOf);
const left = { PutRequest: { Item: { pk: { S: 'event#left' } } } };

describe('the writer of the feed', () => {
  test('writes again what the table left undone, after a pause', async () => {
    const client = new ScriptedClient([{ UnprocessedItems: { views: [left] } }, { UnprocessedItems: {} }]);
    const effects = new FixedEffects();
    const writer = new DynamoDbFeedWriter(client.as<DynamoDBClient>(), 'views', effects);
    await expect(writer.put(rows)).resolves.toEqual([]);
    expect(client.inputs[1]).toEqual({ RequestItems: { views: [left] } });
    expect(effects.slept).toEqual([25]);
  });

  test('takes along what is to be written beside: once, in the first call, as one of 25', async () => {
    const item = { pk: { S: 'tally' } };
    const client = new ScriptedClient([{ UnprocessedItems: { views: [left], insights: [{}] } }, {}, {}]);
    const seen: number[] = [];
    const beside = {
      table: 'insights',
      itemWith: (all: readonly unknown[]) => {
        seen.push(all.length);
        return item;
      },
    };
    const writer = new DynamoDbFeedWriter(client.as<DynamoDBClient>(), 'views', new FixedEffects(), beside);
    await writer.put(Array.from({ length: 13 }, (_, n) => orderHistory(`o-${n}`, 2).map(feedRowOf)).flat());
    expect(seen).toEqual([26]);
    const asked = client.inputs.map((input) => (input as { RequestItems: Record<string, unknown[]> }).RequestItems);
    expect(asked.map(({ views, insights }) => [views?.length, insights])).toEqual([
      [24, [{ PutRequest: { Item: item } }]],
      [2, undefined],
      [1, undefined],
    ]);
  });

  test('throws when the table leaves rows undone without end, or fails', async () => {
    const stuck = new ScriptedClient([{ UnprocessedItems: { views: [left] } }]);
    const broken = new ScriptedClient([new Error('throttled')]);
    const put = (client: ScriptedClient) =>
      new DynamoDbFeedWriter(client.as<DynamoDBClient>(), 'views', new FixedEffects()).put(rows);
    await expect(put(stuck)).rejects.toThrow('views left 1 items unwritten after 10 calls');
    await expect(put(broken)).rejects.toThrow('throttled');
  });
});
