import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matching } from './matching';
import { reload } from './reload';
import { BareCloud } from './support/bare-cloud';
import { DeliveryBench } from './support/delivery-bench';
import { fixedReplyServer } from './support/floor';
import { Moto } from './support/moto';
import { atLeast, atMost, makeReport, percentile, type Report, type Target } from './support/report';

const LATENCIES = 400;
const COLD_STARTS = 20;

/** From the bus, a queue or a stream to a function: rates, latencies, and what matching costs. */
export async function delivery(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-delivery-'));
  BareCloud.build();
  const cloud = await BareCloud.start({ dir });
  const floor = await fixedReplyServer();
  const moto = await Moto.start();
  try {
    const bench = await DeliveryBench.deploy(cloud);
    say('warm and cold invocations');
    const warm = await bench.warmInvokes(LATENCIES);
    const floorCalls = await bench.fixedReplies(floor.endpoint, LATENCIES);
    const cold = await bench.coldInvokes(COLD_STARTS);
    say('PutEvents to the handler, PutItem to the handler');
    const fromBus = await bench.putToInvoke(LATENCIES);
    const fromStream = await bench.writeToInvoke(LATENCIES);
    say('PutEvents and SQS under load, here and in moto');
    const events = await bench.putEventsPerSecond(cloud.endpoint, 3);
    const toQueue = await bench.putEventsToQueuePerSecond(3);
    const queue = await bench.messagesPerSecond(cloud.endpoint, 3);
    const motoEvents = moto && (await bench.putEventsPerSecond(moto.endpoint, 3));
    const motoQueue = moto && (await bench.messagesPerSecond(moto.endpoint, 3));
    bench.close();
    say('matching');
    const matched = await matching();
    say('hot reload');
    const reloaded = await reload();
    const ratio = (mix: string) => matched[`matching ${mix}, 10000 rules`]! / matched[`matching ${mix}, 1 rule`]!;
    const p = (values: readonly number[], share: number) => percentile(values, share);
    return makeReport(
      'delivery',
      {
        'PutEvents entries/s accepted': events,
        'PutEvents entries/s to a queue': toQueue,
        'SQS send/s': queue.sent,
        'SQS receive and delete/s': queue.received,
        ...(motoEvents === undefined ? {} : { 'moto: PutEvents entries/s': motoEvents }),
        ...(motoQueue
          ? { 'moto: SQS send/s': motoQueue.sent, 'moto: SQS receive and delete/s': motoQueue.received }
          : {}),
        'put-to-invoke p50 ms': p(fromBus, 0.5),
        'put-to-invoke p99 ms': p(fromBus, 0.99),
        'write-to-invoke p50 ms': p(fromStream, 0.5),
        'write-to-invoke p99 ms': p(fromStream, 0.99),
        'warm invoke p50 ms': p(warm, 0.5),
        'warm invoke p99 ms': p(warm, 0.99),
        'floor: fixed reply p50 ms': p(floorCalls, 0.5),
        'cold invoke p50 ms': p(cold, 0.5),
        ...matched,
        ...reloaded,
      },
      [
        atMost('warm invoke overhead p50 ms', p(warm, 0.5), 1),
        atMost('write-to-invoke p50 ms', p(fromStream, 0.5), 5),
        atLeast('matching, 10,000 rules / 1', ratio('realistic'), 0.3),
        atMost('save to swapped p99 ms', reloaded['save to swapped, one function, p99 ms']!, 1000),
        ...against('PutEvents / moto', events, motoEvents),
        ...against('SQS send / moto', queue.sent, motoQueue?.sent),
        ...against('SQS receive / moto', queue.received, motoQueue?.received),
      ],
    );
  } finally {
    moto?.stop();
    floor.close();
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

function against(name: string, figure: number, peer: number | undefined): Target[] {
  if (peer === undefined) return [{ name, figure: 'no moto', goal: '≥ 10', met: false }];
  return [atLeast(name, figure / peer, 10)];
}

const say = (what: string) => process.stderr.write(`… ${what}\n`);
