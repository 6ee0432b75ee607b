import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { batchGet } from '../../functions/adapters/batch-get';
import { FixedEffects } from '../support/fixed-effects';
import { ScriptedClient } from '../support/scripted-client';

const [one, other] = [{ pk: { S: 'one' } }, { pk: { S: 'other' } }];

describe('a batch read', () => {
  test('asks again for the keys that the table left unread, after a pause', async () => {
    const client = new ScriptedClient([
      { Responses: { views: [one] }, UnprocessedKeys: { views: { Keys: [other] } } },
      { Responses: { views: [other] } },
    ]);
    const effects = new FixedEffects();
    await expect(batchGet(client.as<DynamoDBClient>(), 'views', [one, other], effects)).resolves.toEqual([one, other]);
    expect(client.inputs[1]).toEqual({ RequestItems: { views: { Keys: [other], ConsistentRead: true } } });
    expect(effects.slept).toEqual([25]);
  });

  test('throws when the table leaves keys unread without end', async () => {
    const client = new ScriptedClient([{ UnprocessedKeys: { views: { Keys: [one] } } }]);
    await expect(batchGet(client.as<DynamoDBClient>(), 'views', [one], new FixedEffects())).rejects.toThrow(
      'views left 1 keys unread after 10 calls',
    );
  });
});
