import { check, checkStation, type Station, utilisationOf } from './station';

/**
 * How long it takes, on average, until none of `backlog` that wait behind busy servers waits any more, while others go on
 * arriving: backlog/(cμ−λ). That is exact, since as long as anybody waits, the number falls by one after every 1/(cμ−λ) on
 * average, whatever came before (the first passage of a birth-death process; Kleinrock, Queueing Systems, vol. 1, §5.8, for one
 * server: a busy period is the service time divided by 1−ρ). Undefined: never, as ρ ≥ 1.
 */
export function drainTime(station: Station, backlog: number): number | undefined {
  checkStation(station);
  check('backlog', backlog, backlog >= 0, 'a number from 0');
  if (utilisationOf(station) >= 1) return backlog === 0 ? 0 : undefined;
  return backlog / (station.servers * station.serviceRate - station.arrivalRate);
}
