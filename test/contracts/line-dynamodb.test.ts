import { DeleteTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DynamoDbLine } from '../../functions/adapters/line';
import { systemEffects } from '../../functions/adapters/system-effects';
import type { Effects } from '../../functions/application/ports';
import { createInboxTable, type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';
import { HurriedEffects } from '../support/hurried-effects';
import { lineContract, type Somebody } from './line.contract';

/** The contract on real wire: the local cloud, or, with `DYNAMODB_ENDPOINT`, whatever answers there. */
const inboxTable = `inbox-${Math.random().toString(36).slice(2)}`;

let dynamoDb: DynamoDbAtHand;
let client: DynamoDBClient;

beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  client = dynamoDb.client;
  await createInboxTable(client, inboxTable);
}, 60_000);

afterAll(async () => {
  await client.send(new DeleteTableCommand({ TableName: inboxTable }));
  await dynamoDb?.stop();
});

type LineEffects = Pick<Effects, 'now' | 'random' | 'sleep'>;

function somebody(effects: LineEffects, settings: { leaseMs?: number; patienceMs?: number } = {}): Somebody {
  let begun: () => void;
  const waits = new Promise<void>((resolve) => {
    begun = resolve;
  });
  const sleep = (ms: number) => {
    begun();
    return effects.sleep(ms);
  };
  const { now, random } = effects;
  return { line: new DynamoDbLine(client, inboxTable, { now, random, sleep }, settings), waits };
}

const mortal = () => somebody({ ...systemEffects, sleep: () => new Promise(() => undefined) });

lineContract('DynamoDB', () => ({
  // As patient as it takes on a busy machine: who is passed over, and who gives up, is what others here are about.
  somebody: () => somebody(systemEffects, { leaseMs: 60_000, patienceMs: 60_000 }),
  mortal,
  hurried: () => somebody(new HurriedEffects()),
}));

describe('a line in which many have died', () => {
  it('moves again after some leases, not after one for each of them', async () => {
    const stream = 'inventory#many-dead';
    for (let n = 0; n < 30; n++) {
      const { line, waits } = mortal();
      await Promise.race([line.enter([stream]), waits]);
    }
    const hurried = new HurriedEffects();
    const turn = await somebody(hurried, { leaseMs: 1_000 }).line.enter([stream]);
    await turn.leave();
    expect(hurried.sleptMs).toBeGreaterThan(5_000);
    expect(hurried.sleptMs).toBeLessThan(8_000);
    const next = new HurriedEffects();
    await somebody(next).line.enter([stream]);
    expect(next.slept).toEqual([]);
  });
});
