import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudProcess } from './support/cloud-process';
import { makeReport, type Report } from './support/report';
import { stackCost } from './support/stack-cost';
import { storeDuel } from './support/store-duel';

/** What orders cost on the deployed stack, in calls, units and dollars; and the event store beside castore's adapter. */
export async function cost(): Promise<Report> {
  const dir = mkdtempSync(join(tmpdir(), 'bench-cost-'));
  rmSync('dist/assembly-local', { recursive: true, force: true });
  const cloud = await CloudProcess.start(dir);
  try {
    const stack = await stackCost(cloud);
    const duel = await storeDuel(cloud.endpoint);
    return {
      ...makeReport('cost', {}, [...stack.targets, ...duel.targets]),
      tables: [...stack.tables, ...duel.tables],
    };
  } finally {
    await cloud.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
