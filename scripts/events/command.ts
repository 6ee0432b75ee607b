import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { check, goldenEventsOf, isReleasable, type Report } from './check';
import { type Description, describe } from './describe';
import { withCatalogue } from './docs';
import type { GoldenEvent } from './golden-events';
import { jsonText } from './json-text';
import { words } from './words';

const DOCS = 'docs/events.md';
const RELEASED = 'docs/released-events.json';
const GOLDEN = 'test/golden-events';

const USAGE = `usage: npm run events -- <command> [--json]

  check      may the event catalogue be released, and can all that was ever stored still be read?
  docs       write the catalogue into ${DOCS}
  release    make it the released one: ${RELEASED}, ${GOLDEN}/
             --accept-breaking: even if it breaks with the one before`;

export type Ended = { readonly code: 0 | 1 | 2; readonly output: string };

/** `npm run events -- …` in the project at `root`, whose catalogue is `current`. */
export function runEvents(args: readonly string[], root: string, current: Description = describe()): Ended {
  let parsed: { values: { json?: boolean; 'accept-breaking'?: boolean }; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { json: { type: 'boolean' }, 'accept-breaking': { type: 'boolean' } },
    });
  } catch (error) {
    return { code: 2, output: `${(error as Error).message}\n\n${USAGE}` };
  }
  const { values, positionals } = parsed;
  const [command, ...more] = positionals;
  if (more.length > 0 || (values['accept-breaking'] && command !== 'release')) return { code: 2, output: USAGE };
  const project = new Project(root, current);
  switch (command) {
    case 'check': {
      const report = project.report();
      const code = isReleasable(report) ? 0 : 1;
      return { code, output: values.json ? JSON.stringify({ ok: code === 0, ...report }, null, 2) : shown(report) };
    }
    case 'docs':
      return written(project.writeDocs(), values.json);
    case 'release': {
      const report = project.report();
      const { changes, failures } = report;
      const accepted = values['accept-breaking'] ? changes.filter(({ kind }) => kind !== 'breaking') : changes;
      // A version is frozen with its release; those before it have to be there.
      if (!isReleasable({ changes: accepted, failures })) return { code: 1, output: shown(report) };
      return written(project.release(), values.json);
    }
    default:
      return { code: 2, output: USAGE };
  }
}

/** The files that the catalogue is held against. */
class Project {
  constructor(
    private readonly root: string,
    private readonly current: Description,
  ) {}

  report(): Report {
    const { root, current } = this;
    const golden = new Map(
      this.#goldenFiles().map((file) => [basename(file, '.json'), readJson<GoldenEvent>(join(root, GOLDEN, file))]),
    );
    const path = join(root, RELEASED);
    const released = existsSync(path) ? readJson<Description>(path) : undefined;
    const { changes, failures } = check({ current, released, words, golden });
    const next = 'npm run events -- docs';
    const stale =
      this.#docs() === this.#docsOfToday() ? [] : [{ subject: DOCS, what: 'is not of this catalogue', next }];
    return { changes, failures: [...failures, ...stale] };
  }

  /** The files that were written. */
  writeDocs(): readonly string[] {
    if (this.#docs() === this.#docsOfToday()) return [];
    writeFileSync(join(this.root, DOCS), this.#docsOfToday());
    return [DOCS];
  }

  release(): readonly string[] {
    const files = new Map<string, unknown>([[RELEASED, this.current]]);
    for (const [name, event] of goldenEventsOf(this.current, words)) {
      const file = `${name}.json`;
      if (!this.#goldenFiles().includes(file)) files.set(`${GOLDEN}/${file}`, event);
    }
    mkdirSync(join(this.root, GOLDEN), { recursive: true });
    const changed = [...files].filter(([path, content]) => {
      const there = existsSync(join(this.root, path)) && readJson(join(this.root, path));
      return JSON.stringify(there) !== JSON.stringify(content);
    });
    for (const [path, content] of changed) writeFileSync(join(this.root, path), `${jsonText(content)}\n`);
    return changed.map(([path]) => path);
  }

  #goldenFiles(): readonly string[] {
    const folder = join(this.root, GOLDEN);
    return existsSync(folder)
      ? readdirSync(folder)
          .filter((file) => file.endsWith('.json'))
          .sort()
      : [];
  }

  #docs = (): string => readFileSync(join(this.root, DOCS), 'utf8');
  #docsOfToday = (): string => withCatalogue(this.#docs(), this.current, words);
}

const readJson = <Content>(path: string): Content => {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch (error) {
    throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
  }
};

const written = (files: readonly string[], json = false): Ended => ({
  code: 0,
  output: json ? JSON.stringify({ written: files }) : files.map((file) => `wrote ${file}`).join('\n') || 'up to date',
});

function shown({ changes, failures }: Report): string {
  const rows = [
    ...changes.map(({ kind, type, field, what, next }) => [
      kind,
      field === undefined ? type : `${type}.${field}`,
      what,
      next ?? 'ok',
    ]),
    ...failures.map(({ subject, what, next }) => ['failed', subject, what, next]),
  ];
  if (rows.length === 0) return 'nothing has changed since the release, and all that was ever stored can be read';
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows
    .map(([kind = '', subject = '', what = '', next = '']) => {
      const line = `${kind.padEnd(widths[0] ?? 0)}  ${subject.padEnd(widths[1] ?? 0)}  ${what}`;
      return next === 'ok' ? line : `${line}\n${' '.repeat((widths[0] ?? 0) + 2)}→ ${next}`;
    })
    .join('\n');
}
