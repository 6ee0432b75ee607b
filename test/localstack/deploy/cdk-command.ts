import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { projectRoot } from '../../support/local-assembly';

export type CdkRun = {
  readonly exitCode: number;
  /** What it printed, on both streams. */
  readonly output: string;
  /** What it asked of the cloud: how often it called each operation, by `<service>:<operation>`. */
  readonly calls: Readonly<Record<string, number>>;
};

const PROGRAMS = { cdk: 'aws-cdk/bin/cdk', cdklocal: 'aws-cdk-local/bin/cdklocal' };

/** Runs the `cdk` or `cdklocal` of npm as it is in the folder `dir`, told of the cloud by its environment alone. */
export async function runCdk(
  options: {
    readonly program?: keyof typeof PROGRAMS;
    readonly endpoint: string;
    readonly dir: string;
    /** What tells it of the cloud; `cdk` by `AWS_ENDPOINT_URL` unless given. */
    readonly env?: Readonly<Record<string, string>>;
  },
  ...args: string[]
): Promise<CdkRun> {
  const { program = 'cdk', endpoint, dir, env = { AWS_ENDPOINT_URL: endpoint } } = options;
  const before = await callsOf(endpoint);
  const script = join(projectRoot, 'node_modules', PROGRAMS[program]);
  const run = await new Promise<Omit<CdkRun, 'calls'>>((resolve) => {
    const environment = { ...environmentOf(dir), ...env };
    execFile(process.execPath, [script, '--no-notices', ...args], { cwd: dir, env: environment }, (error, out, err) =>
      resolve({ exitCode: typeof error?.code === 'number' ? error.code : error ? -1 : 0, output: out + err }),
    );
  });
  const after = await callsOf(endpoint);
  const calls = Object.entries(after).map(([name, count]) => [name, count - (before[name] ?? 0)] as const);
  return { ...run, calls: Object.fromEntries(calls.filter(([, count]) => count > 0)) };
}

/** Nothing of whoever runs the tests: neither their account nor their settings. */
export const environmentOf = (home: string): Record<string, string | undefined> => ({
  PATH: process.env.PATH,
  HOME: home,
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
  AWS_REGION: 'us-east-1',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  CDK_DISABLE_CLI_TELEMETRY: '1',
});

async function callsOf(endpoint: string): Promise<Record<string, number>> {
  const answer = await fetch(`${endpoint}/_cloud/calls`);
  const { calls } = (await answer.json()) as { calls: Record<string, { functions: number; others: number }> };
  return Object.fromEntries(Object.entries(calls).map(([name, { functions, others }]) => [name, functions + others]));
}
