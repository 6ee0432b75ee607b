import { join } from 'node:path';
import { synthesise } from '../localstack/start/assembly';
import { HistoryRunner } from '../test/support/history/runner';
import { Tally } from '../test/support/history/tally';
import { projectRoot } from '../test/support/local-assembly';
import { atLeast, atMost, makeReport, type Report } from './support/report';

const SEEDS = seedsIn(process.argv);
const FROM = Number(process.env.HISTORY_FROM ?? 1);
const PROGRESS = 25;

/**
 * Thousands of generated histories of orders, stock and users under the adversary, each checked event by event against the
 * reference model. The exit code says whether every promise was kept; each broken one comes with the line that replays it.
 */
export async function history(): Promise<Report> {
  const say = (text: string) => process.stderr.write(`… ${text}\n`);
  await synthesise({ root: projectRoot, dir: join(projectRoot, 'dist'), stage: 'local', onWork: say });
  const runners = await HistoryRunner.startLanes();
  const tally = new Tally();
  const startedAt = performance.now();
  const perSecond = () => tally.histories / ((performance.now() - startedAt) / 1000);
  try {
    const seeds = Array.from({ length: SEEDS }, (_, index) => FROM + index);
    let shown = 0;
    let done = 0;
    await tally.addAll(runners, seeds, () => {
      for (; shown < tally.failed.length; shown++) process.stderr.write(`BROKEN: ${tally.failed[shown]?.report}\n`);
      if (++done % PROGRESS === 0)
        say(
          `${done} of ${SEEDS} histories, ${perSecond().toFixed(2)}/s, ${tally.said} said, ${sum(tally.struck)} faults, ${tally.failed.length} broken`,
        );
    });
  } finally {
    await Promise.all(runners.map((runner) => runner.stop()));
  }
  if (tally.failed.length > 0) process.exitCode = 1;
  const kinds = [...tally.struck].map(([kind, count]): [string, number] => [`faults: ${kind}`, count]);
  const unstruck = [...tally.struckAt].filter(([, count]) => count === 0).map(([place]) => place);
  if (unstruck.length > 0) say(`planned, and never struck: ${unstruck.join('; ')}`);
  return makeReport(
    'history',
    {
      histories: tally.histories,
      'histories/s': perSecond(),
      'events put and commands sent': tally.said,
      'events recorded': tally.recorded,
      ...Object.fromEntries(kinds),
      'places of faults planned': tally.struckAt.size,
      'of them never struck': unstruck.length,
    },
    [
      atMost('histories with a broken promise', tally.failed.length, 0),
      atLeast('kinds of faults that struck', kinds.filter(([, count]) => count > 0).length, kinds.length),
    ],
  );
}

const sum = (counts: ReadonlyMap<string, number>): number => [...counts.values()].reduce((all, one) => all + one, 0);

function seedsIn(args: readonly string[]): number {
  const at = args.indexOf('--seeds');
  const seeds = at < 0 ? 2000 : Number(args[at + 1]);
  if (!Number.isInteger(seeds) || seeds < 1)
    throw new Error(`--seeds is ${args[at + 1]}; expected a number of histories`);
  return seeds;
}
