import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { endpointOf, type Outputs, readOutputs } from '../../demo/outputs';
import { cpuOf } from './cpu';

/** `npm start` in a process of its own, as a user has it. */
export class CloudProcess {
  readonly readyMs: number;
  /** Milliseconds of CPU until then, with those of what it had started and that had ended. */
  readonly cpuMs: number;
  readonly endpoint: string;
  readonly outputs: Outputs;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, readyMs: number, outputs: Outputs) {
    this.#child = child;
    this.readyMs = readyMs;
    this.cpuMs = cpuOf(child.pid!);
    this.outputs = outputs;
    this.endpoint = endpointOf(outputs)!;
  }

  /** Resolves when the process says `ready in <n> ms`. `options`: more of `npm start`. `readyMs` is measured from outside, from the spawn on. */
  static start(dir: string, ...options: readonly string[]): Promise<CloudProcess> {
    const startedAt = performance.now();
    const args = ['scripts/run.mjs', 'localstack/main.ts', '--port', '0', '--dir', dir, ...options];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    return new Promise((resolve, reject) => {
      let text = '';
      const listen = (chunk: Buffer) => {
        text += chunk.toString('utf8');
        if (!/ready in \d+ ms/.test(text)) return;
        child.stdout!.removeListener('data', listen);
        child.stdout!.resume();
        resolve(new CloudProcess(child, performance.now() - startedAt, readOutputs(join(dir, 'outputs.json'))));
      };
      child.stdout!.on('data', listen);
      child.once('exit', (code) => reject(new Error(`npm start ended with ${code}:\n${text}`)));
    });
  }

  /** Memory in MB: now, and the most there has been. */
  memory(): { now: number; peak: number } {
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8');
    const megabytes = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)?.[1]) / 1024;
    return { now: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  }

  async calls(): Promise<Record<string, { functions: number; others: number }>> {
    const answer = await fetch(`${this.endpoint}/_cloud/calls`);
    return ((await answer.json()) as { calls: Record<string, { functions: number; others: number }> }).calls;
  }

  async idle(): Promise<void> {
    const answer = await fetch(`${this.endpoint}/_cloud/idle?timeout=120000`);
    if (!answer.ok) throw new Error(`the cloud did not come to rest: ${await answer.text()}`);
  }

  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#child.once('exit', () => resolve());
      this.#child.kill('SIGINT');
    });
  }
}
