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
  try {
    const { stdout } = await run('aws', ['--endpoint-url', endpoint, '--output', 'json', ...args], {
      env: cliEnvironment(),
    });
    return (stdout.trim() ? JSON.parse(stdout) : {}) as T;
  } catch (error) {
    throw new Error(`aws ${args.join(' ')}: ${(error as { stderr?: string }).stderr ?? String(error)}`);
  }
}
