import type { BareCloud } from './bare-cloud';
import { RawClient } from './raw-client';
import { SmallFunctions, settingsFor } from './small-functions';
import { ruleToFunction, tableToFunction } from './wiring';

/** Says, by the machine's clock, when it began with an event that carries the time at which it was sent. */
const STOPWATCH = `
const latencies = [];
export const handler = async (event) => {
  const now = performance.timeOrigin + performance.now();
  if (event.report) return latencies.splice(0);
  const sentAt = event.detail?.sentAt ?? Number(event.Records?.[0].dynamodb.NewImage.sentAt.N);
  if (sentAt) latencies.push(now - sentAt);
};
`;

const NOTHING = 'export const handler = async () => null;';

const CONNECTIONS = 16;
const ENTRIES = 10;
/** Between two events whose latency is measured, in milliseconds: nothing of the one before is under way any more. */
const APART = 10;

/** Functions, a rule, a queue and a stream on a bare cloud, and what is measured on them. */
export class DeliveryBench {
  readonly #cloud: BareCloud;
  readonly #functions: SmallFunctions;
  readonly #client: RawClient;

  private constructor(cloud: BareCloud, functions: SmallFunctions) {
    this.#cloud = cloud;
    this.#functions = functions;
    this.#client = new RawClient(cloud.endpoint, CONNECTIONS);
  }

  static async deploy(cloud: BareCloud): Promise<DeliveryBench> {
    const settings = settingsFor(cloud.endpoint);
    const functions = new SmallFunctions(settings);
    await functions.create('nothing', NOTHING);
    const fromBus = await functions.create('from-bus', STOPWATCH);
    const fromStream = await functions.create('from-stream', STOPWATCH);
    await ruleToFunction(settings, { rule: 'timed', pattern: { 'detail-type': ['Timed'] }, functionArn: fromBus });
    await tableToFunction(settings, { table: 'timed', functionArn: fromStream, batchSize: 100 });
    return new DeliveryBench(cloud, functions);
  }

  close(): void {
    this.#client.close();
    this.#functions.close();
  }

  /** Milliseconds of each synchronous invocation of a function that does nothing, one after the other. */
  async warmInvokes(count: number): Promise<number[]> {
    for (let n = 0; n < 100; n++) await this.#invoke('nothing', '{}');
    return repeat(count, () => timed(() => this.#invoke('nothing', '{}')));
  }

  /** The same through a server that answers at once: what the call itself costs. */
  async fixedReplies(endpoint: string, count: number): Promise<number[]> {
    const client = new RawClient(endpoint, 1);
    const call = () => client.post('lambda', '/2015-03-31/functions/nothing/invocations', '{}', {});
    for (let n = 0; n < 100; n++) await call();
    const times = await repeat(count, () => timed(call));
    client.close();
    return times;
  }

  /** Milliseconds of invocations that each begin in a new environment. */
  coldInvokes(count: number): Promise<number[]> {
    return repeat(count, async (n) => {
      await this.#functions.configure('nothing', { TURN: String(n) });
      return timed(() => this.#invoke('nothing', '{}'));
    });
  }

  /** Milliseconds from before PutEvents is sent until the handler of the rule's function begins. */
  async putToInvoke(count: number): Promise<number[]> {
    const put = () => {
      const entry = { Source: 'bench', DetailType: 'Timed', Detail: JSON.stringify({ sentAt: now() }) };
      return this.#client.call('events', 'AWSEvents.PutEvents', '1.1', JSON.stringify({ Entries: [entry] }));
    };
    return this.#latencies('from-bus', count, put);
  }

  /** Milliseconds from before PutItem is sent until the handler that reads the table's stream begins. */
  async writeToInvoke(count: number): Promise<number[]> {
    let n = 0;
    const put = () => {
      const Item = { id: { S: String(n++) }, sentAt: { N: String(now()) } };
      const body = JSON.stringify({ TableName: 'timed', Item });
      return this.#client.call('dynamodb', 'DynamoDB_20120810.PutItem', '1.0', body);
    };
    return this.#latencies('from-stream', count, put);
  }

  /** PutEvents entries that are accepted per second, ten a call, with one rule that takes none of them. */
  async putEventsPerSecond(endpoint: string, seconds: number): Promise<number> {
    const client = new RawClient(endpoint, CONNECTIONS);
    await client.call(
      'events',
      'AWSEvents.PutRule',
      '1.1',
      '{"Name":"none","EventPattern":"{\\"source\\":[\\"none\\"]}"}',
    );
    const entry = {
      Source: 'load',
      DetailType: 'OrderCreated',
      Detail: JSON.stringify({ orderId: 'o-1', note: 'x'.repeat(200) }),
    };
    const body = JSON.stringify({ Entries: new Array(ENTRIES).fill(entry) });
    const calls = await perSecond(seconds, () => client.call('events', 'AWSEvents.PutEvents', '1.1', body));
    client.close();
    return calls * ENTRIES;
  }

  /** The same with a rule that takes all of them to a queue; each is on disk there before the call is answered. */
  async putEventsToQueuePerSecond(seconds: number): Promise<number> {
    const queueArn = 'arn:aws:sqs:us-east-1:000000000000:sink';
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'events.amazonaws.com' },
          Action: 'sqs:SendMessage',
          Resource: queueArn,
        },
      ],
    });
    const call = (service: string, target: string, version: '1.0' | '1.1', input: object) =>
      this.#client.call(service, target, version, JSON.stringify(input));
    await call('sqs', 'AmazonSQS.CreateQueue', '1.0', { QueueName: 'sink', Attributes: { Policy } });
    await call('events', 'AWSEvents.PutRule', '1.1', { Name: 'load', EventPattern: '{"source":["load"]}' });
    await call('events', 'AWSEvents.PutTargets', '1.1', { Rule: 'load', Targets: [{ Id: 'sink', Arn: queueArn }] });
    const rate = await this.putEventsPerSecond(this.#cloud.endpoint, seconds);
    await call('events', 'AWSEvents.RemoveTargets', '1.1', { Rule: 'load', Ids: ['sink'] });
    return rate;
  }

  /** SQS messages per second, one a call: sent; then received (up to ten a call) and deleted (ten a call). */
  async messagesPerSecond(endpoint: string, seconds: number): Promise<{ sent: number; received: number }> {
    const client = new RawClient(endpoint, CONNECTIONS);
    const call = async (operation: string, input: object) =>
      JSON.parse(await client.call('sqs', `AmazonSQS.${operation}`, '1.0', JSON.stringify(input))) as Record<
        string,
        never
      >;
    const { QueueUrl } = await call('CreateQueue', { QueueName: 'load' });
    const sent = await perSecond(seconds, () => call('SendMessage', { QueueUrl, MessageBody: 'x'.repeat(300) }));
    let taken = 0;
    const startedAt = performance.now();
    const lane = async () => {
      while (performance.now() - startedAt < seconds * 1000) {
        const { Messages = [] } = (await call('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })) as {
          Messages?: { MessageId: string; ReceiptHandle: string }[];
        };
        if (Messages.length === 0) return;
        const Entries = Messages.map(({ ReceiptHandle }, Id) => ({ Id: String(Id), ReceiptHandle }));
        await call('DeleteMessageBatch', { QueueUrl, Entries });
        taken += Messages.length;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, lane));
    const received = taken / ((performance.now() - startedAt) / 1000);
    client.close();
    return { sent, received };
  }

  async #latencies(functionName: string, count: number, put: () => Promise<unknown>): Promise<number[]> {
    for (let n = 0; n < 100; n++) await put();
    await this.#cloud.idle();
    await this.#invoke(functionName, '{"report":true}');
    for (let n = 0; n < count; n++) {
      await put();
      await new Promise((resolve) => setTimeout(resolve, APART));
    }
    await this.#cloud.idle();
    return JSON.parse(await this.#invoke(functionName, '{"report":true}')) as number[];
  }

  #invoke(functionName: string, payload: string): Promise<string> {
    return this.#client.post('lambda', `/2015-03-31/functions/${functionName}/invocations`, payload, {});
  }
}

/** How often `call` can be done in a second, many at a time; a third of the time before that warms up. */
async function perSecond(seconds: number, call: () => Promise<unknown>): Promise<number> {
  let calls = 0;
  const during = async (ms: number) => {
    const end = performance.now() + ms;
    const lane = async () => {
      for (; performance.now() < end; calls++) await call();
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, lane));
  };
  await during((seconds * 1000) / 3);
  calls = 0;
  const startedAt = performance.now();
  await during(seconds * 1000);
  return calls / ((performance.now() - startedAt) / 1000);
}

async function repeat(count: number, measure: (n: number) => Promise<number>): Promise<number[]> {
  const values: number[] = [];
  for (let n = 0; n < count; n++) values.push(await measure(n));
  return values;
}

async function timed(task: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await task();
  return performance.now() - startedAt;
}

/** Milliseconds since 1970, with fractions. */
const now = (): number => performance.timeOrigin + performance.now();
