import { type Histogram, mergedHistograms, quantile } from './histogram';
import { fundamentalMatrix, type Matrix, times } from './matrix';
import type { Transition } from './transitions';

/** How long subjects were in a state before they went on; milliseconds. Of those still in it nothing is known. */
export type Dwell = {
  readonly meanMs: number;
  /** Off by at most `RELATIVE_ERROR` of the histogram. */
  readonly p50Ms: number;
  readonly p95Ms: number;
};

export type ChainTransition = {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** p(i,j) = n(i,j) / n(i): its maximum-likelihood estimate. */
  readonly probability: number;
  readonly dwell: Dwell;
};

export type ChainState = {
  readonly state: string;
  /** Subjects end in it. */
  readonly terminal: boolean;
  /** How many have left it, n(i), and how long they had been in it. */
  readonly left: number;
  readonly dwell?: Dwell;
  /** The probability to end in each of the terminal states. What is missing to 1 is `unresolved`. */
  readonly absorption: Readonly<Record<string, number>>;
  /** The probability to get to where nobody has been seen to find an end from. */
  readonly unresolved: number;
  /** Expected number of steps, and time, until the end. Left out where that may never come, as far as is known. */
  readonly expected?: { readonly steps: number; readonly ms: number };
  /** Expected time to each of the terminal states, of those that end there. */
  readonly expectedMsTo: Readonly<Record<string, number>>;
};

export type Chain = { readonly states: readonly ChainState[]; readonly transitions: readonly ChainTransition[] };

/**
 * What transitions that were seen say about any state machine, taken for an absorbing Markov chain: which state comes next
 * depends on the state alone. How long each step takes may have any distribution, of which only the mean is used (a
 * semi-Markov process).
 *
 * - p(i,j) = n(i,j) / n(i). T. W. Anderson, L. A. Goodman, "Statistical Inference about Markov Chains", Ann. Math. Statist. 28
 *   (1957), section 2.
 * - Q: from transient to transient states, R: to terminal ones. N = (I − Q)⁻¹, visits to j from i; steps t = N·1; absorption
 *   B = N·R. J. G. Kemeny, J. L. Snell, "Finite Markov Chains" (1960), chapter III; C. M. Grinstead, J. L. Snell, "Introduction
 *   to Probability" (1997), theorems 11.4, 11.5, 11.6.
 * - Expected time τ = N·m, with m(i) the mean time spent in i at each visit: visits times what each of them takes.
 * - Of those that end in a: the chain with p̂(i,j) = p(i,j)·b(j,a) / b(i,a), which is again a Markov chain (Kemeny, Snell, same
 *   chapter: the process conditioned on where it is absorbed; Doob's h-transform with h = b(·,a)), and τ̂ = N̂·m̂ with m̂(i) = Σ p̂(i,j)·m(i,j).
 *
 * A state from which nobody was seen to get to a terminal one belongs to the `unresolved`.
 */
export function markovChain(seen: readonly Transition[], terminal: readonly string[]): Chain {
  const steps = seen.filter((one): one is Step => one.from !== undefined && !terminal.includes(one.from));
  const names = [
    ...new Set([...seen.flatMap(({ from, to }) => (from === undefined ? [to] : [from, to])), ...terminal]),
  ];
  const transient = names.filter((state) => !terminal.includes(state) && leadsTo(steps, state, terminal));
  const model = modelOf(steps, transient, terminal);
  return {
    states: names.map((state) => stateOf(state, steps, transient, terminal, model)),
    transitions: steps.map(({ from, to, count, dwellMs, dwell }) => ({
      from,
      to,
      count,
      probability: count / leaving(steps, from),
      dwell: dwellOf(count, dwellMs, dwell),
    })),
  };
}

type Step = Transition & { readonly from: string };

type Model = {
  /** By transient state, in their order. */
  readonly steps: readonly number[];
  readonly ms: readonly number[];
  /** By terminal state, then by transient state. */
  readonly absorption: ReadonlyMap<string, readonly number[]>;
  readonly msTo: ReadonlyMap<string, readonly (number | undefined)[]>;
  readonly lost: readonly boolean[];
};

function modelOf(steps: readonly Step[], transient: readonly string[], terminal: readonly string[]): Model {
  const p = (from: string, to: string) => (stepOf(steps, from, to)?.count ?? 0) / leaving(steps, from);
  const q = transient.map((from) => transient.map((to) => p(from, to)));
  const n = fundamentalMatrix(q);
  const absorption = new Map(
    terminal.map((end) => [
      end,
      times(
        n,
        transient.map((from) => p(from, end)),
      ),
    ]),
  );
  const dwell = transient.map(
    (state) => sum(steps.filter(({ from }) => from === state).map(({ dwellMs }) => dwellMs)) / leaving(steps, state),
  );
  const known = [...transient, ...terminal];
  return {
    steps: times(
      n,
      transient.map(() => 1),
    ),
    ms: times(n, dwell),
    absorption,
    msTo: new Map(
      terminal.map((end) => [end, conditionalMs(steps, transient, end, q, absorption.get(end) ?? [])] as const),
    ),
    // By what leads where, not by sums: those are rounded.
    lost: transient.map((state) => [...reachable(steps, state)].some((other) => !known.includes(other))),
  };
}

/** Expected time to `end` from each transient state, of those that end there. Undefined: none does. */
function conditionalMs(
  steps: readonly Step[],
  transient: readonly string[],
  end: string,
  q: Matrix,
  h: readonly number[],
): readonly (number | undefined)[] {
  const there = transient.map((_, i) => i).filter((i) => leadsTo(steps, transient[i] ?? '', [end]));
  const given = (i: number, j: number) => ((q[i]?.[j] ?? 0) * (h[j] ?? 0)) / (h[i] ?? 1);
  const mean = (i: number, to: string) => {
    const step = stepOf(steps, transient[i] ?? '', to);
    return step ? step.dwellMs / step.count : 0;
  };
  const cost = there.map((i) => {
    const from = transient[i] ?? '';
    const toEnd = (stepOf(steps, from, end)?.count ?? 0) / leaving(steps, from) / (h[i] ?? 1);
    return toEnd * mean(i, end) + sum(there.map((j) => given(i, j) * mean(i, transient[j] ?? '')));
  });
  const ms = times(fundamentalMatrix(there.map((i) => there.map((j) => given(i, j)))), cost);
  return transient.map((_, i) => (there.includes(i) ? ms[there.indexOf(i)] : undefined));
}

function stateOf(
  state: string,
  steps: readonly Step[],
  transient: readonly string[],
  terminal: readonly string[],
  model: Model,
): ChainState {
  const out = steps.filter(({ from }) => from === state);
  const left = sum(out.map(({ count }) => count));
  const dwell =
    left > 0 && dwellOf(left, sum(out.map(({ dwellMs }) => dwellMs)), mergedHistograms(out.map((one) => one.dwell)));
  const base = { state, terminal: terminal.includes(state), left, ...(dwell && { dwell }) };
  if (terminal.includes(state)) {
    const absorption = Object.fromEntries(terminal.map((end) => [end, end === state ? 1 : 0]));
    return { ...base, absorption, unresolved: 0, expected: { steps: 0, ms: 0 }, expectedMsTo: { [state]: 0 } };
  }
  const i = transient.indexOf(state);
  const probability = (end: string) => model.absorption.get(end)?.[i] ?? 0;
  const absorption = Object.fromEntries(terminal.map((end) => [end, probability(end)]));
  const to = terminal.flatMap((end) => {
    const ms = model.msTo.get(end)?.[i];
    return ms === undefined ? [] : [[end, ms] as const];
  });
  const lost = i < 0 || model.lost[i] === true;
  return {
    ...base,
    absorption,
    unresolved: lost ? Math.max(0, 1 - sum(Object.values(absorption))) : 0,
    ...(!lost && { expected: { steps: model.steps[i] ?? 0, ms: model.ms[i] ?? 0 } }),
    expectedMsTo: Object.fromEntries(to),
  };
}

function dwellOf(count: number, dwellMs: number, dwell: Histogram): Dwell {
  return { meanMs: dwellMs / count, p50Ms: quantile(dwell, 0.5) ?? 0, p95Ms: quantile(dwell, 0.95) ?? 0 };
}

function stepOf(steps: readonly Step[], from: string, to: string): Step | undefined {
  return steps.find((step) => step.from === from && step.to === to);
}

/** n(i). */
function leaving(steps: readonly Step[], from: string): number {
  return sum(steps.filter((step) => step.from === from).map(({ count }) => count));
}

function leadsTo(steps: readonly Step[], from: string, ends: readonly string[]): boolean {
  const found = reachable(steps, from);
  return ends.some((end) => found.has(end));
}

/** Where steps that were seen lead, the state itself included. */
function reachable(steps: readonly Step[], state: string): ReadonlySet<string> {
  const found = new Set([state]);
  for (const at of found) for (const { from, to } of steps) if (from === at) found.add(to);
  return found;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
