import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect } from './connect';
import { ProgressLine } from './progress-line';
import { runCommandLine } from './run-command-line';
import type { Terminal } from './terminal';

/** The operator's command in this process: its arguments, its environment, its terminal. `root` is the project's folder. */
export async function runHere(root: string): Promise<void> {
  // Whoever reads only the first lines (`| head`) has not made an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  process.exitCode = await runCommandLine(process.argv.slice(2), {
    environment: process.env,
    localOutputs: () => readIfThere(join(root, '.localcloud/outputs.json')),
    terminal: theTerminal(),
    connect,
  });
}

function theTerminal(): Terminal {
  const progress = new ProgressLine(process.stderr, () => performance.now());
  return {
    input: () => text(process.stdin),
    isInteractive: process.stdin.isTTY === true,
    file: (path) => readFileSync(path, 'utf8'),
    out: (line) => {
      progress.end();
      process.stdout.write(`${line}\n`);
    },
    error: (line) => {
      progress.end();
      process.stderr.write(`${line}\n`);
    },
    progress: (line) => progress.show(line),
  };
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
