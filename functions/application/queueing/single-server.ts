import { checkStation, type LongRun, utilisationOf } from './station';

/**
 * M/M/1 in closed form: with ρ = λ/μ, L_q = ρ²/(1−ρ) wait and L = ρ/(1−ρ) are there; by Little's law (L = λW)
 * W_q = L_q/λ = ρ/(μ−λ) and W = 1/(μ−λ).
 * Source: L. Kleinrock, Queueing Systems, vol. 1 (1975), §3.2; J. D. C. Little, A Proof for the Queuing Formula: L = λW,
 * Operations Research 9 (1961).
 */
export function singleServer(arrivalRate: number, serviceRate: number): LongRun {
  const station = { arrivalRate, serviceRate, servers: 1 };
  checkStation(station);
  const utilisation = utilisationOf(station);
  if (utilisation >= 1) return { kind: 'unstable', utilisation };
  const idle = 1 - utilisation;
  return {
    kind: 'stable',
    utilisation,
    waits: utilisation,
    waiting: utilisation ** 2 / idle,
    present: utilisation / idle,
    wait: utilisation / idle / serviceRate,
    stay: 1 / idle / serviceRate,
  };
}
