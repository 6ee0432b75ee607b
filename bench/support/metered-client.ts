import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { consumes, unitsConsumed } from './aws-units';
import type { ClientSettings } from './small-functions';

export type Consumption = { readonly calls: number; readonly reads: number; readonly writes: number };

/** A client that asks, with each call, what it consumed, and adds it up. */
export class MeteredClient {
  readonly client: DynamoDBClient;
  #total: Consumption = { calls: 0, reads: 0, writes: 0 };

  constructor(settings: ClientSettings & DynamoDBClientConfig) {
    this.client = new DynamoDBClient(settings);
    this.client.middlewareStack.add(
      (next, context) => async (args) => {
        const operation = String(context.commandName).replace(/Command$/, '');
        if (consumes(operation)) Object.assign(args.input, { ReturnConsumedCapacity: 'INDEXES' });
        const answer = await next(args);
        let { calls, reads, writes } = this.#total;
        calls++;
        for (const units of unitsConsumed(operation, answer.output as object)) {
          reads += units.reads;
          writes += units.writes;
        }
        this.#total = { calls, reads, writes };
        return answer;
      },
      { step: 'initialize', name: 'consumption' },
    );
  }

  /** Since this was last asked. */
  take(): Consumption {
    const total = this.#total;
    this.#total = { calls: 0, reads: 0, writes: 0 };
    return total;
  }

  close(): void {
    this.client.destroy();
  }
}
