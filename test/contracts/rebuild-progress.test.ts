import { afterAll, beforeAll } from '@jest/globals';
import { DynamoDbRebuildProgress } from '../../functions/adapters/rebuild/progress';
import { systemEffects } from '../../functions/adapters/system-effects';
import type { RebuildProgress } from '../../functions/application/rebuild/ports';
import { type DynamoDbAtHand, dynamoDbAtHand } from '../support/dynamodb-at-hand';
import { MemoryRebuildProgress } from '../support/memory-rebuild';
import { createViewsTable } from '../support/views-table';
import { rebuildProgressContract } from './rebuild-progress.contract';

/** On the local cloud, or, with `DYNAMODB_ENDPOINT`, on whatever answers there. */
const table = `rebuild-progress-${Math.random().toString(36).slice(2)}`;
let dynamoDb: DynamoDbAtHand;
let stored: RebuildProgress;
beforeAll(async () => {
  dynamoDb = await dynamoDbAtHand();
  await createViewsTable(dynamoDb.client, table);
  stored = new DynamoDbRebuildProgress(dynamoDb.client, table, systemEffects);
});
afterAll(() => dynamoDb?.stop());

const memory = new MemoryRebuildProgress();
rebuildProgressContract('DynamoDB', () => stored);
rebuildProgressContract('memory', () => memory);
