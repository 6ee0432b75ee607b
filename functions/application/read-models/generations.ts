/**
 * A copy of all rows of one projection. Numbers only grow. A generation is made by one revision of the projection's fold;
 * it follows the events until it is taken out of `Generations.all`.
 */
export type Generation = {
  /** 1, 2, 3 … */
  readonly number: number;
  /** Of the fold that makes its rows: `Projection.revision`. */
  readonly revision: number;
  /** When it was begun. RFC 3339. */
  readonly startedAt: string;
  /** Whether every event that was there when it was begun is in it. */
  readonly complete: boolean;
  /** It shows what was known at this time (of recording), and follows no later event. RFC 3339. */
  readonly asOf?: string;
};

/** Which copies of a projection there are, and which of them readers are shown. */
export type Generations = {
  readonly projection: string;
  /** 1, 2, 3 …: one more with each change. A change is made on the condition that it is still the one that was read. */
  readonly sequence: number;
  readonly live: number;
  /** The one that was live before: what `rollback` goes back to. */
  readonly previous?: number;
  readonly all: readonly Generation[];
  /** The highest number that was ever given, also to one that is gone. Undefined: that of the newest in `all`. */
  readonly highest?: number;
};

/** The pointers to the generations, one for each projection. */
export interface GenerationStore {
  /** Consistent, one call; a projection that nobody has ever run is left out. */
  getMany(projections: readonly string[]): Promise<ReadonlyMap<string, Generations>>;
  /** Writes `next` if the pointer still stands as it was read (`before`); false: somebody else was first. */
  put(next: Generations, before: Generations | undefined): Promise<boolean>;
}

/**
 * How long a pointer that was read may be relied on, in milliseconds. Who begins or ends a generation waits longer than
 * this before it relies on everybody knowing: the scan of a rebuild.
 */
export const POINTER_TRUST_MS = 1_000;
/** What such a wait is, in seconds: the trust, and what two clocks may differ by. */
export const POINTER_GRACE_SECONDS = 5;

/** As a projection begins: one generation, of its newest revision, complete since there is nothing before it. */
export function firstGenerations(projection: string, revision: number, now: Date): Generations {
  return {
    projection,
    sequence: 1,
    live: 1,
    all: [{ number: 1, revision, startedAt: now.toISOString(), complete: true }],
  };
}

export function generationOf(generations: Generations, number: number): Generation | undefined {
  return generations.all.find((generation) => generation.number === number);
}

/** Those that the projectors write each event to. */
export function following(generations: Generations): readonly Generation[] {
  return generations.all.filter(({ asOf }) => asOf === undefined);
}
