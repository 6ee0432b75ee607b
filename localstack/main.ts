import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cloud, startCloud } from './cloud/cloud';
import { readArguments, type StartArguments, USAGE } from './start/arguments';
import { banner } from './start/banner';
import { denialLine } from './start/denial-line';
import { deployApp } from './start/deploy-app';
import { invocationLine } from './start/invocation-line';
import { LineWriter } from './start/line-writer';
import { reloadLine } from './start/watch/reload-line';
import { ProjectWatch, WATCHED } from './start/watch/watch-project';

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
  // Before the sources are read, so that nothing that is saved from then on is missed.
  const watch = args.watch ? new ProjectWatch(root) : undefined;
  stopOnSignal(cloud, watch);

  const deploy = { root, stage: args.stage, cloud, outputsDir: args.dir ?? stateDir };
  const app = await deployApp({ ...deploy, onWork: say });
  const tryNext = readFileSync(join(root, 'localstack/init/try-next.txt'), 'utf8');
  process.stdout.write(
    `\n${banner(cloud.endpoint, app.outputs, tryNext, { watched: watch && WATCHED, iam: args.iam })}\n`,
  );
  process.stdout.write(`ready in ${Math.round(performance.now() - startedAt)} ms\n\n`);

  const lines = new LineWriter(process.stdout);
  let { functionNames } = app;
  cloud.registry.watch((note) => {
    lines.write(invocationLine(note, new Date(cloud.clock.now()), (name) => functionNames[name] ?? name));
  });
  cloud.registry.watchDenials((denial) => {
    lines.write(denialLine(denial, new Date(cloud.clock.now()), (name) => functionNames[name] ?? name));
  });
  if (!watch) return;
  const width = Math.max(0, ...app.functions.map(({ bundle = '' }) => bundle.length));
  await watch.follow({
    app,
    redeploy: async (signal) => {
      const redeployed = await deployApp({ ...deploy, onWork: () => {}, signal });
      functionNames = redeployed.functionNames;
      return redeployed;
    },
    operator: { registry: cloud.registry, call: cloud.rootCall },
    say: (what) => {
      lines.write(reloadLine(what, new Date(cloud.clock.now()), width));
      lines.flush();
    },
  });
}

async function start(args: StartArguments): Promise<Cloud> {
  try {
    return await startCloud({
      port: args.port,
      host: args.host,
      iam: args.iam,
      ...(args.dir === undefined ? {} : { dir: args.dir }),
      ...(args.environments === undefined ? {} : { environments: args.environments }),
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `port ${args.port} on ${args.host} is taken (LocalStack, or another local cloud?). ` +
        `Stop that, or choose another port: npm start -- --port ${args.port + 1}`,
    );
  }
}

/** The first Ctrl-C stops cleanly; a second one does not wait. */
function stopOnSignal(cloud: Cloud, watch: ProjectWatch | undefined): void {
  let stopping = false;
  const stop = () => {
    if (stopping) process.exit(130);
    stopping = true;
    process.stdout.write('\nstopping …\n');
    const stopped = async () => {
      await watch?.stop();
      await cloud.stop();
    };
    stopped().then(
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
