import { lossInverses, waitingPart } from './erlang';
import { check, checkStation, type LongRun, type Stable, type Station, utilisationOf } from './station';

/**
 * M/M/c by Erlang C: with C the part that waits, L_q = C·ρ/(1−ρ); by Little's law W_q = L_q/λ = C/(cμ−λ), W = W_q + 1/μ,
 * L = λW = L_q + λ/μ. With one server C = ρ, and this is M/M/1.
 * Source: L. Kleinrock, Queueing Systems, vol. 1 (1975), §3.5.
 */
export function manyServers(station: Station): LongRun {
  checkStation(station);
  const { arrivalRate, serviceRate, servers } = station;
  const utilisation = utilisationOf(station);
  if (utilisation >= 1) return { kind: 'unstable', utilisation };
  const load = arrivalRate / serviceRate;
  if (load === 0) return stable(station, 0);
  let count = 0;
  for (const inverse of lossInverses(load)) {
    if (count++ === servers) return stable(station, waitingPart(inverse, utilisation));
  }
  throw new Error('the recursion has no end');
}

function stable(station: Station, waits: number): Stable {
  const { arrivalRate, serviceRate, servers } = station;
  const utilisation = utilisationOf(station);
  const waiting = (waits * utilisation) / (1 - utilisation);
  const wait = waits / (1 - utilisation) / (servers * serviceRate);
  return {
    kind: 'stable',
    utilisation,
    waits,
    waiting,
    present: waiting + arrivalRate / serviceRate,
    wait,
    stay: wait + 1 / serviceRate,
  };
}

/** The least number of servers with which an arrival waits no longer than that, on average. `longestWait` > 0. */
export function serversFor(arrivalRate: number, serviceRate: number, longestWait: number): number {
  checkStation({ arrivalRate, serviceRate, servers: 1 });
  check('longestWait', longestWait, longestWait > 0, 'a time above 0');
  if (arrivalRate === 0) return 1;
  let servers = 0;
  // More servers never wait longer, and with enough of them nobody waits: this ends.
  for (const inverse of lossInverses(arrivalRate / serviceRate)) {
    const station = { arrivalRate, serviceRate, servers };
    const utilisation = servers === 0 ? 1 : utilisationOf(station);
    if (utilisation < 1 && stable(station, waitingPart(inverse, utilisation)).wait <= longestWait) return servers;
    servers++;
  }
  throw new Error('the recursion has no end');
}
