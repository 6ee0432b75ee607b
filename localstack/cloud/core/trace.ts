import type { Clock } from './clock';
import { randomHex } from './ids';
import { type Place, TextRing } from './text-ring';

/** One step on the way of an event: a call, a delivery, an invocation. */
export type Hop = {
  /** 16 hexadecimal digits, like a segment of X-Ray. */
  readonly id: string;
  /** The hops that brought this one about: one, or several for a batch. None: somebody from outside began it. */
  readonly causes: readonly string[];
  readonly service: string;
  readonly operation: string;
  /** Name or ARN of what it was done to. */
  readonly target: string;
  /** Who did it: a function's name, a service's name, `root`. */
  readonly by: string;
  /** Milliseconds since 1970, by the cloud's clock. */
  readonly startedAt: number;
  /** Undefined while it is under way. */
  readonly endedAt?: number;
  /** `ok`, or what became of it instead: an error code, `timeout`, `throttled`, … Undefined while it is under way. */
  readonly outcome?: string;
  readonly error?: string;
};

export type HopStart = Pick<Hop, 'service' | 'operation' | 'target' | 'by'> & {
  /** Unless given: what is being done synchronously now (`Trace.cause`). */
  readonly causes?: readonly string[];
  /** What it carried, as text: hops are found by the values that stand in it. One text for each record of a batch. */
  readonly about: string | readonly string[];
  /** How many records it carried, where one text has several; as many as texts unless given. */
  readonly records?: number;
};

/** A hop that has begun. `end` is called once. */
export interface OpenHop {
  readonly id: string;
  end(outcome?: string, error?: string): void;
}

/** A hop with what it carried. */
type Kept = { -readonly [Name in keyof Hop]: Hop[Name] } & {
  /** How many hops began before it. */
  readonly order: number;
  readonly records: number;
  readonly about: readonly string[];
};

/** Bytes, of hops and what they carried. */
const CAPACITY = 8 * 1024 * 1024;
/** Stands in no JSON text; in another text it does no harm. */
const SEPARATOR = '\0';

/**
 * What happened lately, hop by hop with its causes: the newest hops, as many as fit. A hop is an object only while it is
 * under way; then it is text among texts, so that recording costs next to nothing, and is read when somebody asks.
 */
export class Trace {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #ended: TextRing;
  /** Of the hops that have ended, in the order of their ends; those before `#first` may be gone. */
  #places: Place[] = [];
  #first = 0;
  readonly #underWay = new Set<Kept>();
  #count = 0;
  #cause: string | undefined;

  /** `capacity`: bytes. */
  constructor(clock: Pick<Clock, 'now'>, capacity = CAPACITY) {
    this.#clock = clock;
    this.#ended = new TextRing(capacity);
  }

  /** The hop that is being done synchronously now: what is begun without other causes is its consequence. */
  get cause(): string | undefined {
    return this.#cause;
  }

  /** Runs `run`; whatever begins before it returns (or awaits) is a consequence of hop `id`. */
  within<T>(id: string | undefined, run: () => T): T {
    const before = this.#cause;
    this.#cause = id;
    try {
      return run();
    } finally {
      this.#cause = before;
    }
  }

  begin({ service, operation, target, by, causes, about, records }: HopStart): OpenHop {
    const texts = typeof about === 'string' ? [about] : about;
    const hop: Kept = {
      id: randomHex(16),
      causes: causes ?? (this.#cause === undefined ? [] : [this.#cause]),
      service,
      operation,
      target,
      by,
      startedAt: this.#clock.now(),
      order: this.#count++,
      records: records ?? texts.length,
      about: texts,
    };
    this.#underWay.add(hop);
    return {
      id: hop.id,
      end: (outcome = 'ok', error) => {
        if (!this.#underWay.delete(hop)) return;
        hop.endedAt = this.#clock.now();
        hop.outcome = outcome;
        if (error !== undefined) hop.error = error;
        this.#keep(hop);
      },
    };
  }

  /** A hop that takes no time. Returns its id. */
  note(start: HopStart, outcome = 'ok', error?: string): string {
    const hop = this.begin(start);
    hop.end(outcome, error);
    return hop.id;
  }

  /**
   * The way of whatever `value` names (an event id, a correlation id, an order): every hop in whose texts the value
   * stands as a word of its own, what brought those about, and what they brought about, in the order of time. Out of
   * a batch only what is about the value itself is followed.
   */
  find(value: string): Hop[] {
    const hops = this.#hops();
    const byId = new Map(hops.map((hop) => [hop.id, hop]));
    const followed = new Set(hops.filter(({ about }) => about.some((text) => mentions(text, value))));
    const found = new Set(followed);
    for (const hop of followed) addCauses(hop, byId, found);
    // Causes come before their consequences, so one pass sees all of them.
    for (const hop of hops) {
      if (found.has(hop) || hop.causes.length !== 1) continue;
      const cause = byId.get(hop.causes[0]!);
      if (!cause || !followed.has(cause) || cause.records > 1) continue;
      found.add(hop);
      followed.add(hop);
    }
    return hops.filter((hop) => found.has(hop)).map(shown);
  }

  /** The newest hops, at most `limit`, in the order of time. */
  latest(limit: number): Hop[] {
    return this.#hops().slice(-limit).map(shown);
  }

  /** Forgets everything, also what is under way. */
  clear(): void {
    this.#underWay.clear();
    this.#places = [];
    this.#first = 0;
  }

  #keep({ about, ...hop }: Kept): void {
    this.#places.push(this.#ended.put([JSON.stringify(hop), ...about].join(SEPARATOR)));
    while (!this.#ended.has(this.#places[this.#first]!)) this.#first++;
    if (this.#first * 2 > this.#places.length) {
      this.#places = this.#places.slice(this.#first);
      this.#first = 0;
    }
  }

  /** In the order in which they began. */
  #hops(): Kept[] {
    const ended = this.#places.slice(this.#first).map((place) => read(this.#ended.get(place)));
    return [...ended, ...this.#underWay].sort((a, b) => a.order - b.order);
  }
}

function read(text: string): Kept {
  const [hop, ...about] = text.split(SEPARATOR);
  return { ...(JSON.parse(hop!) as Omit<Kept, 'about'>), about };
}

function addCauses(hop: Kept, byId: ReadonlyMap<string, Kept>, found: Set<Kept>): void {
  for (const id of hop.causes) {
    const cause = byId.get(id);
    if (!cause || found.has(cause)) continue;
    found.add(cause);
    addCauses(cause, byId, found);
  }
}

function shown({ about: _, records: __, order: ___, ...hop }: Kept): Hop {
  return hop;
}

const WORD = /[\w-]/;

/** Whether `value` stands in `text` as a word: `o-1` in `"order#o-1"`, not in `"o-12"`. */
function mentions(text: string, value: string): boolean {
  for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + 1)) {
    const before = text[at - 1];
    const after = text[at + value.length];
    if (!(before && WORD.test(before)) && !(after && WORD.test(after))) return true;
  }
  return false;
}
