import { seededRandom } from '../../../demo/synthetic-orders';
import type { Station } from '../../../functions/application/queueing/station';
import { Clock } from '../../../localstack/cloud/core/clock';

export type Observed = {
  /** Averages: of those who wait, over time; of the time that an arrival waits; of the servers that are busy. */
  readonly waiting: number;
  readonly wait: number;
  readonly busy: number;
};

/**
 * A queue before servers, played event by event on the local cloud's clock; rates are per millisecond of that clock, and no
 * real time passes. Ends when `arrivals` have come and all of them have been served.
 */
export async function simulated(station: Station, arrivals: number, seed: number): Promise<Observed> {
  const clock = new Clock({ manual: true, startAt: 0 });
  const random = seededRandom(seed);
  // What the formulas assume: the time to the next of events that come independently of each other at this rate.
  const exponential = (rate: number) => -Math.log(1 - random()) / rate;
  const queue: number[] = [];
  let [come, busy, since, waitingTime, busyTime, waited] = [0, 0, 0, 0, 0, 0];
  const pass = () => {
    waitingTime += queue.length * (clock.now() - since);
    busyTime += busy * (clock.now() - since);
    since = clock.now();
  };
  const serve = (cameAt: number) => {
    waited += clock.now() - cameAt;
    clock.after(exponential(station.serviceRate), 'served', () => {
      pass();
      const next = queue.shift();
      if (next === undefined) busy--;
      else serve(next);
    });
  };
  const arrive = () => {
    pass();
    if (busy < station.servers) {
      busy++;
      serve(clock.now());
    } else queue.push(clock.now());
    if (++come < arrivals) clock.after(exponential(station.arrivalRate), 'arrival', arrive);
  };
  clock.after(exponential(station.arrivalRate), 'arrival', arrive);
  while (clock.pending().length > 0) await clock.advance(1_000 / station.arrivalRate);
  return { waiting: waitingTime / since, wait: waited / arrivals, busy: busyTime / since };
}

/** How long it takes until none of `backlog` waits any more who stand behind busy servers, on average of `runs`. */
export async function simulatedDrain(station: Station, backlog: number, runs: number, seed: number): Promise<number> {
  const random = seededRandom(seed);
  const exponential = (rate: number) => -Math.log(1 - random()) / rate;
  let total = 0;
  for (let run = 0; run < runs; run++) {
    const clock = new Clock({ manual: true, startAt: 0 });
    let left = backlog;
    const arrive = () => {
      if (left === 0) return;
      left++;
      clock.after(exponential(station.arrivalRate), 'arrival', arrive);
    };
    const serve = () => {
      if (left === 0) return;
      if (--left === 0) total += clock.now();
      clock.after(exponential(station.serviceRate), 'served', serve);
    };
    clock.after(exponential(station.arrivalRate), 'arrival', arrive);
    for (let server = 0; server < station.servers; server++)
      clock.after(exponential(station.serviceRate), 'served', serve);
    while (left > 0) await clock.advance(10 / station.serviceRate);
  }
  return total / runs;
}
