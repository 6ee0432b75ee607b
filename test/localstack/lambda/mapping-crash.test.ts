import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { StreamRecord } from '../../../localstack/cloud/core/peers';
import { STREAM } from './fake-streams';
import { type Answer, MappingRig } from './mapping-rig';

let rig: MappingRig | undefined;

const turns = async (count: number): Promise<void> => {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
};

type Delivery = { readonly numbers: readonly number[]; done: number };
const RUNS = Number(process.env.FAST_CHECK_RUNS ?? 60);

/** What happens: records are written, time passes, the process is killed (at some step of some invocation). */
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ write: fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ pass: fc.constantFrom(200, 1_000, 7_000) }) },
  { weight: 2, arbitrary: fc.record({ turns: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ kill: fc.nat(12) }) },
);
type Step = { write?: string[]; pass?: number; turns?: number; kill?: number };

/** How the function behaves, invocation by invocation. */
const behaviour = fc.array(
  fc.record({
    // Event-loop turns before and after its effect.
    before: fc.nat(3),
    after: fc.nat(3),
    outcome: fc.constantFrom('ok', 'ok', 'ok', 'fails', 'partly'),
  }),
  { minLength: 1, maxLength: 12 },
);

async function play(steps: readonly Step[], killAfter: (count: number) => void): Promise<void> {
  let n = 0;
  for (const { write, pass, turns: count, kill } of steps) {
    if (write) {
      rig!.streams.write(
        write.map((pk) => ({ pk, n: n++ })),
        rig!.clock.now(),
      );
    }
    if (pass) await rig!.advance(pass);
    if (count) await turns(count);
    if (kill !== undefined) killAfter(kill);
  }
}

const numberOf = (record: StreamRecord): number => Number(record.dynamodb.SequenceNumber);

test('every record is delivered, in order per item, and a kill repeats no more than one batch that was done', async () => {
  await fc.assert(
    fc
      .asyncProperty(
        fc.record({
          steps: fc.array(step, { minLength: 1, maxLength: 14 }),
          behaviour,
          batchSize: fc.constantFrom(1, 2, 3, 100),
          parallelization: fc.constantFrom(1, 3),
          bisect: fc.boolean(),
        }),
        async ({ steps, behaviour, batchSize, parallelization, bisect }) => {
          const deliveries: Delivery[] = [];
          const written = () => rig!.streams.read(STREAM, '', undefined, 10_000);
          let killIn: number | undefined;
          const mayDie = () => {
            if (killIn === undefined || killIn-- > 0) return;
            killIn = undefined;
            rig!.kill();
          };
          rig = new MappingRig(async ({ Records }: { Records: StreamRecord[] }): Promise<Answer> => {
            const { before, after, outcome } = behaviour[deliveries.length % behaviour.length]!;
            const delivery: Delivery = {
              numbers: Records.map(numberOf),
              done: 0,
            };
            deliveries.push(delivery);
            mayDie();
            await turns(before);
            mayDie();
            const done = outcome === 'ok' ? Records.length : outcome === 'fails' ? 0 : Records.length >> 1;
            delivery.done = done;
            await turns(after);
            mayDie();
            if (outcome === 'ok') return {};
            if (outcome === 'fails') return { fails: true };
            return { payload: { batchItemFailures: [{ itemIdentifier: Records[done]!.dynamodb.SequenceNumber }] } };
          });
          await rig.create({ batchSize, parallelization, bisect });
          await play(steps, (count) => {
            killIn = count;
          });
          killIn = undefined;
          // A function that always fails would never be done: it is healed in the end.
          behaviour.splice(0, behaviour.length, { before: 0, after: 0, outcome: 'ok' });
          await rig.advance(200_000);

          const items = new Map(written().map((record) => [numberOf(record), JSON.stringify(record.dynamodb.Keys.pk)]));
          const done = new Set<number>();
          for (const { numbers, done: count } of deliveries) {
            for (const [index, number] of numbers.entries()) {
              const earlier = [...items].filter(([other, item]) => item === items.get(number) && other < number);
              const open = earlier.filter(([other]) => !done.has(other) && !numbers.slice(0, index).includes(other));
              expect({ number, open }).toEqual({ number, open: [] });
            }
            for (const number of numbers.slice(0, count)) done.add(number);
          }
          expect([...items.keys()].filter((number) => !done.has(number))).toEqual([]);
          if (parallelization === 1) expectOneBatchBack(deliveries);
        },
      )
      .afterEach(() => rig?.stop()),
    { numRuns: RUNS },
  );
}, 60_000);

/** What comes again is, at most, the batch that was done last. */
function expectOneBatchBack(deliveries: readonly Delivery[]): void {
  let last = 0;
  for (const { numbers, done } of deliveries) {
    const begin = numbers[0]!;
    expect({ begin, last, back: begin < last }).toMatchObject({ back: false });
    if (done > 0) last = begin;
  }
}

test('the state of a tumbling window counts each record once, whatever is killed, repeated or reordered', async () => {
  await fc.assert(
    fc
      .asyncProperty(
        fc.record({
          steps: fc.array(step, { minLength: 1, maxLength: 14 }),
          behaviour,
          batchSize: fc.constantFrom(1, 3, 100),
          bisect: fc.boolean(),
          seed: fc.nat(),
        }),
        async ({ steps, behaviour, batchSize, bisect, seed }) => {
          const finals = new Map<string, number[]>();
          let killIn: number | undefined;
          let invocations = 0;
          const mayDie = () => {
            if (killIn === undefined || killIn-- > 0) return;
            killIn = undefined;
            rig!.kill();
          };
          rig = new MappingRig(async (event): Promise<Answer> => {
            const { before, after, outcome } = behaviour[invocations++ % behaviour.length]!;
            mayDie();
            await turns(before);
            const counted: number[] = event.state.counted ?? [];
            if (event.isFinalInvokeForWindow) finals.set(event.window.start, counted);
            await turns(after);
            mayDie();
            if (outcome === 'fails') return { fails: true };
            const done: number = outcome === 'partly' ? event.Records.length >> 1 : event.Records.length;
            const failed = event.Records.slice(done, done + 1) as StreamRecord[];
            return {
              payload: {
                state: { counted: [...counted, ...event.Records.slice(0, done).map(numberOf)] },
                batchItemFailures: failed.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })),
              },
            };
          });
          rig.faults.plan({
            seed,
            rules: [
              { service: 'lambda', operation: 'StreamBatch', fault: 'duplicate', rate: 0.3 },
              { service: 'lambda', operation: 'StreamBatch', fault: 'reorder', rate: 0.3 },
            ],
          });
          await rig.create({ batchSize, bisect, tumblingSeconds: 5 });
          await play(steps, (count) => {
            killIn = count;
          });
          killIn = undefined;
          behaviour.splice(0, behaviour.length, { before: 0, after: 0, outcome: 'ok' });
          await rig.advance(200_000);

          const windows = new Map<string, number[]>();
          for (const record of rig.streams.read(STREAM, '', undefined, 10_000)) {
            const at = record.dynamodb.ApproximateCreationDateTime;
            const start = new Date((at - (at % 5)) * 1000).toISOString().replace('.000Z', 'Z');
            windows.set(start, [...(windows.get(start) ?? []), numberOf(record)]);
          }
          const counted = new Map([...finals].map(([start, numbers]) => [start, [...numbers].sort((a, b) => a - b)]));
          expect(counted).toEqual(windows);
        },
      )
      .afterEach(() => rig?.stop()),
    { numRuns: RUNS },
  );
}, 60_000);
