/**
 * Erlang's loss formula B(c, a): the part of the arrivals that find all of c servers busy where none can wait. By its
 * recursion in 1/B, which adds only positive numbers: 1/B(0) = 1, 1/B(c) = 1 + c/a · 1/B(c−1). The factorials of the textbook
 * formula would overflow at 171 servers; this does so (to infinity, which is B = 0) only where B is below 1e−308.
 * Yields c = 0, 1, 2 … without end. `load` is a = λ/μ, in erlangs.
 * Source: A. K. Erlang, Solution of some problems in the theory of probabilities of significance in automatic telephone
 * exchanges (1917).
 */
export function* lossInverses(load: number): Generator<number, never> {
  let inverse = 1;
  for (let servers = 1; ; servers++) {
    yield inverse;
    inverse = 1 + (servers / load) * inverse;
  }
}

/**
 * Erlang C: the part of the arrivals that have to wait for one of c servers, C = B / (1 − ρ(1−B)), here with 1/B: a sum of
 * positive numbers. For ρ = a/c < 1.
 * Source: Erlang 1917; L. Kleinrock, Queueing Systems, vol. 1 (1975), §3.5.
 */
export function waitingPart(lossInverse: number, utilisation: number): number {
  return 1 / (lossInverse * (1 - utilisation) + utilisation);
}
