import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from '@jest/globals';
import { DynamoDbLine } from '../../functions/adapters/line';
import { HurriedEffects } from '../support/hurried-effects';
import { awsError } from '../support/scripted-client';

type Row = { taken: number; served: number; missed?: number; givenUp?: number[] };

const item = ({ taken, served, missed, givenUp }: Row) => ({
  taken: { N: String(taken) },
  served: { N: String(served) },
  ...(missed !== undefined && { missed: { N: String(missed) } }),
  ...(givenUp && { givenUp: { NS: givenUp.map(String) } }),
});
const updated = (row: Row) => ({ Attributes: item(row) });
const found = (row: Row) => ({ Item: item(row) });

type Asked = { readonly ConditionExpression?: string; readonly UpdateExpression?: string };

/** A line whose table answers as `answer` does; it may throw. */
function lineThat(answer: (input: Asked) => unknown) {
  const inputs: Asked[] = [];
  const commands: string[] = [];
  const client = {
    send: async (command: { readonly input: Asked }) => {
      inputs.push(command.input);
      commands.push(command.constructor.name);
      return answer(command.input);
    },
  };
  const effects = new HurriedEffects();
  return { inputs, commands, effects, line: new DynamoDbLine(client as unknown as DynamoDBClient, 'Inbox', effects) };
}

/** A line whose table gives these answers in turn. */
function lineWith(...answers: readonly unknown[]) {
  let n = 0;
  return lineThat(() => {
    const next = answers[n++];
    if (next instanceof Error) throw next;
    return next;
  });
}

const SKU = 'inventory#sku-1';
/** What an update that ends turns has to say. */
const advance = (from: number, to: number, missed: number) => ({
  ConditionExpression: '#served = :from',
  ExpressionAttributeValues: {
    ':from': { N: String(from) },
    ':to': { N: String(to) },
    ':missed': { N: String(missed) },
  },
});

describe('a free line', () => {
  it('costs one request to enter and one to leave, in the partition of its stream, beside what the Inbox holds', async () => {
    const { commands, inputs, effects, line } = lineWith(
      updated({ taken: 7, served: 6 }),
      updated({ taken: 7, served: 7 }),
    );
    const turn = await line.enter([SKU]);
    await turn.leave();
    expect(commands).toEqual(['UpdateItemCommand', 'UpdateItemCommand']);
    for (const input of inputs)
      expect(input).toMatchObject({ TableName: 'Inbox', Key: { stream: { S: SKU }, entry: { S: 'line' } } });
    expect(inputs[0]).toMatchObject({
      UpdateExpression: 'SET #served = if_not_exists(#served, :none) ADD #taken :one',
    });
    expect(inputs[1]).toMatchObject(advance(6, 7, 0));
    expect(effects.slept).toEqual([]);
  });
});

describe('waiting', () => {
  it('reads consistently until the one before has left', async () => {
    const { commands, inputs, line } = lineWith(
      updated({ taken: 3, served: 0 }),
      found({ taken: 3, served: 1 }),
      found({ taken: 4, served: 2 }),
    );
    await line.enter([SKU]);
    expect(commands).toEqual(['UpdateItemCommand', 'GetItemCommand', 'GetItemCommand']);
    expect(inputs[1]).toMatchObject({ ConsistentRead: true });
  });

  it('takes one who was passed over for being slow as served', async () => {
    const { line } = lineWith(updated({ taken: 3, served: 0 }), found({ taken: 9, served: 7 }));
    await expect(line.enter([SKU])).resolves.toBeDefined();
  });

  it('passes over whoever has not moved for two seconds, as far as it has seen itself', async () => {
    const { inputs, effects, line } = lineThat((input) => {
      if (input.ConditionExpression) return updated({ taken: 2, served: 1, missed: 1 });
      const passed = inputs.some((earlier) => earlier.ConditionExpression);
      return input.UpdateExpression ? updated({ taken: 2, served: 0 }) : found({ taken: 2, served: passed ? 1 : 0 });
    });
    await line.enter([SKU]);
    expect(inputs.filter((input) => input.ConditionExpression)).toMatchObject([advance(0, 1, 1)]);
    expect(effects.sleptMs).toBeGreaterThanOrEqual(2_000);
    expect(effects.sleptMs).toBeLessThan(2_600);
  });

  it('passes over twice as many each time that the next ones do not move either, and those who gave up with them', async () => {
    let row: Row = { taken: 20, served: 3, missed: 2, givenUp: [2, 7, 8, 9, 11] };
    const { inputs, line } = lineThat((input) => {
      if (!input.ConditionExpression) return { ...updated(row), ...found(row) };
      row = { taken: 20, served: 19 };
      return updated(row);
    });
    await line.enter([SKU]);
    // 4, 5, 6, 7 by being still for a third time; 8 and 9 do not wait any more; 10 may.
    expect(inputs.find((input) => input.ConditionExpression)).toMatchObject({
      UpdateExpression: 'SET #served = :to, #missed = :missed DELETE #givenUp :forget',
      ExpressionAttributeValues: {
        ...advance(3, 9, 3).ExpressionAttributeValues,
        ':forget': { NS: ['2', '7', '8', '9'] },
      },
    });
  });

  it('does not mind when another has passed it over first', async () => {
    let served = 0;
    const { line } = lineThat((input) => {
      if (!input.ConditionExpression) return { ...updated({ taken: 2, served }), ...found({ taken: 2, served }) };
      served = 1;
      throw awsError('ConditionalCheckFailedException');
    });
    await expect(line.enter([SKU])).resolves.toBeDefined();
  });
});

describe('patience', () => {
  /** A line that moves all the time, but never far enough. */
  const slowLine = (onGivingUp: (served: number) => Row) => {
    let served = 0;
    return lineThat((input) => {
      if (input.UpdateExpression?.includes('#givenUp')) return updated(onGivingUp(served));
      if (input.UpdateExpression) return updated({ taken: 100_000, served });
      served += 1;
      return found({ taken: 100_000, served });
    });
  };

  it('ends after ten seconds: the ticket is given up, and nothing is left to leave', async () => {
    const { inputs, effects, line } = slowLine((served) => ({ taken: 100_000, served, givenUp: [100_000] }));
    const turn = await line.enter([SKU, 'inventory#sku-2']);
    expect(effects.sleptMs).toBe(10_000);
    expect(inputs.at(-1)).toMatchObject({
      Key: { stream: { S: SKU } },
      UpdateExpression: 'ADD #givenUp :ticket',
      ExpressionAttributeValues: { ':ticket': { NS: ['100000'] } },
    });
    const asked = inputs.length;
    await turn.leave();
    expect(inputs).toHaveLength(asked);
  });

  it('takes the turn if it comes just when it is given up: the one before did not see that nobody wants it', async () => {
    const { inputs, line } = slowLine(() => ({ taken: 100_000, served: 99_999, givenUp: [100_000] }));
    const turn = await line.enter([SKU]);
    await turn.leave();
    expect(inputs.at(-1)).toMatchObject(advance(99_999, 100_000, 0));
  });

  it('of those behind has ended: who leaves lets in the next one that still waits', async () => {
    const { inputs, line } = lineWith(
      updated({ taken: 1, served: 0 }),
      updated({ taken: 5, served: 1, givenUp: [2, 3] }),
      updated({ taken: 5, served: 3, givenUp: [] }),
    );
    const turn = await line.enter([SKU]);
    await turn.leave();
    expect(inputs).toHaveLength(3);
    expect(inputs[2]).toMatchObject({
      ConditionExpression: '#served = :from',
      ExpressionAttributeValues: { ':from': { N: '1' }, ':to': { N: '3' }, ':forget': { NS: ['2', '3'] } },
    });
  });
});

describe('errors', () => {
  it('while waiting end the wait, and the ticket is given up', async () => {
    const { inputs, line } = lineWith(
      updated({ taken: 2, served: 0 }),
      awsError('ThrottlingException'),
      updated({ taken: 2, served: 0 }),
    );
    await expect(line.enter([SKU])).rejects.toThrow('ThrottlingException');
    expect(inputs.at(-1)).toMatchObject({ UpdateExpression: 'ADD #givenUp :ticket' });
  });

  it('in a second line end the turn in the first', async () => {
    const { inputs, line } = lineWith(updated({ taken: 4, served: 3 }), awsError('ThrottlingException'), {});
    await expect(line.enter([SKU, 'inventory#sku-2'])).rejects.toThrow('ThrottlingException');
    expect(inputs.at(-1)).toMatchObject({ Key: { stream: { S: SKU } }, ...advance(3, 4, 0) });
  });

  it('when leaving are not the errors of one who has done its work', async () => {
    const { line } = lineWith(updated({ taken: 4, served: 3 }), awsError('InternalServerError'));
    const turn = await line.enter([SKU]);
    await expect(turn.leave()).resolves.toBeUndefined();
  });
});
