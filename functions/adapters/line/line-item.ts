import { type AttributeValue, type DynamoDBClient, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';

/** How a line stands. Tickets count from 1 and on for ever. */
export type LineState = {
  /** The last ticket that was taken. */
  readonly taken: number;
  /** The last ticket whose turn is over: it is the turn of the next one. */
  readonly served: number;
  /** How often in a row a turn has ended because its holder did not show. */
  readonly missed: number;
  /** Tickets ahead whose holders have given up waiting. */
  readonly givenUp: ReadonlySet<number>;
};

/** An end of turns: `from` is the last ticket whose turn was over before, `to` the last one now. */
export type Advance = {
  readonly from: number;
  readonly to: number;
  readonly missed: number;
  /** Noted as given up, and behind us now. */
  readonly forget: readonly number[];
};

type Item = Record<string, AttributeValue>;
type Update = { readonly expression: string; readonly values: Item; readonly condition?: string };

const NAMES = { '#taken': 'taken', '#served': 'served', '#missed': 'missed', '#givenUp': 'givenUp' } as const;

/** The lines in the Inbox table: PK `stream` = the line's name, SK `entry` = `line`; each call is one request. */
export class LineItems {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  /**
   * Takes the ticket `taken` of the answer. When the answer is lost and the SDK asks again, the first ticket is nobody's: it
   * is passed over like that of a holder who died.
   */
  async take(name: string): Promise<LineState> {
    return this.update(name, {
      expression: 'SET #served = if_not_exists(#served, :none) ADD #taken :one',
      values: { ':none': { N: '0' }, ':one': { N: '1' } },
    });
  }

  async look(name: string): Promise<LineState> {
    const { Item } = await this.client.send(
      new GetItemCommand({ TableName: this.table, Key: keyOf(name), ConsistentRead: true }),
    );
    return stateOf(Item);
  }

  async giveUp(name: string, ticket: number): Promise<LineState> {
    return this.update(name, {
      expression: 'ADD #givenUp :ticket',
      values: { ':ticket': { NS: [String(ticket)] } },
    });
  }

  /** Undefined: the line has moved on since. */
  async advance(name: string, { from, to, missed, forget }: Advance): Promise<LineState | undefined> {
    try {
      return await this.update(name, {
        expression: `SET #served = :to, #missed = :missed${forget.length > 0 ? ' DELETE #givenUp :forget' : ''}`,
        condition: '#served = :from',
        values: {
          ':from': { N: String(from) },
          ':to': { N: String(to) },
          ':missed': { N: String(missed) },
          ...(forget.length > 0 && { ':forget': { NS: forget.map(String) } }),
        },
      });
    } catch (error) {
      if (error instanceof Error && error.name === 'ConditionalCheckFailedException') return undefined;
      throw error;
    }
  }

  private async update(name: string, { expression, condition, values }: Update): Promise<LineState> {
    const used = `${expression} ${condition ?? ''}`;
    const { Attributes } = await this.client.send(
      new UpdateItemCommand({
        TableName: this.table,
        Key: keyOf(name),
        UpdateExpression: expression,
        ...(condition !== undefined && { ConditionExpression: condition }),
        ExpressionAttributeNames: Object.fromEntries(Object.entries(NAMES).filter(([key]) => used.includes(key))),
        ExpressionAttributeValues: values,
        ReturnValues: 'ALL_NEW',
      }),
    );
    return stateOf(Attributes);
  }
}

const keyOf = (name: string): Item => ({ stream: { S: name }, entry: { S: 'line' } });

function stateOf(item: Item | undefined): LineState {
  const number = (attribute: keyof LineState) => Number(item?.[attribute]?.N ?? 0);
  return {
    taken: number('taken'),
    served: number('served'),
    missed: number('missed'),
    givenUp: new Set(item?.givenUp?.NS?.map(Number)),
  };
}
