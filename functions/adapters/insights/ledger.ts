import {
  type AttributeValue,
  type DynamoDBClient,
  TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import type { CommitOutcome, Count, Ledger, Mark, MarkChange } from '../../application/insights/ledger';
import type { Visit } from '../../application/insights/transitions';
import type { Effects } from '../../application/ports';
import { batchGet } from '../batch-get';
import { type Item, shardFor, updateOf } from './counter-item';

const nobodyCounted = 'attribute_not_exists(pk)';
const asItWasRead = 'revision = :revision';

/** A request that will be no better the next time. */
const hopeless: readonly string[] = ['ValidationException', 'SerializationException', 'RangeError'];

/** Marks in the Insights table, PK `<generation>#mark#<stream>`, SK `mark`, written in one transaction with counters. */
export class DynamoDbLedger implements Ledger {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly effects: Pick<Effects, 'random' | 'sleep'>,
  ) {}

  async read(generation: number, streams: readonly string[]): Promise<ReadonlyMap<string, Mark>> {
    const keys = streams.map((stream) => keyOf(generation, stream));
    const marks = (await batchGet(this.client, this.table, keys, this.effects)).map(markOf);
    return new Map(marks.map((mark) => [mark.stream, mark]));
  }

  async commit(generation: number, changes: readonly MarkChange[], counts: readonly Count[]): Promise<CommitOutcome> {
    // One shard for all of it: transactions that are in each other's way are so as a whole.
    const random = this.effects.random();
    try {
      const TransactItems: TransactWriteItem[] = [
        ...changes.map((change) => ({ Put: this.putOf(generation, change) })),
        ...counts.map(({ generation: of, increment }) => ({
          Update: updateOf(this.table, of, increment, shardFor(increment, random)),
        })),
      ];
      await this.client.send(new TransactWriteItemsCommand({ TransactItems }));
      return { kind: 'committed' };
    } catch (error) {
      return outcomeOf(error);
    }
  }

  private putOf(generation: number, { before, after }: MarkChange) {
    return {
      TableName: this.table,
      Item: itemOf(generation, after),
      ...(before === undefined
        ? { ConditionExpression: nobodyCounted }
        : {
            ConditionExpression: asItWasRead,
            ExpressionAttributeValues: { ':revision': { N: String(before.revision) } },
          }),
    };
  }
}

/**
 * DynamoDB cancels with a reason for each item. `ValidationError`, or a request that it does not take at all, will be the same
 * next time; of others (throttling) the caller hears as they are.
 */
function outcomeOf(error: unknown): CommitOutcome {
  if (error instanceof TransactionCanceledException) {
    const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? 'None');
    if (codes.includes('ValidationError')) return { kind: 'refused', error };
    const harmless = ['None', 'ConditionalCheckFailed', 'TransactionConflict'];
    if (codes.length > 0 && codes.every((code) => harmless.includes(code))) return { kind: 'conflict' };
  } else if (error instanceof Error && hopeless.includes(error.name)) {
    return { kind: 'refused', error };
  }
  throw error;
}

const keyOf = (generation: number, stream: string): Item => ({
  pk: { S: `${generation}#mark#${stream}` },
  sk: { S: 'mark' },
});

function itemOf(generation: number, { stream, revision, upTo, last, ahead }: Mark): Item {
  return {
    ...keyOf(generation, stream),
    stream: { S: stream },
    revision: { N: String(revision) },
    upTo: { N: String(upTo) },
    ...(last && { last: visitValue(last) }),
    ...(ahead.size > 0 && {
      ahead: { M: Object.fromEntries([...ahead].map(([version, visit]) => [String(version), visitValue(visit)])) },
    }),
  };
}

function markOf(item: Item): Mark {
  const last = item.last && visitOf(item.last);
  return {
    stream: item.stream?.S ?? '',
    revision: Number(item.revision?.N),
    upTo: Number(item.upTo?.N),
    ...(last && { last }),
    ahead: new Map(Object.entries(item.ahead?.M ?? {}).map(([version, value]) => [Number(version), visitOf(value)])),
  };
}

const visitValue = ({ state, at }: Visit): AttributeValue => ({ M: { state: { S: state }, at: { N: String(at) } } });
const visitOf = ({ M }: AttributeValue): Visit => ({ state: M?.state?.S ?? '', at: Number(M?.at?.N) });
