import { type AttributeValue, type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { Effects, Opened, OwnersKey, Vault } from '../../application/ports';
import { newKey, openValue, sealValue } from './sealing';

type Item = Readonly<Record<string, AttributeValue>>;

/** A transaction that holds the key's item is over within milliseconds. */
const TRIES = 5;

/**
 * The Keys table: PK `owner`; `key` (32 bytes) and `createdAt`, or, in its place for ever, `destroyedAt`; `expiresAt` (in
 * seconds) as long as its owner has not come to be. Keys are read when they are needed and kept nowhere: whoever has read a
 * key before its destruction is done with it within the call.
 */
export class DynamoDbVault implements Vault {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'now' | 'random' | 'sleep'>,
  ) {}

  async keyOf(owner: string): Promise<OwnersKey> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: { owner: { S: owner } }, ConsistentRead: true }),
    );
    return this.keyIn(Item);
  }

  makeKey(): Uint8Array {
    return newKey();
  }

  seal(key: Uint8Array, owner: string, value: unknown): string {
    return sealValue(key, owner, value);
  }

  open(key: OwnersKey, owner: string, sealed: string): Opened {
    return openValue(key, owner, sealed);
  }

  async ensureKey(owner: string, forMs?: number): Promise<Uint8Array | undefined> {
    for (let attempt = 1; ; attempt++) {
      const found = await this.keyOf(owner);
      const own = found.state === 'none' ? await this.putKey(owner, forMs, attempt) : found;
      if (own) return own.state === 'there' ? own.key : undefined;
      await this.effects.sleep(2 ** attempt * (0.5 + this.effects.random() / 2));
    }
  }

  /** Undefined: a transaction was in the way; look again. */
  private async putKey(owner: string, forMs: number | undefined, attempt: number): Promise<OwnersKey | undefined> {
    const key = this.makeKey();
    const now = this.effects.now();
    try {
      await this.client.send(
        new PutItemCommand({
          TableName: this.table,
          Item: {
            owner: { S: owner },
            key: { B: key },
            createdAt: { S: now.toISOString() },
            ...(forMs !== undefined && { expiresAt: { N: String(Math.ceil((now.getTime() + forMs) / 1000)) } }),
          },
          ConditionExpression: 'attribute_not_exists(#owner) OR #expiresAt <= :now',
          ExpressionAttributeNames: { '#owner': 'owner', '#expiresAt': 'expiresAt' },
          ExpressionAttributeValues: { ':now': { N: String(Math.floor(now.getTime() / 1000)) } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return { state: 'there', key };
    } catch (error) {
      const { name, Item } = error as { readonly name?: string; readonly Item?: Item };
      if (name === 'ConditionalCheckFailedException' && Item) return this.keyIn(Item);
      if (name === 'TransactionConflictException' && attempt < TRIES) return undefined;
      throw error;
    }
  }

  /** DynamoDB removes what has expired within days; until then it must not count. */
  private keyIn(item: Item | undefined): OwnersKey {
    const until = item?.expiresAt?.N === undefined ? Number.POSITIVE_INFINITY : Number(item.expiresAt.N) * 1000;
    if (!item || until <= this.effects.now().getTime()) return { state: 'none' };
    return item.key?.B ? { state: 'there', key: item.key.B } : { state: 'destroyed' };
  }
}
