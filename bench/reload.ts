import { WatchedProject } from '../test/support/watched-project';
import { percentile } from './support/report';

const SAVES = 25;

/**
 * Milliseconds from the save of a file until the line that says that the function is swapped, seen from outside: for a
 * file that one function is made of, and for one that all ingests and APIs are made of (until the last of them).
 */
export async function reload(): Promise<Record<string, number>> {
  const project = new WatchedProject(process.cwd());
  try {
    await project.start('--watch');
    const one = await savings(project, 'functions/handlers/ingest-orders.ts', 1);
    const shared = await savings(project, 'functions/domain/money.ts', 6);
    return {
      'save to swapped, one function, p50 ms': percentile(one, 0.5),
      'save to swapped, one function, p99 ms': percentile(one, 0.99),
      'save to swapped, six functions, p50 ms': percentile(shared, 0.5),
      'save to swapped, six functions, p99 ms': percentile(shared, 0.99),
    };
  } finally {
    await project.remove();
  }
}

/** Saves the file again and again; the first saves, which parse everything for the first time, do not count. */
async function savings(project: WatchedProject, path: string, functions: number): Promise<number[]> {
  const original = project.read(path);
  const times: number[] = [];
  for (let save = 0; save < SAVES + 2; save++) {
    const savedAt = performance.now();
    project.save(path, `${original}\nconsole.debug('save ${save}');\n`);
    for (let n = 0; n < functions; n++) await project.next(/^[\d:.]+ {2}reloaded \S+ +in \d+ ms$/m);
    if (save >= 2) times.push(performance.now() - savedAt);
  }
  project.save(path, original);
  for (let n = 0; n < functions; n++) await project.next(/^[\d:.]+ {2}reloaded \S+ +in \d+ ms$/m);
  return times;
}
