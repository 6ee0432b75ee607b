import {
  type AttributeValue,
  type DynamoDBClient,
  paginateQuery,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { PublishedFacts } from '../../application/monitor/ports';
import type { Effects } from '../../application/ports';
import { PUBLISHED, PUT_AWAY } from './published-item';
import { GIVEN_UP_AFTER_MS } from './published-tally';

type Item = Record<string, AttributeValue>;

/** Twice as long as an environment takes a tally for its own. */
const PUT_AWAY_AFTER_MS = 2 * GIVEN_UP_AFTER_MS;
/** So long an item that was put away still stands, for who looks into the table. */
const KEPT_MS = 24 * 60 * 60 * 1000;
const PER_TRANSACTION = 50;

/** The sum over the tallies of all environments, those of today and those of the past. */
export class DynamoDbPublishedFacts implements PublishedFacts {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'now'>,
  ) {}

  async count(): Promise<number> {
    return (await this.#standing()).reduce((sum, { published }) => sum + Number(published?.N), 0);
  }

  /** Adds tallies of environments that are gone to one sum, so that there are never more than those of a day. */
  async tidy(): Promise<void> {
    const now = this.effects.now().getTime();
    const gone = new Date(now - PUT_AWAY_AFTER_MS).toISOString();
    const old = (await this.#standing()).filter(
      ({ sk, writtenAt }) => sk?.S !== PUT_AWAY && (writtenAt?.S ?? '') < gone,
    );
    for (let from = 0; from < old.length; from += PER_TRANSACTION)
      await this.#putAway(old.slice(from, from + PER_TRANSACTION), now);
  }

  async #putAway(tallies: readonly Item[], now: number): Promise<void> {
    const expiresAt = { N: String(Math.ceil((now + KEPT_MS) / 1000)) };
    const marks = tallies.map(
      ({ pk, sk, writtenAt }): TransactWriteItem => ({
        Update: {
          TableName: this.table,
          Key: { pk: pk as AttributeValue, sk: sk as AttributeValue },
          UpdateExpression: 'SET putAway = :true, expiresAt = :expiresAt',
          ConditionExpression: 'writtenAt = :writtenAt AND attribute_not_exists(putAway)',
          ExpressionAttributeValues: {
            ':true': { BOOL: true },
            ':expiresAt': expiresAt,
            ':writtenAt': writtenAt as AttributeValue,
          },
        },
      }),
    );
    const sum = tallies.reduce((total, { published }) => total + Number(published?.N), 0);
    const added: TransactWriteItem = {
      Update: {
        TableName: this.table,
        Key: { pk: { S: PUBLISHED }, sk: { S: PUT_AWAY } },
        UpdateExpression: 'ADD published :sum',
        ExpressionAttributeValues: { ':sum': { N: String(sum) } },
      },
    };
    try {
      await this.client.send(new TransactWriteItemsCommand({ TransactItems: [...marks, added] }));
    } catch (error) {
      // Somebody else is at it, or was: what is left is for the next time.
      if (!(error instanceof Error && error.name === 'TransactionCanceledException')) throw error;
    }
  }

  async #standing(): Promise<readonly Item[]> {
    const items: Item[] = [];
    const pages = paginateQuery(
      { client: this.client },
      {
        TableName: this.table,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': { S: PUBLISHED } },
      },
    );
    for await (const { Items = [] } of pages) items.push(...Items);
    return items.filter(({ putAway }) => putAway === undefined);
  }
}
