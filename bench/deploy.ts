import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BareCloud } from './support/bare-cloud';
import { type CdkCost, runCdk } from './support/cdk-run';
import { changedAssembly } from './support/changed-assembly';
import { CloudProcess } from './support/cloud-process';
import { cpuOf } from './support/cpu';
import { type InProcessDeployment, inProcessDeployment } from './support/in-process-deployment';
import { Playback } from './support/playback';
import { atMost, makeReport, percentile, type Report, type Table } from './support/report';

const ASSEMBLY = 'dist/assembly-local';
/** Runs that synthesise take seconds. */
const FEW = 3;
const RUNS = 7;
const IN_PROCESS_RUNS = 7;

type Cost = { readonly wall: number; readonly cpu: number };

/**
 * What deploying costs: `npm start`, the commands of the CDK CLI, and the deployment alone, in this process.
 *
 * Of `cdk deploy` nearly all is the CLI's own: Node loads its 16 MB, the app is built and synthesised, roles are assumed,
 * answers parsed. The floor of the target is just that, `cdk synth` and the CLI's own time: the same command in the same
 * run against a server that plays back what the cloud has answered before, and does no work of its own.
 */
export async function deploy(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-deploy-'));
  try {
    BareCloud.build();
    const starts = await startTwice(dir);
    const commands = await cdkCommands(dir);
    const floor = await unchangedBesideFloor(dir);
    const alone = await deploymentAlone();
    return {
      ...makeReport(
        'deploy',
        {
          'cdk deploy unchanged, CPU of the cloud, ms': floor.cloudCpu,
          'deployment in process, the first, ms': alone.first.deployed,
          'deployment in process, ms (median)': alone.median.deployed,
          'deployment in process, unchanged, ms (median)': alone.median.unchanged,
          'bootstrap in process, ms (median)': alone.median.bootstrapped,
          'assets published in process, ms (median)': alone.median.published,
        },
        [
          atMost('cdk deploy unchanged / the same against the playback', floor.ratio, 1.15),
          atMost('deployment in process, ms (median)', alone.median.deployed, 150),
        ],
      ),
      tables: [
        {
          title: 'npm start, until it is ready (medians)',
          columns: ['wall ms', 'CPU ms'],
          rows: [row('first: nothing synthesised, no state', starts.first), row('second', starts.second)],
        },
        {
          title: 'cdk with a synthesised app, --app <dir> (medians)',
          columns: ['wall ms', 'CPU ms', 'calls'],
          rows: commands.map(({ name, cost, calls }) => [name, cost.wall, cost.cpu, sum(calls)]),
        },
        {
          title: 'cdk that builds and synthesises the app (medians)',
          columns: ['wall ms', 'CPU ms'],
          rows: [
            row('cdk synth', floor.synth),
            row('cdk deploy, unchanged', floor.deploy),
            row('cdk deploy, unchanged, against the playback', floor.playback),
          ],
        },
        callsOf(commands),
      ],
    };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function startTwice(dir: string): Promise<{ first: Cost; second: Cost }> {
  const first: Cost[] = [];
  const second: Cost[] = [];
  const aside = join(dir, 'assembly-aside');
  if (existsSync(ASSEMBLY)) renameSync(ASSEMBLY, aside);
  for (let run = 0; run < FEW; run++) {
    rmSync(ASSEMBLY, { recursive: true, force: true });
    const state = join(dir, `state-${run}`);
    for (const costs of [first, second, second]) {
      const cloud = await CloudProcess.start(state);
      costs.push({ wall: cloud.readyMs, cpu: cloud.cpuMs });
      await cloud.stop();
    }
  }
  return { first: median(first), second: median(second) };
}

type Command = { readonly name: string; readonly cost: Cost; readonly calls: Readonly<Record<string, number>> };

/** Each command on clouds of their own, in the order in which they are used. */
async function cdkCommands(dir: string): Promise<Command[]> {
  const changed = changedAssembly(ASSEMBLY, join(dir, 'changed'), 'ingest-users', 'changed');
  const swapped = changedAssembly(ASSEMBLY, join(dir, 'swapped'), 'ingest-users', 'swapped');
  const commands: Readonly<Record<string, readonly string[]>> = {
    'cdk bootstrap': ['bootstrap', '--app', ASSEMBLY],
    'cdk deploy, first': ['deploy', '--all', '--app', ASSEMBLY],
    'cdk deploy, unchanged': ['deploy', '--all', '--app', ASSEMBLY],
    'cdk diff, no differences': ['diff', '--app', ASSEMBLY],
    'cdk deploy, a function changed': ['deploy', '--all', '--app', changed],
    'cdk deploy --hotswap, a function changed': ['deploy', '--all', '--hotswap', '--app', swapped],
    'cdk destroy': ['destroy', '--all', '--force', '--app', ASSEMBLY],
  };
  const costs = new Map<string, Cost[]>(Object.keys(commands).map((name) => [name, []]));
  const calls = new Map<string, Record<string, number>>();
  for (let run = 0; run < FEW; run++) {
    const cloud = await BareCloud.start({ dir: join(dir, `cloud-${run}`) });
    for (const [name, args] of Object.entries(commands)) {
      const before = await cloud.calls();
      costs.get(name)!.push(await runCdk({ endpoint: cloud.endpoint, home: dir }, ...args));
      calls.set(name, difference(await cloud.calls(), before));
    }
    await cloud.stop();
    // What hotswapping remembers of one cloud is not so on the next.
    rmSync(join(swapped, '.hotswap-cache'), { recursive: true, force: true });
  }
  return [...costs].map(([name, of]) => ({ name, cost: median(of), calls: calls.get(name)! }));
}

type BesideFloor = {
  readonly synth: Cost;
  readonly deploy: Cost;
  readonly playback: Cost;
  /** Of the fastest: what else runs on the machine only ever adds to a command that takes seconds. */
  readonly ratio: number;
  /** Milliseconds of each deployment. */
  readonly cloudCpu: number;
};

async function unchangedBesideFloor(dir: string): Promise<BesideFloor> {
  const cloud = await BareCloud.start({ dir: join(dir, 'cloud-floor') });
  const playback = await Playback.start(cloud.endpoint);
  const run = (endpoint: string, ...args: string[]): Promise<CdkCost> =>
    runCdk({ endpoint, home: dir }, ...args, '-c', 'stage=local', '--output', join(dir, 'cdk.out'));
  try {
    await runCdk({ endpoint: cloud.endpoint, home: dir }, 'bootstrap', '--app', ASSEMBLY);
    await run(cloud.endpoint, 'deploy', '--all');
    // Written down.
    await run(playback.endpoint, 'deploy', '--all');
    const synth: Cost[] = [];
    const deployed: Cost[] = [];
    const played: Cost[] = [];
    const cloudCpu: number[] = [];
    for (let n = 0; n < RUNS; n++) {
      const before = cpuOf(cloud.pid);
      deployed.push(unchanged(await run(cloud.endpoint, 'deploy', '--all')));
      cloudCpu.push(cpuOf(cloud.pid) - before);
      playback.rewind();
      played.push(unchanged(await run(playback.endpoint, 'deploy', '--all')));
      if (n < FEW) synth.push(await run(cloud.endpoint, 'synth', '--quiet'));
    }
    return {
      synth: median(synth),
      deploy: median(deployed),
      playback: median(played),
      ratio: fastest(deployed) / fastest(played),
      cloudCpu: percentile(cloudCpu, 0.5),
    };
  } finally {
    await playback.stop();
    await cloud.stop();
  }
}

function unchanged(cost: CdkCost): CdkCost {
  if ((cost.output.match(/\(no changes\)/g) ?? []).length !== 2)
    throw new Error(`it changed something:\n${cost.output}`);
  return cost;
}

async function deploymentAlone(): Promise<{ first: InProcessDeployment; median: InProcessDeployment }> {
  const runs: InProcessDeployment[] = [];
  for (let run = 0; run < IN_PROCESS_RUNS; run++) runs.push(await inProcessDeployment(ASSEMBLY));
  const middle = (part: keyof InProcessDeployment) =>
    percentile(
      runs.map((one) => one[part]),
      0.5,
    );
  return {
    first: runs[0]!,
    median: {
      bootstrapped: middle('bootstrapped'),
      published: middle('published'),
      deployed: middle('deployed'),
      unchanged: middle('unchanged'),
    },
  };
}

function callsOf(commands: readonly Command[]): Table {
  const names = [...new Set(commands.flatMap(({ calls }) => Object.keys(calls)))].sort();
  return {
    title: 'calls of the cloud by the CDK CLI',
    columns: commands.map(({ name }) => name.replace(/^cdk /, '').replace('a function ', '')),
    rows: names.map((operation) => [operation, ...commands.map(({ calls }) => calls[operation] ?? 0)]),
  };
}

const median = (costs: readonly Cost[]): Cost => ({
  wall: percentile(
    costs.map(({ wall }) => wall),
    0.5,
  ),
  cpu: percentile(
    costs.map(({ cpu }) => cpu),
    0.5,
  ),
});
const fastest = (costs: readonly Cost[]): number => Math.min(...costs.map(({ wall }) => wall));
const row = (name: string, { wall, cpu }: Cost): readonly [string, ...number[]] => [name, wall, cpu];
const sum = (calls: Readonly<Record<string, number>>): number => Object.values(calls).reduce((a, b) => a + b, 0);
const difference = (after: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    Object.entries(after)
      .map(([name, count]) => [name, count - (before[name] ?? 0)] as const)
      .filter(([, count]) => count > 0),
  );
