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

type Kept = { -readonly [Name in keyof Hop]: Hop[Name] } & {
  readonly about: readonly Place[];
  readonly records: number;
};

/** Of what hops carried, in bytes. */
const CAPACITY = 8 * 1024 * 1024;
const MAX_HOPS = 16_384;

/**
 * What happened lately, hop by hop with its causes: the newest hops, as many as fit. Recording costs next to nothing;
 * what a hop is about is looked at only when somebody asks.
 */
export class Trace {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #texts: TextRing;
  /** Oldest first; those before `#first` are gone. Found by id only when somebody asks: a map would cost at every hop. */
  #hops: (Kept | undefined)[] = [];
  #first = 0;
  #cause: string | undefined;

  /** `capacity`: bytes of what the hops carried. */
  constructor(clock: Pick<Clock, 'now'>, capacity = CAPACITY) {
    this.#clock = clock;
    this.#texts = new TextRing(capacity);
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
    const places = typeof about === 'string' ? [this.#texts.put(about)] : about.map((text) => this.#texts.put(text));
    // All members at once, and always the same: there are many of these.
    const hop: Kept = {
      id: randomHex(16),
      causes: causes ?? (this.#cause === undefined ? [] : [this.#cause]),
      service,
      operation,
      target,
      by,
      startedAt: this.#clock.now(),
      endedAt: undefined,
      outcome: undefined,
      error: undefined,
      about: places,
      records: records ?? places.length,
    };
    this.#hops.push(hop);
    while (this.#first < this.#hops.length - 1 && !this.#fits(this.#hops[this.#first]!)) {
      this.#hops[this.#first++] = undefined;
    }
    if (this.#first * 2 > this.#hops.length) {
      this.#hops = this.#kept();
      this.#first = 0;
    }
    return {
      id: hop.id,
      end: (outcome = 'ok', error) => {
        hop.endedAt = this.#clock.now();
        hop.outcome = outcome;
        hop.error = error;
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
    const hops = this.#kept();
    const byId = new Map(hops.map((hop) => [hop.id, hop]));
    const found = new Set<Kept>();
    for (const hop of hops) if (this.#mentions(hop, value)) found.add(hop);
    const followed = new Set(found);
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
    return this.#kept().slice(-limit).map(shown);
  }

  clear(): void {
    this.#hops = [];
    this.#first = 0;
  }

  /** Whether there is still room for the oldest hop. */
  #fits({ about: [place] }: Kept): boolean {
    return this.#hops.length - this.#first <= MAX_HOPS && (!place || this.#texts.has(place));
  }

  #mentions({ about }: Kept, value: string): boolean {
    return about.some((place) => this.#texts.has(place) && mentions(this.#texts.get(place), value));
  }

  #kept(): Kept[] {
    return this.#hops.slice(this.#first) as Kept[];
  }
}

function addCauses(hop: Kept, byId: ReadonlyMap<string, Kept>, found: Set<Kept>): void {
  for (const id of hop.causes) {
    const cause = byId.get(id);
    if (!cause || found.has(cause)) continue;
    found.add(cause);
    addCauses(cause, byId, found);
  }
}

function shown({ about: _, records: __, endedAt, outcome, error, ...hop }: Kept): Hop {
  return {
    ...hop,
    ...(endedAt === undefined ? {} : { endedAt }),
    ...(outcome === undefined ? {} : { outcome }),
    ...(error === undefined ? {} : { error }),
  };
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
