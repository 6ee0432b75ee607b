import { type ChildProcess, spawn } from 'node:child_process';
import { cliEnvironment } from './aws-cli';
import { projectRoot } from './local-assembly';

/** What `npm start` runs, in a process of its own; npm itself is left out (a second per start). */
export class NpmStart {
  readonly child: ChildProcess;
  output = '';
  #ended: Promise<number | null>;

  constructor(...options: string[]) {
    this.child = spawn(process.execPath, ['scripts/run.mjs', 'localstack/main.ts', ...options], {
      cwd: projectRoot,
      env: cliEnvironment(),
    });
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString('utf8');
    };
    this.child.stdout!.on('data', collect);
    this.child.stderr!.on('data', collect);
    this.#ended = new Promise((resolve) => this.child.once('exit', resolve));
  }

  /** Resolves when the output matches; rejects when the process ends first. */
  until(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(this.output);
        if (!match) return;
        this.child.stdout!.removeListener('data', look);
        resolve(match);
      };
      this.child.stdout!.on('data', look);
      this.#ended.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${this.output}`)));
      look();
    });
  }

  ready(): Promise<RegExpExecArray> {
    return this.until(/^ready in (\d+) ms$/m);
  }

  /** Resolves with the exit code. */
  async end(signal?: NodeJS.Signals): Promise<number | null> {
    if (signal) this.child.kill(signal);
    return this.#ended;
  }
}
