import type { AttributeValue, TransactWriteItem } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { AppendConflict, Claim, ClaimsRefused, LoadedStream } from '../application/ports';
import type { RecordedEvent } from '../application/recorded-event';
import { keyOf, partitionOf, toItem } from './inbox-item';

/** The tables that an append may touch. */
export type AppendTables = { readonly events: string; readonly inbox: string; readonly keys: string };

/** The append-only rule. IAM cannot say it (PutItem may overwrite), so this is the one place that puts. */
export const NOBODY_WAS_FIRST = 'attribute_not_exists(#stream)';

/** TransactWriteItems takes no more items (API reference). */
const TRANSACTION_LIMIT = 100;

/** Somebody else appended to these streams first. */
export class Conflict extends Error implements AppendConflict {
  readonly code = 'append-conflict';
  readonly existing?: RecordedEvent;

  constructor(
    readonly streams: readonly string[],
    existing: RecordedEvent | undefined,
    cause: unknown,
  ) {
    super(`somebody else was first: ${streams.join(', ') || 'beside the streams'}`, { cause });
    this.name = 'AppendConflict';
    if (existing) this.existing = existing;
  }
}

class Refused extends Error implements ClaimsRefused {
  readonly code = 'claims-refused';

  constructor(
    readonly claims: readonly Claim[],
    cause: unknown,
  ) {
    super(`not so: ${claims.map(({ kind }) => kind).join(', ')}`, { cause });
    this.name = 'ClaimsRefused';
  }
}

/** One item of a transaction, and what it stands for. */
type Part = { readonly item: TransactWriteItem; readonly stream?: string; readonly claim?: Claim };

export class AppendTransaction {
  readonly items: readonly TransactWriteItem[];
  private readonly parts: readonly Part[];

  /** `unmoved`: streams that have to stand as they were loaded. Throws on more than a transaction can hold. */
  constructor(
    tables: AppendTables,
    events: readonly RecordedEvent[],
    unmoved: readonly LoadedStream[],
    claims: readonly Claim[],
    recordedAt: string,
  ) {
    this.parts = [
      ...events.map((event) => ({ item: { Put: conditionalPut(tables.events, event) }, stream: event.stream })),
      ...unmoved.map((loaded) => ({
        item: { ConditionCheck: stillAt(tables.events, loaded) },
        stream: loaded.stream,
      })),
      ...claims.map((claim) => ({ item: claimItem(tables, claim, recordedAt), claim })),
    ];
    this.items = this.parts.map(({ item }) => item);
    if (this.items.length > TRANSACTION_LIMIT)
      throw new Error(`${this.items.length} items in one append; DynamoDB takes ${TRANSACTION_LIMIT}`);
  }

  /** Nothing but too many writes at once kept it from happening. */
  wasThrottled(error: unknown): boolean {
    const codes = codesOf(error).filter((code) => code !== 'None');
    return codes.length > 0 && codes.every((code) => THROTTLED.has(code));
  }

  /** What a cancelled transaction means; anything that is no race and no refused claim stays what it is. */
  failure(error: unknown): unknown {
    const codes = codesOf(error);
    const failed = (code: string) => this.parts.filter((_, i) => codes[i] === code);
    const [refused, raced] = [failed('ConditionalCheckFailed'), failed('TransactionConflict')];
    const streams = [...refused, ...raced].flatMap(({ stream }) => stream ?? []);
    if (streams.length > 0 || raced.length > 0) return new Conflict([...new Set(streams)], undefined, error);
    const claims = refused.flatMap(({ claim }) => claim ?? []);
    return claims.length > 0 ? new Refused(claims, error) : error;
  }
}

/** Of each item, why it would not; empty when `error` is no cancellation. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.name !== 'TransactionCanceledException') return [];
  const { CancellationReasons = [] } = error as { CancellationReasons?: { Code?: string }[] };
  return CancellationReasons.map(({ Code }) => Code ?? 'None');
}

/** API reference, TransactWriteItems: cancellation reasons. */
const THROTTLED: ReadonlySet<string> = new Set(['ThrottlingError', 'ProvisionedThroughputExceeded']);

export function conditionalPut(table: string, event: RecordedEvent) {
  return {
    TableName: table,
    Item: marshall(event, { removeUndefinedValues: true }),
    ConditionExpression: NOBODY_WAS_FIRST,
    ExpressionAttributeNames: { '#stream': 'stream' },
  };
}

const stillAt = (table: string, { stream, version }: LoadedStream) => ({
  TableName: table,
  Key: { stream: { S: stream }, version: { N: String(version + 1) } },
  ConditionExpression: NOBODY_WAS_FIRST,
  ExpressionAttributeNames: { '#stream': 'stream' },
});

function claimItem({ inbox, keys }: AppendTables, claim: Claim, now: string): TransactWriteItem {
  switch (claim.kind) {
    case 'take':
      return {
        Put: {
          TableName: inbox,
          Item: { ...heldKey(claim.name), owner: { S: claim.owner }, since: { S: now } },
          ConditionExpression: 'attribute_not_exists(#owner) OR #owner = :owner',
          ...owned(claim.owner),
        },
      };
    case 'give-up':
      return {
        Delete: {
          TableName: inbox,
          Key: heldKey(claim.name),
          ConditionExpression: '#owner = :owner',
          ...owned(claim.owner),
        },
      };
    case 'not-rejected':
      return {
        ConditionCheck: { TableName: inbox, Key: keyOf({ ...claim, state: 'rejected' }), ...notThere('stream') },
      };
    case 'put-item':
      return { Put: { TableName: inbox, Item: toItem(claim.item), ...notThere('stream') } };
    case 'new-key':
      return {
        Put: {
          TableName: keys,
          Item: { owner: { S: claim.owner }, key: { B: claim.key }, createdAt: { S: now } },
          ConditionExpression: 'attribute_not_exists(#owner) OR #key = :key OR #expiresAt <= :now',
          ExpressionAttributeNames: { '#owner': 'owner', '#key': 'key', '#expiresAt': 'expiresAt' },
          ExpressionAttributeValues: { ':key': { B: claim.key }, ':now': { N: seconds(now) } },
        },
      };
    case 'destroy-key':
      return { Put: { TableName: keys, Item: { owner: { S: claim.owner }, destroyedAt: { S: now } } } };
  }
}

const heldKey = (name: string): Record<string, AttributeValue> => ({
  stream: { S: partitionOf(name) },
  entry: { S: 'held' },
});

const owned = (owner: string) => ({
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':owner': { S: owner } },
});

const notThere = (name: string) => ({
  ConditionExpression: 'attribute_not_exists(#name)',
  ExpressionAttributeNames: { '#name': name },
});

/** As time-to-live attributes have it. */
const seconds = (time: string): string => String(Math.floor(Date.parse(time) / 1000));
