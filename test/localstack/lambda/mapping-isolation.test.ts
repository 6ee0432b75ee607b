import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { STREAM } from './fake-streams';
import { LambdaBench, queueArn } from './lambda-bench';
import { seenEvents, seenVariable, writeDown } from './seen-events';

let bench: LambdaBench;
let over = false;
beforeEach(async () => {
  over = false;
  bench = await new LambdaBench({ stopGraceMs: 0, maxEnvironments: 2 }).start();
});
afterEach(() => {
  over = true;
  return bench.stop();
});

const HANGS = `export const handler = async (event) => { ${writeDown('"hangs"')} await new Promise(() => {}); };`;
const WORKS = `export const handler = async (event) => {
  ${writeDown('event.Records.map((r) => r.body ?? Number(r.dynamodb.NewImage.n.N))')}
};`;

const deploy = (name: string, source: string) =>
  bench.deploy(name, source, { Timeout: 20, Environment: { Variables: seenVariable(bench) } });

/** What came to the one that works, once `enough` of it has come. Time stands still: nobody times out. */
async function arrivals(enough: (seen: unknown[]) => boolean): Promise<unknown[]> {
  for (;;) {
    if (over) throw new Error('the test is over');
    const seen = seenEvents(bench);
    if (enough(seen)) return seen;
    await new Promise((resolve) => setImmediate(resolve));
  }
}
const hanging = (count: number) => arrivals((seen) => seen.filter((what) => what === 'hangs').length === count);

test('nine streams whose functions never come back leave the tenth everything', async () => {
  const stream = (n: number) => STREAM.replace('Events', `Table${n}`);
  for (let n = 0; n < 10; n++) {
    bench.streams.add(stream(n));
    await deploy(`f${n}`, n < 9 ? HANGS : WORKS);
    await bench.run('CreateEventSourceMapping', {
      EventSourceArn: stream(n),
      FunctionName: `f${n}`,
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1,
    });
    if (n < 9) bench.streams.write([{ pk: 'a', n }], bench.clock.now(), stream(n));
  }
  await hanging(9);
  const numbers = Array.from({ length: 20 }, (_, n) => n);
  for (const n of numbers) bench.streams.write([{ pk: 'b', n }], bench.clock.now(), stream(9));
  const seen = await arrivals((all) => all.length >= 29);
  expect(seen.filter((what) => what !== 'hangs')).toEqual(numbers.map((n) => [n]));
});

test('nine queues whose functions never come back leave the tenth everything', async () => {
  const sqs = bench.registry.peer('sqs');
  const send = (queue: string, body: string) => sqs.send(queueArn(queue), { body }, bench.call.principal);
  for (let n = 0; n < 10; n++) {
    await bench.queue(`q${n}`);
    await deploy(`f${n}`, n < 9 ? HANGS : WORKS);
    await bench.run('CreateEventSourceMapping', {
      EventSourceArn: queueArn(`q${n}`),
      FunctionName: `f${n}`,
      BatchSize: 1,
    });
    if (n < 9) send(`q${n}`, 'x');
  }
  await hanging(9);
  const bodies = Array.from({ length: 20 }, (_, n) => String(n));
  for (const body of bodies) send('q9', body);
  const seen = await arrivals((all) => all.length >= 29);
  const arrived = seen.filter((what) => what !== 'hangs').flat() as string[];
  expect(arrived.sort((a, b) => Number(a) - Number(b))).toEqual(bodies);
});
