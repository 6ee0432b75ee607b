import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { connect } from '../../functions/cli/connect';
import { runCommandLine } from '../../functions/cli/run-command-line';
import { cliEnvironment } from './aws-cli';
import { projectRoot } from './local-assembly';
import type { System } from './system';

export type Ran = { readonly code: number | null; readonly out: string; readonly error: string };

/** Somebody who types `orderstream` commands at this system. */
export class Operator {
  constructor(private readonly system: System) {
    // The SDK reads the environment of its process, which in a test is the test's own.
    Object.assign(process.env, this.environment);
  }

  /** In this process: a start of Node for each would take most of the time. */
  async run(...args: readonly string[]): Promise<Ran> {
    const texts = { out: '', error: '' };
    const code = await runCommandLine([...args, '--stage', this.stage], {
      environment: this.environment,
      localOutputs: () => undefined,
      connect,
      terminal: {
        input: () => Promise.reject(new Error('nobody types anything')),
        isInteractive: true,
        file: (path) => readFileSync(path, 'utf8'),
        out: (text) => {
          texts.out += `${text}\n`;
        },
        error: (text) => {
          texts.error += `${text}\n`;
        },
        progress: () => {},
      },
    });
    return { code, ...texts };
  }

  /** What the command answers with `--json`; it must succeed. */
  // biome-ignore lint/suspicious/noExplicitAny: whatever the command answers; the tests say what that is.
  async json(...args: readonly string[]): Promise<any> {
    const { code, out, error } = await this.run(...args, '--json');
    if (code !== 0) throw new Error(`orderstream ${args.join(' ')} ended with ${code}: ${error}${out}`);
    return JSON.parse(out);
  }

  /** In a process of its own, as it is installed. */
  process(args: readonly string[], input = ''): Promise<Ran> {
    const stage = args.includes('--stage') ? [] : ['--stage', this.stage];
    return this.program(process.execPath, ['scripts/orderstream.mjs', ...args, ...stage], {}, input);
  }

  async program(name: string, args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Promise<Ran> {
    const child = spawn(name, [...args], { cwd: projectRoot, env: { ...process.env, ...env } });
    const texts = { out: '', error: '' };
    child.stdout.on('data', (chunk: Buffer) => {
      texts.out += chunk.toString('utf8');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      texts.error += chunk.toString('utf8');
    });
    child.stdin.end(input);
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve));
    return { code, ...texts };
  }

  private get environment(): NodeJS.ProcessEnv {
    const { endpoint } = this.system;
    return endpoint === undefined ? process.env : { ...cliEnvironment(), AWS_ENDPOINT_URL: endpoint };
  }

  private get stage(): string {
    return this.system.outputs.OrderBusName!.replace('orders-', '');
  }
}
