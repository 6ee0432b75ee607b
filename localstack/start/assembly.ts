import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** What a synthesised app depends on: changes anywhere here make a new one. */
const SOURCES = ['lib', 'functions', 'scripts/build.mjs', 'cdk.json', 'package-lock.json'];

/**
 * The CDK app's cloud assembly for a stage, below `dir`; returns its directory. Bundles the functions and synthesises
 * only when a source file has changed since the last time: synthesis takes seconds, reading the sources milliseconds.
 */
export async function synthesise(options: {
  readonly root: string;
  readonly dir: string;
  readonly stage: string;
  readonly onWork: (what: string) => void;
}): Promise<string> {
  const { root, dir, stage, onWork } = options;
  const assembly = join(dir, `assembly-${stage}`);
  const stamp = join(assembly, '.sources');
  const hash = hashOf(root, stage);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return assembly;

  rmSync(assembly, { recursive: true, force: true });
  mkdirSync(assembly, { recursive: true });
  const run = promisify(execFile);
  const failed = (what: string) => (error: { stdout?: string; stderr?: string; message: string }) => {
    throw new Error(`${what} failed:\n${[error.stdout, error.stderr].filter(Boolean).join('\n') || error.message}`);
  };
  onWork('bundling the functions');
  await run(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root }).catch(failed('npm run build'));
  onWork(`synthesising the CDK app for stage ${stage} (only after a change)`);
  const cdk = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8')) as { context?: object };
  await run(process.execPath, [join(root, 'dist/app.cjs')], {
    cwd: root,
    env: {
      ...withoutAwsCredentials(process.env),
      CDK_OUTDIR: assembly,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, stage, 'aws:cdk:version-reporting': false }),
      CDK_DEFAULT_ACCOUNT: '000000000000',
      CDK_DEFAULT_REGION: 'us-east-1',
      CDK_VALIDATION: 'false',
    },
  }).catch(failed('cdk synth'));
  // Written last: an interrupted synthesis is done again.
  writeFileSync(stamp, hash);
  return assembly;
}

function hashOf(root: string, stage: string): string {
  const hash = createHash('sha256').update(stage);
  for (const source of SOURCES) {
    for (const file of filesBelow(join(root, source))) hash.update(`\0${file}\0`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

function filesBelow(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path)
      .sort()
      .flatMap((name) => filesBelow(join(path, name)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}

/** The environment of what the local cloud starts: a developer's real AWS account must be out of its reach. */
function withoutAwsCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}
