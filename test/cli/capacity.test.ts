import { describe, expect, test } from '@jest/globals';
import type { DeployedFunction, Functions, Runs } from '../../functions/application/queueing/ports';
import { run } from '../support/command-line';
import { FixedEffects } from '../support/fixed-effects';

const MINUTE = 60_000;
const WINDOW = 15 * MINUTE;

const deployed = (name: string, over: Partial<DeployedFunction> = {}): DeployedFunction => ({
  name,
  servers: { count: 1000, by: 'account' },
  queues: [],
  logGroup: name,
  jsonLogs: false,
  ...over,
});

/** So many runs a second of so many milliseconds. */
const runs = (perSecond: number, ms: number, windowMs = WINDOW): Runs => {
  const count = Math.round((perSecond * windowMs) / 1_000);
  return { count, busyMs: count * ms, windowMs };
};

function stage(...all: readonly (readonly [DeployedFunction, Runs])[]) {
  const windows: number[] = [];
  const functions: Functions = {
    all: async () => all.map(([one]) => one),
    runs: async (one, windowMs) => {
      windows.push(windowMs);
      return all.find(([{ name }]) => name === one.name)![1];
    },
  };
  return { operations: { functions, stage: 'local', effects: new FixedEffects() }, windows };
}

const capacity = (operations: ReturnType<typeof stage>['operations'], ...args: readonly string[]) =>
  run(['capacity', ...args], operations);

describe('orderstream capacity', () => {
  test('shows load, queue and wait of each function, by name', async () => {
    const { operations, windows } = stage(
      [deployed('project-views', { servers: { count: 1, by: 'mapping' } }), runs(5, 100)],
      [
        deployed('ingest-orders', {
          servers: { count: 2, by: 'reserved' },
          queues: [{ name: 'q', messages: 95, batchSize: 10 }],
        }),
        runs(8, 200),
      ],
    );
    const { code, out } = await capacity(operations);
    expect(code).toBe(0);
    expect(windows).toEqual([WINDOW, WINDOW]);
    expect(out).toBe(
      [
        'function       runs  per s  run ms  at a time  by          ρ  waiting    wait  in queue  drained in  for 100 ms',
        'ingest-orders  7200      8     200          2  reserved  0.8     2.84  356 ms        95         5 s           3',
        'project-views  4500      5     100          1  mapping   0.5      0.5  100 ms                                 1',
        '',
        'ingest-orders waits longer than 100 ms: let 3 run at a time (it has 2, by reserved), or shorten its runs',
      ].join('\n'),
    );
  });

  test('says what gets more than it can do, what it needs, and that this is bad', async () => {
    const queues = [{ name: 'q', messages: 10, batchSize: 10 }];
    const { operations } = stage([
      deployed('insights', { servers: { count: 2, by: 'mapping' }, queues }),
      runs(25, 100),
    ]);
    const { code, out } = await capacity(operations);
    expect(code).toBe(1);
    expect(out).toMatch(/insights .* 1\.25 +unstable +grows +10 +never +4\n/);
    expect(out).toContain('insights gets more than it can do: let 4 run at a time (it has 2, by mapping)');
    expect(JSON.parse((await capacity(operations, '--json')).out).functions[0].load).toEqual({
      arrivalRate: 25,
      serviceRate: 10,
      serviceMs: 100,
      utilisation: 1.25,
      kind: 'unstable',
      needed: 4,
    });
  });

  test('reckons with as many servers, and as short a wait, as somebody asks for', async () => {
    const { operations, windows } = stage([deployed('ingest-orders'), runs(8, 100, 120 * MINUTE)]);
    const { out } = await capacity(operations, '--servers', '1', '--target-wait', '1ms', '--since', '2h', '--json');
    expect(windows).toEqual([120 * MINUTE]);
    expect(JSON.parse(out)).toMatchObject({
      since: '2h',
      targetWaitMs: 1,
      functions: [
        {
          servers: { count: 1, by: 'given' },
          load: {
            kind: 'stable',
            utilisation: 0.8,
            waiting: expect.closeTo(3.2),
            waitMs: expect.closeTo(400),
            needed: 4,
          },
        },
      ],
    });
  });

  test('says nothing of what has run too seldom', async () => {
    const { operations } = stage([deployed('sweep-inbox'), { count: 9, busyMs: 900, windowMs: WINDOW }]);
    const { code, out } = await capacity(operations);
    expect(code).toBe(0);
    expect(out).toMatch(/sweep-inbox +9 +1000 +account +too few\n/);
    expect(out).toContain('too few: less than 10 runs in 15m');
  });

  test('looks at one function alone', async () => {
    const { operations } = stage([deployed('a'), runs(1, 1)], [deployed('b'), runs(1, 1)]);
    expect(JSON.parse((await capacity(operations, 'b', '--json')).out).functions).toHaveLength(1);
    const none = await capacity(operations, 'c');
    expect(none).toMatchObject({
      code: 1,
      error: expect.stringContaining('there is no function "c"; there are: a, b'),
    });
  });

  test('says what deploys functions where there are none', async () => {
    const { operations } = stage();
    const { error } = await capacity(operations);
    expect(error).toContain('stage local has no functions: npx cdk deploy --all -c stage=local deploys them');
  });

  test.each([
    [['--servers', '0'], '--servers is "0"; a whole number, 1 to 99999'],
    [['--target-wait', '0ms'], '--target-wait is "0ms"; a time above 0, such as 100ms, 2s, 1m'],
    [['--target-wait', '5'], '--target-wait is "5"'],
    [['--since', 'yesterday'], '--since is "yesterday"'],
  ])('%j is refused with what would be right', async (args, message) => {
    const { operations } = stage();
    expect(await capacity(operations, ...args)).toMatchObject({ code: 2, error: expect.stringContaining(message) });
  });
});
