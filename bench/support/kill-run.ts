import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs';
import { seededRandom } from '../../demo/synthetic-orders';
import { BareCloud } from './bare-cloud';
import { RawClient } from './raw-client';
import { SmallFunctions, settingsFor } from './small-functions';
import { ruleToFunction, sourceToFunction, tableToFunction } from './wiring';

/** What was acknowledged is kept by these names; `item` is a put whose stream record has to reach the function. */
const KINDS = ['event', 'message', 'async', 'item'] as const;
type Kind = (typeof KINDS)[number];

export type KillReport = {
  readonly kills: number;
  readonly acknowledged: Readonly<Record<Kind, number>>;
  /** Acknowledged and never delivered: there must be none. */
  readonly lost: readonly string[];
  /** Stream batches that began again more than one done batch earlier: there must be none. */
  readonly steppedBack: readonly string[];
  /** Deliveries beyond the first, as a share of all: what at-least-once costs. */
  readonly repeated: number;
  readonly restartMs: readonly number[];
};

/** Longest load between two kills, in milliseconds. */
const LOAD_MS = 400;
/** One restart in this many is killed again while it takes up what was left. */
const KILL_AGAIN = 4;

/** Writes down what it gets, outside of the cloud, before it has succeeded. A line is one write: whole, or not there. */
const LEDGER = `
import { appendFileSync } from 'node:fs';
export const handler = async (event) => {
  const lines = [];
  if (event.id && event.detail) lines.push('event ' + event.id);
  else if (event.async) lines.push('async ' + event.async);
  else {
    const records = event.Records;
    for (const { body, dynamodb } of records) lines.push(body ? 'message ' + body : 'item ' + dynamodb.Keys.id.S);
    const numbers = records.map(({ dynamodb }) => dynamodb?.SequenceNumber);
    if (numbers[0]) lines.push('batch ' + numbers[0] + ' ' + numbers.at(-1));
  }
  appendFileSync(process.env.LEDGER, lines.join('\\n') + '\\n');
};
`;

/**
 * Kills a cloud under load with SIGKILL, again and again at random moments, and starts it again on what is left. After each
 * restart everything that was acknowledged has to reach its function at least once.
 */
export async function killRun(options: {
  readonly kills: number;
  readonly seed: number;
  readonly onKill?: (count: number) => void;
}): Promise<KillReport> {
  const { kills, seed, onKill = () => {} } = options;
  const dir = mkdtempSync(join(tmpdir(), 'kill-run-'));
  const ledger = join(dir, 'ledger.txt');
  const random = seededRandom(seed);
  BareCloud.build();
  let cloud = await BareCloud.start({ dir });
  const { port } = cloud;
  try {
    appendFileSync(ledger, '');
    await deploy(cloud, ledger);
    const load = new Load(cloud.endpoint);
    const restartMs: number[] = [];
    for (let count = 1; count <= kills; count++) {
      const running = load.run();
      await pause(random() * LOAD_MS);
      await cloud.kill();
      load.pause();
      await running;
      cloud = await BareCloud.start({ dir, port });
      restartMs.push(cloud.readyMs);
      onKill(count);
      if (count < kills && Math.floor(random() * KILL_AGAIN) === 0) {
        await pause(random() * 100);
        await cloud.kill();
        cloud = await BareCloud.start({ dir, port });
      }
      await settle(cloud);
      const missing = load.missing(deliveries(ledger));
      if (missing.length > 0) {
        return { ...report(count, load, ledger, restartMs), lost: missing };
      }
    }
    load.close();
    return report(kills, load, ledger, restartMs);
  } finally {
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Also what a queue has given to a function that died with the cloud comes again, once its visibility timeout is over. */
async function settle(cloud: BareCloud): Promise<void> {
  await cloud.idle();
  await cloud.advance('3m');
  await cloud.idle();
}

async function deploy(cloud: BareCloud, ledger: string): Promise<void> {
  const settings = settingsFor(cloud.endpoint);
  const functions = new SmallFunctions(settings);
  const functionArn = await functions.create('ledger', LEDGER, { LEDGER: ledger });
  functions.close();
  await ruleToFunction(settings, { rule: 'all', pattern: { source: ['kill'] }, functionArn });
  await tableToFunction(settings, { table: 'items', functionArn, batchSize: 10 });
  const sqs = new SQSClient(settings);
  await sqs.send(new CreateQueueCommand({ QueueName: 'messages', Attributes: { VisibilityTimeout: '60' } }));
  sqs.destroy();
  const EventSourceArn = 'arn:aws:sqs:us-east-1:000000000000:messages';
  await sourceToFunction(settings, { EventSourceArn, functionArn, batchSize: 5 });
}

/** Calls without end, one lane of each kind; remembers what was acknowledged. */
class Load {
  readonly #client: RawClient;
  readonly #acknowledged = new Map<Kind, string[]>(KINDS.map((kind) => [kind, []]));
  /** Acknowledged and not seen yet. */
  readonly #open = new Set<string>();
  #running = false;
  #count = 0;

  constructor(endpoint: string) {
    this.#client = new RawClient(endpoint, 8);
  }

  /** Until `pause`. A call that fails was not acknowledged: nothing is expected of it. */
  async run(): Promise<void> {
    this.#running = true;
    await Promise.all([
      this.#lane('event', () => this.#putEvents()),
      this.#lane('message', (id) => this.#send(id)),
      this.#lane('async', (id) => this.#invoke(id)),
      this.#lane('item', (id) => this.#put(id)),
      this.#lane('item', (id) => this.#put(id)),
    ]);
  }

  pause(): void {
    this.#running = false;
  }

  close(): void {
    this.#client.close();
  }

  counts(): Record<Kind, number> {
    return Object.fromEntries(KINDS.map((kind) => [kind, this.#acknowledged.get(kind)!.length])) as Record<
      Kind,
      number
    >;
  }

  /** What of the acknowledged is not among the deliveries. */
  missing(delivered: ReadonlyMap<string, number>): string[] {
    for (const one of this.#open) if (delivered.has(one)) this.#open.delete(one);
    return [...this.#open];
  }

  async #lane(kind: Kind, call: (id: string) => Promise<readonly string[]>): Promise<void> {
    while (this.#running) {
      try {
        for (const id of await call(`${kind}-${this.#count++}`)) {
          this.#acknowledged.get(kind)!.push(id);
          this.#open.add(`${kind} ${id}`);
        }
      } catch {
        // Killed in the midst of it: the cloud is not there until the next run.
        if (this.#running) await pause(1);
      }
    }
  }

  async #putEvents(): Promise<string[]> {
    const entry = { Source: 'kill', DetailType: 'Test', Detail: '{"n":1}' };
    const body = JSON.stringify({ Entries: [entry, entry, entry] });
    const answer = await this.#client.call('events', 'AWSEvents.PutEvents', '1.1', body);
    return (JSON.parse(answer) as { Entries: { EventId: string }[] }).Entries.map(({ EventId }) => EventId);
  }

  async #send(id: string): Promise<string[]> {
    const body = JSON.stringify({ QueueUrl: 'http://127.0.0.1/000000000000/messages', MessageBody: id });
    await this.#client.call('sqs', 'AmazonSQS.SendMessage', '1.0', body);
    return [id];
  }

  async #invoke(id: string): Promise<string[]> {
    await this.#client.post('lambda', '/2015-03-31/functions/ledger/invocations', JSON.stringify({ async: id }), {
      'x-amz-invocation-type': 'Event',
    });
    return [id];
  }

  async #put(id: string): Promise<string[]> {
    const body = JSON.stringify({ TableName: 'items', Item: { id: { S: id } } });
    await this.#client.call('dynamodb', 'DynamoDB_20120810.PutItem', '1.0', body);
    return [id];
  }
}

function report(kills: number, load: Load, ledger: string, restartMs: readonly number[]): KillReport {
  const delivered = deliveries(ledger);
  let all = 0;
  for (const count of delivered.values()) all += count;
  return {
    kills,
    acknowledged: load.counts(),
    lost: load.missing(delivered),
    steppedBack: stepsBack(ledger),
    repeated: (all - delivered.size) / all,
    restartMs,
  };
}

/** How often each was delivered. */
function deliveries(ledger: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const line of linesOf(ledger)) {
    if (!line.startsWith('batch ')) counts.set(line, (counts.get(line) ?? 0) + 1);
  }
  return counts;
}

/** A batch may be repeated once it was done, but not one before a batch that was done. */
function stepsBack(ledger: string): string[] {
  const batches = linesOf(ledger)
    .filter((line) => line.startsWith('batch '))
    .map((line) => line.split(' ') as [string, string, string]);
  const found: string[] = [];
  let furthest = { first: '', end: '' };
  for (const [, first, end] of batches) {
    if (first < furthest.first) found.push(`${first} came again after ${furthest.first} to ${furthest.end}`);
    if (end >= furthest.end) furthest = { first, end };
  }
  return found;
}

const linesOf = (ledger: string): string[] =>
  existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').filter(Boolean) : [];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
