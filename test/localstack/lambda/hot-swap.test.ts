import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { LambdaBench, zip } from './lambda-bench';

let bench: LambdaBench;
const gate = join(tmpdir(), `lambda-gate-${process.pid}`);
afterEach(async () => {
  rmSync(gate, { force: true });
  await bench.stop();
});

const EVENT = { 'x-amz-invocation-type': 'Event' };
const update = (source: string) =>
  bench.run('UpdateFunctionCode', { FunctionName: 'f', ZipFile: zip({ 'index.mjs': source }) });

test('what runs ends with the old code; what waits, queued or not, runs the new one', async () => {
  bench = await new LambdaBench({ maxEnvironmentsPerFunction: 1 }).start();
  const waits = `import { existsSync } from 'node:fs';
    export const handler = async () => {
      while (!existsSync('${gate}')) await new Promise((resolve) => setTimeout(resolve, 1));
      return 'old';
    };`;
  await bench.deploy('f', waits);
  const running = bench.invoke('f');
  const waiting = bench.invoke('f');
  const bus = 'arn:aws:events:us-east-1:000000000000:event-bus/b';
  await bench.run('PutFunctionEventInvokeConfig', {
    FunctionName: 'f',
    DestinationConfig: { OnSuccess: { Destination: bus } },
  });
  await bench.invoke('f', {}, EVENT);
  await update('export const handler = async () => "new";');
  const next = bench.invoke('f');
  writeFileSync(gate, '');
  expect([(await running).payload, (await waiting).payload, (await next).payload]).toEqual(['old', 'new', 'new']);
  await bench.idle();
  expect(bench.bus.entries.map(({ detail }) => JSON.parse(detail).responsePayload)).toEqual(['new']);
});

test('under load, ten changes drop nothing, fail nothing, and are seen by whatever begins after them', async () => {
  bench = await new LambdaBench().start();
  const version = (n: number) =>
    `export const handler = async () => { await new Promise((r) => setTimeout(r, 1)); return ${n}; };`;
  await bench.deploy('f', version(0));
  let deployed = 0;
  let answered = 0;
  const wrong: unknown[] = [];
  const caller = async () => {
    while (deployed < 10) {
      const from = deployed;
      const { payload, functionError } = await bench.invoke('f');
      if (functionError || payload < from || payload > deployed) wrong.push([from, payload, deployed]);
      answered++;
    }
  };
  const callers = Array.from({ length: 6 }, caller);
  for (let n = 1; n <= 10; n++) {
    const until = answered + 10;
    for (let event = 0; event < 5; event++) await bench.invoke('f', {}, EVENT);
    while (answered < until) await new Promise(setImmediate);
    await update(version(n));
    deployed = n;
  }
  await Promise.all(callers);
  await bench.idle();
  expect(wrong).toEqual([]);
  expect(answered).toBeGreaterThanOrEqual(100);
  expect(bench.notes.filter(({ outcome }) => outcome === 'ok')).toHaveLength(answered + 50);
  expect(bench.notes).toHaveLength(answered + 50);
});
