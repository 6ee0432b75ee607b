/**
 * Servers that take turns at one queue, first come, first served: M/M/c in Kendall's notation. Arrivals are a Poisson
 * process, service times are exponential. Rates in any one unit (per second, say); times then come in that unit (seconds).
 */
export type Station = {
  /** λ: arrivals per unit of time, all servers together. */
  readonly arrivalRate: number;
  /** μ: what one server that is never idle gets done per unit of time. */
  readonly serviceRate: number;
  /** c. */
  readonly servers: number;
};

/** What a station comes to in the long run. With ρ ≥ 1 it never does: the queue grows without bound. */
export type LongRun = Stable | Unstable;

export type Stable = {
  readonly kind: 'stable';
  /** ρ = λ/cμ: the part of their time that servers are busy. */
  readonly utilisation: number;
  /** The part of the arrivals that have to wait at all. */
  readonly waits: number;
  /** L_q: how many wait, on average over time. */
  readonly waiting: number;
  /** L: how many wait or are being served. */
  readonly present: number;
  /** W_q: how long an arrival waits, on average over all of them. */
  readonly wait: number;
  /** W: how long it is there, until it has been served. */
  readonly stay: number;
};

export type Unstable = { readonly kind: 'unstable'; readonly utilisation: number };

/** ρ = λ/cμ. */
export function utilisationOf({ arrivalRate, serviceRate, servers }: Station): number {
  return arrivalRate / (servers * serviceRate);
}

/** Throws a RangeError that names what cannot be: λ ≥ 0, μ > 0, c a whole number from 1. */
export function checkStation({ arrivalRate, serviceRate, servers }: Station): void {
  check('arrivalRate', arrivalRate, arrivalRate >= 0 && Number.isFinite(arrivalRate), 'a number from 0');
  check('serviceRate', serviceRate, serviceRate > 0 && Number.isFinite(serviceRate), 'a number above 0');
  check('servers', servers, Number.isSafeInteger(servers) && servers >= 1, 'a whole number from 1');
}

export function check(name: string, value: number, right: boolean, expected: string): void {
  if (!right) throw new RangeError(`${name} is ${value}; expected ${expected}`);
}
