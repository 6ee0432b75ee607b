import { expect, it } from '@jest/globals';
import { killRun } from '../../bench/support/kill-run';

// `npm run bench -- kill` does this a hundred times.
it('loses nothing that was acknowledged when it is killed at random moments under load', async () => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
  const { acknowledged, lost, steppedBack } = await killRun({ kills: 4, seed });
  expect({ seed, lost, steppedBack }).toEqual({ seed, lost: [], steppedBack: [] });
  expect(Math.min(...Object.values(acknowledged))).toBeGreaterThan(0);
}, 60_000);
