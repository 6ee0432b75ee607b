import { killRun } from './support/kill-run';
import { atMost, makeReport, percentile, type Report } from './support/report';

const KILLS = Number(process.env.KILLS ?? 100);

/** SIGKILL at random moments under load, a hundred times: what was acknowledged is delivered, no checkpoint goes far back. */
export async function kill(): Promise<Report> {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  process.stderr.write(`… ${KILLS} kills, SEED=${seed}\n`);
  const { acknowledged, lost, steppedBack, repeated, restartMs, kills } = await killRun({
    kills: KILLS,
    seed,
    onKill: (count) => {
      if (count % 10 === 0) process.stderr.write(`… ${count} of ${KILLS}\n`);
    },
  });
  for (const one of [...lost, ...steppedBack].slice(0, 20)) process.stderr.write(`WRONG: ${one}\n`);
  return makeReport(
    'kill',
    {
      kills,
      seed,
      'PutEvents entries acknowledged': acknowledged.event,
      'SQS messages acknowledged': acknowledged.message,
      'async invocations acknowledged': acknowledged.async,
      'items put and acknowledged': acknowledged.item,
      'delivered more than once, %': repeated * 100,
      'restart p50 ms': percentile(restartMs, 0.5),
      'restart p99 ms': percentile(restartMs, 0.99),
    },
    [
      atMost('acknowledged and lost', lost.length, 0),
      atMost('checkpoints more than a batch back', steppedBack.length, 0),
      { name: 'kills', figure: String(kills), goal: `= ${KILLS}`, met: kills === KILLS },
    ],
  );
}
