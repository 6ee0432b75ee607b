import { describe, expect, test } from '@jest/globals';
import { sourceFiles, specifiers } from './support/imports';

/**
 * Who may import whom. A folder may always import from itself; `may` names what else: folders and files of this
 * project, packages (with `/*` for their parts), `node:*`. Types count like values.
 */
const rules: readonly { readonly folder: string; readonly may: readonly string[] }[] = [
  { folder: 'functions/domain', may: [] },
  { folder: 'functions/application', may: ['functions/domain', 'zod/mini'] },
  { folder: 'functions/projections', may: ['functions/domain', 'functions/application'] },
  {
    folder: 'functions/adapters',
    may: ['functions/domain', 'functions/application', '@aws-sdk/*', '@aws-lambda-powertools/*', 'node:*'],
  },
  {
    folder: 'functions/composition.ts',
    may: ['functions/domain', 'functions/application', 'functions/adapters', '@aws-sdk/*', 'node:*'],
  },
  {
    folder: 'functions/handlers',
    may: [
      ...['functions/domain', 'functions/application', 'functions/projections', 'functions/adapters'],
      ...['functions/composition', '@aws-sdk/*', 'aws-lambda', 'hono', 'hono/*', 'cloudevents', 'node:*'],
    ],
  },
  {
    folder: 'functions/cli',
    may: [
      ...['functions/domain', 'functions/application', 'functions/projections', 'functions/adapters'],
      ...['functions/composition', 'node:*'],
    ],
  },
  // Of the functions only the constant that says which ingest takes what.
  {
    folder: 'lib',
    may: ['functions/application/catalogue', 'aws-cdk-lib', 'aws-cdk-lib/*', 'cdk-nag', 'constructs', 'node:*'],
  },
  // Speaks the protocols itself, so that it starts fast and shares no bug with the SDK that it serves.
  { folder: 'localstack', may: ['node:*', 'lmdb', 'fast-xml-parser', 'fflate', 'yaml'] },
  { folder: 'localstack/cloud/core', may: ['node:*', 'lmdb'] },
  {
    folder: 'localstack/cloud/edge',
    may: ['localstack/cloud/core', 'localstack/cloud/idle', 'node:*', 'fast-xml-parser'],
  },
];

/** Emulated services reach each other through the registry only. */
const service = { may: ['localstack/cloud/core', 'node:*', 'fast-xml-parser', 'fflate', 'yaml'] };

const services = [
  ...new Set(sourceFiles('localstack/cloud/services').map(({ path }) => path.split('/').slice(0, 4).join('/'))),
].map((folder) => ({ folder, ...service }));

describe('what a folder imports', () => {
  test.each([...rules, ...services])('$folder keeps to its rule', ({ folder, may }) => {
    const files = sourceFiles(folder);
    expect(files).not.toEqual([]);
    const allowed = [folder.replace(/\.ts$/, ''), ...may];
    const breaches = files.flatMap(({ path, imports }) =>
      imports.filter((name) => !allowed.some((one) => within(name, one))).map((name) => `${path} imports ${name}`),
    );
    expect(breaches).toEqual([]);
  });
});

function within(name: string, allowed: string): boolean {
  if (allowed.endsWith('*')) return name.startsWith(allowed.slice(0, -1));
  const isFolder = /^(functions|lib|localstack)\b/.test(allowed);
  return name === allowed || (isFolder && name.startsWith(`${allowed}/`));
}

test('the domain knows neither clock nor chance', () => {
  const impure =
    /\bDate\.now\b|\bnew Date\(\s*\)|\bMath\.random\b|\bprocess\.|\bperformance\.|\bcrypto\b|\bsetTimeout\b/;
  expect(
    sourceFiles('functions/domain')
      .filter(({ text }) => impure.test(text))
      .map(({ path }) => path),
  ).toEqual([]);
});

test('only composition.ts makes clients of AWS', () => {
  const makers = sourceFiles('functions').filter(({ text }) => /\bnew \w+Client\(/.test(text));
  expect(makers.map(({ path }) => path)).toEqual(['functions/composition.ts']);
});

test('no service of the local cloud asks the machine for the time', () => {
  const clocks = /\bDate\.now\(|\bnew Date\(\s*\)|\bsetTimeout\(|\bsetInterval\(/;
  // How long a person or a thread is waited for is real time; such a line says so in the comment above it.
  const excused = /\/\/ Real time: .*\n.*\n/g;
  // What runs beside a function, in its worker thread, lives in the function's time.
  const workers = /^localstack\/cloud\/services\/lambda\/(worker\.ts|runtime\/)/;
  const tellers = sourceFiles('localstack/cloud/services').filter(
    ({ path, text }) => clocks.test(text.replace(excused, '')) && !workers.test(path),
  );
  expect(tellers.map(({ path }) => path)).toEqual([]);
});

test('nothing is exported by default', () => {
  const folders = ['functions', 'lib', 'localstack', 'demo', 'bench', 'test'];
  const defaults = folders.flatMap(sourceFiles).filter(({ text }) => /^export default\b/m.test(text));
  expect(defaults.map(({ path }) => path)).toEqual([]);
});

test('an import is seen in whatever form it is written', () => {
  const text = [
    "import type { A } from 'a';",
    "import {\n  B,\n  C,\n} from './b';",
    "export { D } from 'd';",
    "import 'e';",
    "const f = await import('f');",
    "const g = require('g');",
    "const from = 'nowhere';",
  ].join('\n');
  expect(specifiers(text).sort()).toEqual(['./b', 'a', 'd', 'e', 'f', 'g']);
});
