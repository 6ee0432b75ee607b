import { parseArgs } from 'node:util';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { endpointOf, type Outputs, readOutputs } from './outputs';
import { ProgressBar } from './progress-bar';
import { interleave, type SyntheticEvent, seededRandom, syntheticOrder } from './synthetic-orders';

const USAGE = `npm run demo [-- options]

  --orders <n>      how many orders                       (100)
  --rate <n>        events per second                     (100)
  --seed <n>        same seed, same orders                (the time)
  --outputs <file>  stack outputs of the deployed system  (.localcloud/outputs.json)
`;

const STATUSES = ['created', 'confirmed', 'paid', 'shipped', 'delivered'] as const;

/** `npm run demo`: puts a stream of synthetic orders on the bus and shows how far they came. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      orders: { type: 'string', default: '100' },
      rate: { type: 'string', default: '100' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      outputs: { type: 'string', default: '.localcloud/outputs.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return;
  }
  const orderCount = positive('--orders', values.orders);
  const rate = positive('--rate', values.rate);
  const random = seededRandom(positive('--seed', values.seed));
  const outputs = readOutputs(values.outputs);

  const run = `demo-${values.seed}`;
  const orders = Array.from({ length: orderCount }, (_, n) => syntheticOrder(`${run}-${n + 1}`, random));
  await putAll(interleave(orders, random), rate, outputs);
  await showFunnel(orders, outputs);
}

async function putAll(events: readonly SyntheticEvent[], rate: number, outputs: Outputs): Promise<void> {
  const bus = new EventBridgeClient(clientSettings(outputs));
  const bar = new ProgressBar('putting events', events.length);
  const startedAt = Date.now();
  for (let at = 0; at < events.length; at += 10) {
    const batch = events.slice(at, at + 10);
    const wait = startedAt + (at / rate) * 1000 - Date.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    const answer = await bus.send(
      new PutEventsCommand({
        Entries: batch.map(({ source, detailType, detail }) => ({
          EventBusName: outputs.OrderBusName,
          Source: source,
          DetailType: detailType,
          Detail: JSON.stringify(detail),
        })),
      }),
    );
    if (answer.FailedEntryCount) {
      const failed = answer.Entries?.find((entry) => entry.ErrorCode);
      throw new Error(
        `the bus refused ${answer.FailedEntryCount} events: ${failed?.ErrorCode} ${failed?.ErrorMessage}`,
      );
    }
    bar.show(at + batch.length);
  }
}

/** Waits until every order has as many versions as events were put for it, then counts how far the orders came. */
async function showFunnel(orders: readonly (readonly SyntheticEvent[])[], outputs: Outputs): Promise<void> {
  const bar = new ProgressBar('projected     ', orders.length);
  const reached = new Map<string, { status: string; version: number }>();
  const deadline = Date.now() + 60_000;
  for (let missing = orders; missing.length > 0 && Date.now() < deadline; ) {
    for (let at = 0; at < missing.length; at += 16) {
      await Promise.all(
        missing.slice(at, at + 16).map(async ([first]) => {
          const order = await fetch(`${outputs.QueryUrl}orders/${first!.orderId}`);
          if (order.ok) reached.set(first!.orderId, (await order.json()) as { status: string; version: number });
        }),
      );
    }
    const settled = (order: readonly SyntheticEvent[]) =>
      (reached.get(order[0]!.orderId)?.version ?? 0) >= order.length;
    missing = orders.filter((order) => !settled(order));
    bar.show(orders.length - missing.length);
    if (missing.length > 0) await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const furthest = orders.map((order) => {
    const status = reached.get(order[0]!.orderId)?.status;
    const version = reached.get(order[0]!.orderId)?.version ?? 0;
    return { cancelled: status === 'cancelled', steps: status === 'cancelled' ? version - 1 : version };
  });
  process.stdout.write('\n');
  STATUSES.forEach((status, index) => {
    const count = furthest.filter(({ steps }) => steps > index).length;
    const share = count / orders.length;
    process.stdout.write(
      `${status.padEnd(10)} ${String(count).padStart(6)}  ${`${(share * 100).toFixed(1)} %`.padStart(7)}  ${'█'.repeat(Math.round(share * 40))}\n`,
    );
  });
  const cancelled = furthest.filter((order) => order.cancelled).length;
  process.stdout.write(`${'cancelled'.padEnd(10)} ${String(cancelled).padStart(6)}\n`);
  process.stdout.write(`\nsee one: curl -s ${outputs.QueryUrl}orders/${orders[0]![0]!.orderId}/events\n`);
}

/** Against a local endpoint any credentials will do; on AWS the SDK finds its own. */
function clientSettings(outputs: Outputs) {
  const endpoint = endpointOf(outputs);
  return endpoint
    ? { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }
    : {};
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value <= 0) throw new Error(`${option} is "${text}"; give a whole number above 0`);
  return value;
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
