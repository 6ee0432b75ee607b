import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { describe } from '@jest/globals';

const run = promisify(execFile);

const installed = spawnSync('aws', ['--version']).status === 0;

/** A suite that drives the real `aws` command; without one on the machine it is skipped, and says so. */
export const describeWithAwsCli: typeof describe.skip = installed
  ? describe
  : Object.assign(
      (name: string, suite: () => void) => describe.skip(`${name} (skipped: no aws command on this machine)`, suite),
      describe.skip,
    );

/** Credentials for the local cloud, and nothing of the developer's own AWS configuration. */
export function cliEnvironment(): NodeJS.ProcessEnv {
  const own = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
  return {
    ...own,
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_CONFIG_FILE: '/dev/null',
    AWS_PAGER: '',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}

/** Runs `aws --endpoint-url <endpoint> …`; resolves with its JSON output. Rejects with what it printed on stderr. */
export async function aws<T = Record<string, unknown>>(endpoint: string, ...args: string[]): Promise<T> {
  const stdout = await awsText(endpoint, '--output', 'json', ...args);
  return (stdout.trim() ? JSON.parse(stdout) : {}) as T;
}

/** The same for commands that print for people. What they ask of other services goes to the endpoint, too. */
export async function awsText(endpoint: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await run('aws', ['--endpoint-url', endpoint, ...args], {
      env: { ...cliEnvironment(), AWS_ENDPOINT_URL: endpoint },
    });
    return stdout;
  } catch (error) {
    throw new Error(`aws ${args.join(' ')}: ${(error as { stderr?: string }).stderr ?? String(error)}`);
  }
}
