import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { cpuOfEnded } from './cpu';

export type CdkCost = { readonly wall: number; readonly cpu: number; readonly output: string };

/** Runs `cdk` as it came from npm, in the project, told of a cloud by its environment. Milliseconds. Rejects when it fails. */
export async function runCdk(options: { endpoint: string; home: string }, ...args: string[]): Promise<CdkCost> {
  const cpu = cpuOfEnded();
  const startedAt = performance.now();
  const output = await new Promise<string>((done, reject) => {
    execFile(
      process.execPath,
      [resolve('node_modules/aws-cdk/bin/cdk'), ...args],
      {
        env: {
          PATH: process.env.PATH,
          HOME: options.home,
          AWS_ENDPOINT_URL: options.endpoint,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_REGION: 'us-east-1',
          CDK_DISABLE_CLI_TELEMETRY: '1',
        },
      },
      (error, out, err) =>
        error ? reject(new Error(`cdk ${args.join(' ')} failed:\n${out}${err}`, { cause: error })) : done(out + err),
    );
  });
  return { wall: performance.now() - startedAt, cpu: cpuOfEnded() - cpu, output };
}
