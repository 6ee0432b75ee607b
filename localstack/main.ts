import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud, startCloud } from './cloud/cloud';
import { deployAssembly } from './deploy';
import { readArguments, type StartArguments, USAGE } from './start/arguments';
import { synthesise } from './start/assembly';
import { banner } from './start/banner';
import { invocationLine } from './start/invocation-line';
import { LineWriter } from './start/line-writer';
import { writeOutputs } from './start/outputs';

// Measured from the start of the process: what a person waits for.
const startedAt = performance.now() - process.uptime() * 1000;
const root = process.cwd();

/** `npm start`: the local cloud with the CDK app deployed on it, until Ctrl-C. */
async function main(): Promise<void> {
  const args = readArguments(process.argv.slice(2));
  if (args === 'help') {
    process.stdout.write(USAGE);
    return;
  }
  const stateDir = join(root, '.localcloud');
  const say = (what: string) => process.stdout.write(`${what} …\n`);
  const cloud = await start(args);
  stopOnSignal(cloud);

  const assemblyDir = await synthesise({ root, dir: join(root, 'dist'), stage: args.stage, onWork: say });
  const { outputs, functionNames } = await deployAssembly({
    assemblyDir,
    registry: cloud.registry,
    call: cloud.rootCall(),
    onProgress: say,
  });
  writeOutputs(args.dir ?? stateDir, outputs);
  const tryNext = readFileSync(join(root, 'localstack/init/try-next.txt'), 'utf8');
  process.stdout.write(`\n${banner(cloud.endpoint, outputs, tryNext)}\n`);
  process.stdout.write(`ready in ${Math.round(performance.now() - startedAt)} ms\n\n`);

  const lines = new LineWriter(process.stdout);
  cloud.registry.watch((note) => {
    lines.write(invocationLine(note, new Date(cloud.clock.now()), (name) => functionNames[name] ?? name));
  });
}

async function start(args: StartArguments): Promise<Cloud> {
  try {
    return await startCloud({ port: args.port, host: args.host, ...(args.dir === undefined ? {} : { dir: args.dir }) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `port ${args.port} on ${args.host} is taken (LocalStack, or another local cloud?). ` +
        `Stop that, or choose another port: npm start -- --port ${args.port + 1}`,
    );
  }
}

/** The first Ctrl-C stops cleanly; a second one does not wait. */
function stopOnSignal(cloud: Cloud): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    process.stdout.write('\nstopping …\n');
    cloud.stop().then(
      () => process.exit(0),
      (error: unknown) => fail(error),
    );
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
}

function fail(error: unknown): never {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}

main().catch(fail);
