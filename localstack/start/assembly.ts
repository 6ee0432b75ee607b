import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { promisify } from 'node:util';

/** What a synthesised app depends on: changes anywhere here make a new one. */
const SOURCES = [
  'lib',
  'functions',
  'scripts/build.mjs',
  'scripts/reducer-hashes.mjs',
  'cdk.json',
  'package-lock.json',
];

/** In an assembly: which function each asset is the bundle of, `{<directory>: <name>}`. */
export const BUNDLES_FILE = 'bundles.json';

/** In an assembly: `hashOfApp` of the app that made it. */
const APP_FILE = '.app';

/**
 * What the CDK CLI adds to the context, `versionReporting` being off: who synthesises otherwise has other templates, which
 * `cdk deploy` would take for a change; and it swaps only functions whose template says which asset they are made of.
 */
const CLI_CONTEXT = {
  'aws:cdk:enable-path-metadata': true,
  'aws:cdk:enable-asset-metadata': true,
  'aws:cdk:disable-version-reporting': true,
};

/** In an assembly: the hash of the sources that it was made from. Written last. */
const STAMP_FILE = '.sources';

export type SynthesisOptions = {
  readonly root: string;
  /** The assemblies of all stages are below it. */
  readonly dir: string;
  readonly stage: string;
  readonly onWork: (what: string) => void;
  /** Ends a synthesis under way. */
  readonly signal?: AbortSignal;
};

/**
 * The CDK app's cloud assembly for a stage, below `dir`; returns its directory. Bundles the functions and synthesises
 * only when a source file has changed since the last time: synthesis takes seconds, reading the sources milliseconds.
 * When it fails, the assembly before stays as it was.
 */
export async function synthesise(options: SynthesisOptions): Promise<string> {
  const { root, dir, stage, onWork, signal } = options;
  if (isCurrent(options)) return assemblyOf(options);

  const hash = hashOf(root, stage);
  const aside = `${assemblyOf(options)}.new-${process.pid}`;
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { recursive: true });
  try {
    const run = promisify(execFile);
    const failed = (what: string) => (error: { stdout?: string; stderr?: string; message: string }) => {
      signal?.throwIfAborted();
      throw new Error(`${what} failed:\n${[error.stdout, error.stderr].filter(Boolean).join('\n') || error.message}`);
    };
    onWork('bundling the functions');
    await run(process.execPath, [join(root, 'scripts/build.mjs')], { cwd: root, signal }).catch(
      failed('npm run build'),
    );
    onWork(`synthesising the CDK app for stage ${stage} (only after a change)`);
    const settings = readFileSync(join(root, 'cdk.json'), 'utf8');
    const program = readFileSync(join(root, 'dist/app.cjs'));
    const bundles = join(dir, 'functions');
    const cdk = JSON.parse(settings) as { context?: object };
    await run(process.execPath, [join(root, 'dist/app.cjs')], {
      cwd: root,
      signal,
      env: {
        ...withoutAwsCredentials(process.env),
        CDK_OUTDIR: aside,
        CDK_CONTEXT_JSON: JSON.stringify({ ...cdk.context, ...CLI_CONTEXT, stage }),
        CDK_DEFAULT_ACCOUNT: '000000000000',
        CDK_DEFAULT_REGION: 'us-east-1',
        CDK_VALIDATION: 'false',
      },
    }).catch(failed('cdk synth'));
    writeFileSync(join(aside, BUNDLES_FILE), JSON.stringify(bundlesIn(aside, bundles)));
    const functions = existsSync(bundles) ? readdirSync(bundles) : [];
    writeFileSync(join(aside, APP_FILE), hashOfApp(program, settings, functions));
    // Sources that were saved meanwhile may be in it or not: it is good for now, but no later start may take it for
    // that of one of the two states.
    if (hashOf(root, stage) === hash) writeFileSync(join(aside, STAMP_FILE), hash);
    rmSync(assemblyOf(options), { recursive: true, force: true });
    renameSync(aside, assemblyOf(options));
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
  return assemblyOf(options);
}

/** Whether there is an assembly of just these sources. */
function isCurrent(options: SynthesisOptions): boolean {
  const stamp = join(assemblyOf(options), STAMP_FILE);
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === hashOf(options.root, options.stage);
}

/** Which app it is, whatever its functions do: its program, its settings (`cdk.json`), the names of its functions. */
export function hashOfApp(program: Uint8Array, settings: string, functions: Iterable<string>): string {
  return createHash('sha256')
    .update(program)
    .update(`\0${settings}\0${[...functions].sort()}`)
    .digest('hex');
}

/** `hashOfApp` of the app that made an assembly. */
export const appOf = (assembly: string): string => readFileSync(join(assembly, APP_FILE), 'utf8');

const assemblyOf = ({ dir, stage }: SynthesisOptions) => join(dir, `assembly-${stage}`);

/** The bundles have just been built, so an asset that was made of one has its bytes. */
function bundlesIn(assembly: string, bundles: string): Record<string, string> {
  if (!existsSync(bundles)) return {};
  const names = new Map(readdirSync(bundles).map((name) => [contentOf(join(bundles, name)), name]));
  return Object.fromEntries(
    readdirSync(assembly, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => [name, names.get(contentOf(join(assembly, name)))]),
  ) as Record<string, string>;
}

function hashOf(root: string, stage: string): string {
  const hash = createHash('sha256').update(`4\0${stage}`);
  for (const source of SOURCES) hash.update(`\0${source}\0`).update(contentOf(join(root, source)));
  return hash.digest('hex');
}

/** A hash of all that is below a path, wherever that lies. */
function contentOf(path: string): string {
  const hash = createHash('sha256');
  for (const file of filesBelow(path)) hash.update(`\0${relative(path, file)}\0`).update(bytesOf(file));
  return hash.digest('hex');
}

/** None of a file that an editor has taken away since it was listed. */
function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array();
    throw error;
  }
}

function filesBelow(path: string): string[] {
  try {
    return readdirSync(path)
      .sort()
      .flatMap((name) => filesBelow(join(path, name)));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') return [path];
    if (code === 'ENOENT') return [];
    throw error;
  }
}

/** The environment of what the local cloud starts: a developer's real AWS account must be out of its reach. */
function withoutAwsCredentials(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')));
}
