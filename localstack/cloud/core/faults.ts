/**
 * What the adversary can do. Not every place can do everything: an API call can fail, be refused, be late, or lose
 * its caller; a hand-over from one service to another can also happen twice, or out of order.
 */
export const FAULT_KINDS = [
  /** It fails, without effect. */
  'error',
  /** It is refused for now, as by a service under load, without effect. */
  'throttle',
  /** It takes `ms` longer, by the cloud's clock. */
  'latency',
  /** It happens twice. */
  'duplicate',
  /** It overtakes others, or is overtaken. */
  'reorder',
  /** A read shows a part of a transaction only. */
  'torn-read',
  /** Whoever does it dies just before the effect. */
  'crash-before',
  /** Whoever does it dies just after the effect, before anybody hears of it. */
  'crash-after',
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** One thing that the adversary does. `*` in a name stands for any characters; a name that is left out fits all. */
export type FaultRule = {
  readonly fault: FaultKind;
  /** `dynamodb`, `events`, `lambda`, `sqs`, …: as in `cloud/services/`. */
  readonly service: string;
  /** An API operation, or a point that the service names (`Service.faultPoints`). */
  readonly operation?: string;
  /** Name or ARN of the table, queue, bus, function, … */
  readonly target?: string;
  /** The name of the calling function; `root` for the developer, a service's name for a service. */
  readonly caller?: string;
  /** The share of the occasions that it strikes at, 0 to 1; all unless given. */
  readonly rate?: number;
  /** Lets this many occasions of each target pass first. */
  readonly skip?: number;
  /** Strikes at most this often in all. */
  readonly times?: number;
  /** `latency`: milliseconds. At `events:Deliver` also how much later a `duplicate`, or how much at most a `reorder`. */
  readonly ms?: number;
  /** `error`: instead of the service's own internal error. */
  readonly code?: string;
  readonly status?: number;
  readonly message?: string;
};

/** Something that is about to happen. `target` and `caller` as in a rule, without `*`; `target` may be an ARN. */
export type Occasion = {
  readonly service: string;
  readonly operation: string;
  readonly target: string;
  readonly caller: string;
};

/** What the adversary does at an occasion. */
export type Fault = {
  readonly kind: FaultKind;
  readonly rule: FaultRule;
  /** 0 ≤ n < 1, repeatable: for what has to be chosen (which of several, in what order). */
  readonly random: () => number;
};

export type FaultPlan = { readonly seed: number; readonly rules: readonly FaultRule[] };

type Counted = {
  readonly rule: FaultRule;
  readonly fits: (occasion: Occasion) => boolean;
  /** By operation and target. */
  readonly occasions: Map<string, number>;
  seen: number;
  struck: number;
};

/**
 * The adversary. Whether a rule strikes at an occasion depends on the seed, on the rule, and on how many such occasions
 * of the same operation and target there were before; so the same work under the same plan meets the same faults,
 * whatever else happens beside it.
 */
export class Faults {
  #seed = 0;
  #rules: Counted[] = [];
  readonly #mixed = new Map<string, number>();

  /** Whether there is any rule: places with much to do ask this first. */
  get active(): boolean {
    return this.#rules.length > 0;
  }

  /** Replaces the plan, and begins to count anew. No rules: no faults. */
  plan({ seed, rules }: FaultPlan): void {
    this.#seed = seed;
    this.#mixed.clear();
    this.#rules = rules.map((rule) => ({ rule, fits: fitter(rule), occasions: new Map(), seen: 0, struck: 0 }));
  }

  clear(): void {
    this.plan({ seed: 0, rules: [] });
  }

  /**
   * 0 ≤ n < 1, repeatable under the same plan: for what is mixed even without a rule. `place` names what is mixed; each time
   * that it is, in another way.
   */
  random(place: string): () => number {
    const count = this.#mixed.get(place) ?? 0;
    this.#mixed.set(place, count + 1);
    return mulberry(hash(`${this.#seed}/${place}/${count}`));
  }

  /** What is planned, and what came of it so far. */
  report(): { seed: number; rules: (FaultRule & { readonly seen: number; readonly struck: number })[] } {
    return { seed: this.#seed, rules: this.#rules.map(({ rule, seen, struck }) => ({ ...rule, seen, struck })) };
  }

  /** The fault for this occasion, if there is one, among the `kinds` that its place can do. The first rule wins. */
  at(occasion: Occasion, kinds: readonly FaultKind[]): Fault | undefined {
    for (const [index, counted] of this.#rules.entries()) {
      const { rule, occasions } = counted;
      if (!kinds.includes(rule.fault) || !counted.fits(occasion)) continue;
      const place = `${occasion.service}:${occasion.operation}:${occasion.target}`;
      const count = occasions.get(place) ?? 0;
      occasions.set(place, count + 1);
      counted.seen++;
      if (count < (rule.skip ?? 0) || counted.struck >= (rule.times ?? Number.POSITIVE_INFINITY)) continue;
      const random = mulberry(hash(`${this.#seed}/${index}/${place}/${count}`));
      if (random() >= (rule.rate ?? 1)) continue;
      counted.struck++;
      return { kind: rule.fault, rule, random };
    }
    return undefined;
  }
}

function fitter({ service, operation, target, caller }: FaultRule): (occasion: Occasion) => boolean {
  const fits = {
    service: nameTest(service),
    operation: nameTest(operation),
    target: nameTest(target),
    caller: nameTest(caller),
  };
  return (occasion) =>
    fits.service(occasion.service) &&
    fits.operation(occasion.operation) &&
    // A rule may name a queue as people do, `orders`, or by its ARN.
    (fits.target(occasion.target) || fits.target(shortName(occasion.target))) &&
    fits.caller(occasion.caller);
}

/** A test for names by a rule's pattern, in which `*` stands for any characters; without a pattern every name fits. */
export function nameTest(pattern: string | undefined): (name: string) => boolean {
  if (pattern === undefined || pattern === '*') return () => true;
  if (!pattern.includes('*')) return (name) => name === pattern;
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  const expression = new RegExp(`^${parts.join('.*')}$`, 's');
  return (name) => expression.test(name);
}

/** The name in an ARN: what stands behind `function:`, `table/`, `event-bus/`, or at the end. */
export function shortName(arn: string): string {
  if (!arn.startsWith('arn:')) return arn;
  const [, , service = '', , , ...resource] = arn.split(':');
  if (service === 'dynamodb') return resource.join(':').split('/')[1] ?? '';
  if (service === 'lambda') return resource[1] ?? '';
  return resource.join(':').split('/').pop() ?? '';
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 2_166_136_261;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  return value >>> 0;
}

/** mulberry32, a small seeded generator: 0 ≤ n < 1. https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
