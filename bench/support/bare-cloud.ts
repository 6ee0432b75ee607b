import { type ChildProcess, spawn } from 'node:child_process';
import { buildSync } from 'esbuild';

const PROGRAM = 'dist/run/bare-cloud.cjs';

/** A local cloud in a process of its own, with nothing deployed on it, so that it can be killed. */
export class BareCloud {
  readonly endpoint: string;
  /** Milliseconds from the spawn until it listened. */
  readonly readyMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, endpoint: string, readyMs: number) {
    this.#child = child;
    this.endpoint = endpoint;
    this.readyMs = readyMs;
  }

  /** To be called once before `start`. The worker (`npm run build`) has to be there. */
  static build(): void {
    buildSync({
      entryPoints: ['bench/support/bare-cloud-main.ts'],
      outfile: PROGRAM,
      bundle: true,
      platform: 'node',
      target: 'node20',
      packages: 'external',
      logLevel: 'warning',
    });
  }

  static start(options: { dir: string; port?: number }): Promise<BareCloud> {
    const startedAt = performance.now();
    const child = spawn(process.execPath, [PROGRAM, String(options.port ?? 0), options.dir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    return new Promise((resolve, reject) => {
      let text = '';
      child.stdout!.on('data', (chunk: Buffer) => {
        text += chunk.toString('utf8');
        const endpoint = /^listening (\S+)$/m.exec(text)?.[1];
        if (endpoint) resolve(new BareCloud(child, endpoint, performance.now() - startedAt));
      });
      child.once('exit', (code) => reject(new Error(`the cloud ended with ${code}:\n${text}`)));
    });
  }

  get port(): number {
    return Number(new URL(this.endpoint).port);
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** Waits until nothing is in flight. Throws with what still is, after a minute. */
  async idle(): Promise<void> {
    await this.#admin('GET', 'idle?timeout=60000');
  }

  /** Moves the cloud's clock on, e.g. by `2m`. */
  async advance(duration: string): Promise<void> {
    await this.#admin('POST', `clock?advance=${duration}`);
  }

  /** How often each operation has been called so far, by `<service>:<operation>`. */
  async calls(): Promise<Record<string, number>> {
    const answer = await fetch(`${this.endpoint}/_cloud/calls`);
    const { calls } = (await answer.json()) as { calls: Record<string, { functions: number; others: number }> };
    return Object.fromEntries(Object.entries(calls).map(([name, { functions, others }]) => [name, functions + others]));
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  stop(): Promise<void> {
    return this.#end('SIGTERM');
  }

  #end(signal: NodeJS.Signals): Promise<void> {
    return new Promise((resolve) => {
      this.#child.removeAllListeners('exit');
      this.#child.once('exit', () => resolve());
      this.#child.kill(signal);
    });
  }

  async #admin(method: string, path: string): Promise<void> {
    const answer = await fetch(`${this.endpoint}/_cloud/${path}`, { method });
    if (!answer.ok) throw new Error(`${method} /_cloud/${path}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
}
