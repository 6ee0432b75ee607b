import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { toItem } from '../functions/adapters/views/item';
import { CloudProcess } from './support/cloud-process';
import { listedOrder } from './support/listed-orders';
import { ProjectedStack } from './support/projected-stack';
import { projectorCost } from './support/projector-cost';
import { inParallel, RawClient } from './support/raw-client';
import { atLeast, atMost, makeReport, percentile, type Report } from './support/report';

/** Delivered orders of the backlog: five events each. */
const ORDERS = Number(process.env.ORDERS ?? 12_000);
const LAG_EVENTS = 500;
const LAG_RATE = 50;
/** As many as the workers write at a time, and twice, for two of them. */
const PUTS_AT_ONCE = 32;

/** From the recording of an event to its row: lag under load, the speed of a backlog and of a rebuild, and what each costs. */
export async function projections(): Promise<Report> {
  say('a batch by the SDK');
  const { table, targets } = await projectorCost();
  const dir = mkdtempSync(join(tmpdir(), 'bench-projections-'));
  say('the deployed stack');
  const cloud = await CloudProcess.start(dir);
  const stack = new ProjectedStack(cloud);
  try {
    say('warming up');
    await stack.lag(100, LAG_RATE);
    await cloud.idle();
    say(`lag: ${LAG_EVENTS} events at ${LAG_RATE} a second`);
    const lags = await stack.lag(LAG_EVENTS, LAG_RATE);
    await cloud.idle();
    say(`a backlog of ${ORDERS * 5} events`);
    const drained = await stack.drain('backlog', ORDERS);
    say('a rebuild');
    const rebuilt = await stack.rebuild();
    const perSecond = rebuilt.perSecond ?? Number.NaN;
    say('the floor: a scan, and conditional puts');
    const floor = await floorOf(cloud, rebuilt.read, rebuilt.rows);
    return {
      ...makeReport(
        'projections',
        {
          'rows/s live, a backlog': drained.eventsPerSecond,
          'events/s, rebuild': perSecond,
          'rows/s, rebuild': (perSecond * rebuilt.rows) / rebuilt.read,
          'floor: events/s of a scan and puts': floor,
          'lag p50 ms': percentile(lags, 0.5),
          'lag p99 ms': percentile(lags, 0.99),
          ...Object.fromEntries(
            [...drained.calls].map(([name, each]) => [`calls per event, a backlog: ${name}`, each]),
          ),
        },
        [
          ...targets,
          atLeast('rebuild: events/s', perSecond, 5_000),
          // A put by the SDK costs four times a raw one.
          atLeast('rebuild / floor', perSecond / floor, 0.2),
          atMost('lag p99 ms at 50 events/s', percentile(lags, 0.99), 50),
        ],
      ),
      tables: [table],
    };
  } finally {
    stack.stop();
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/**
 * Events a second of whoever only has to read the event table, in two parts at a time, and to write so many rows of the usual size, each on
 * condition: without a fold, without notes of its progress, without an SDK.
 */
async function floorOf(cloud: CloudProcess, events: number, rows: number): Promise<number> {
  const client = new RawClient(cloud.endpoint, PUTS_AT_ONCE);
  const dynamodb = async (operation: string, input: object) =>
    JSON.parse(await client.call('dynamodb', `DynamoDB_20120810.${operation}`, '1.0', JSON.stringify(input))) as {
      readonly LastEvaluatedKey?: object;
    };
  const scan = await inParallel(2, 2, async (Segment) => {
    let from: object | undefined;
    do {
      const input: ScanCommand['input'] = { TableName: cloud.outputs.EventsTableName, Segment, TotalSegments: 2 };
      const page = await dynamodb('Scan', { ...input, ConsistentRead: true, ...(from && { ExclusiveStartKey: from }) });
      from = page.LastEvaluatedKey;
    } while (from);
  });
  const floorGeneration = 1_000;
  const puts = await inParallel(rows, PUTS_AT_ONCE, (n) => {
    const input: PutItemCommand['input'] = {
      TableName: cloud.outputs.ViewsTableName,
      Item: toItem(floorGeneration, listedOrder(n)),
      ConditionExpression: 'attribute_not_exists(pk)',
    };
    return dynamodb('PutItem', input);
  });
  client.close();
  return events / (scan + puts);
}

const say = (what: string) => process.stderr.write(`${what} …\n`);
