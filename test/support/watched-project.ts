import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/** What `npm start` needs of the project. */
const NEEDED = [
  'functions',
  'lib',
  'localstack',
  'scripts',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];

/** A copy of the project that may be edited, and `npm start` in it. */
export class WatchedProject {
  readonly root = mkdtempSync(join(tmpdir(), 'watched-project-'));
  output = '';
  #child: ChildProcess | undefined;
  #ended: Promise<number | null> = Promise.resolve(null);
  /** How much of the output has been waited for. */
  #read = 0;

  /** `project`: the root of the project that is copied. */
  constructor(project: string) {
    for (const name of NEEDED) cpSync(join(project, name), join(this.root, name), { recursive: true });
    symlinkSync(resolve(project, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Runs `npm start` (npm itself is left out) until it is ready. */
  async start(...options: string[]): Promise<void> {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_')));
    const child = spawn(process.execPath, ['scripts/run.mjs', 'localstack/main.ts', '--port', '0', ...options], {
      cwd: this.root,
      env,
    });
    const collect = (chunk: Buffer) => {
      this.output += chunk.toString('utf8');
    };
    child.stdout!.on('data', collect);
    child.stderr!.on('data', collect);
    this.#ended = new Promise((resolve) => child.once('exit', resolve));
    this.#child = child;
    await this.next(/^ready in \d+ ms$/m);
  }

  /** Resolves with the next match behind all that has been waited for; rejects when the process ends first. */
  next(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const { stdout, stderr } = this.#child!;
      const look = () => {
        const match = pattern.exec(this.output.slice(this.#read));
        if (!match) return;
        this.#read += match.index + match[0].length;
        for (const stream of [stdout, stderr]) stream!.removeListener('data', look);
        resolve(match);
      };
      for (const stream of [stdout, stderr]) stream!.on('data', look);
      this.#ended.then((code) => reject(new Error(`ended with ${code} before ${pattern}:\n${this.output}`)));
      look();
    });
  }

  /** The outputs of all stacks, as the last deployment wrote them. */
  outputs(): Readonly<Record<string, string>> {
    const stacks = JSON.parse(readFileSync(join(this.root, '.localcloud/outputs.json'), 'utf8')) as object;
    return Object.assign({}, ...Object.values(stacks));
  }

  read(path: string): string {
    return readFileSync(join(this.root, path), 'utf8');
  }

  /** Writes a file as editors do: in place, or aside and renamed. */
  save(path: string, text: string, how: 'in place' | 'by rename' = 'in place'): void {
    const file = join(this.root, path);
    writeFileSync(how === 'in place' ? file : `${file}~`, text);
    if (how === 'by rename') renameSync(`${file}~`, file);
  }

  /** Resolves with the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.#child?.kill(signal);
    return this.#ended;
  }

  async remove(): Promise<void> {
    await this.stop('SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }
}
