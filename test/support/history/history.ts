import type { FaultRule } from '../../../localstack/cloud/core/faults';

/** What is said to have happened, or asked to happen: the stream it is meant for, its type by the catalogue, and its payload. */
export type Saying = {
  readonly stream: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** An event that a producer puts on the bus, once or several times. */
export type BusEvent = Saying & {
  readonly source: string;
  /** Undefined: a bare payload. It is put once, and its id is the one that the bus gives it. */
  readonly id?: string;
  /** The type as the producer spells it. */
  readonly detailType: string;
  /** The `time` that a CloudEvent gives, each time that it is put; undefined: none, so that each put has its own. */
  readonly time?: 'of the first put' | 'long ago';
  /** The fields that no ingest can accept, whatever the stream holds; empty: it is well-formed. */
  readonly malformed: readonly string[];
  /** No ingest takes it: it belongs in the queue of unrouted events. */
  readonly unrouted: boolean;
};

/** An HTTP command. */
export type Command = Saying & {
  readonly method: 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The `Idempotency-Key`. A command without one is sent once, whatever comes of it. */
  readonly key?: string;
  /** The version of its `If-Match`. */
  readonly onVersion?: number;
};

/** One thing that a client does; numbers are places in `events` and `commands` of the history. */
export type Call =
  /** One PutEvents. */
  | { readonly do: 'put'; readonly events: readonly number[] }
  /** One `POST /events`, structured or batched. */
  | { readonly do: 'post'; readonly events: readonly number[] }
  /** The command, so often at the same time. */
  | { readonly do: 'command'; readonly command: number; readonly times: number };

/**
 * What clients do side by side, each one call after the other; and what the next phase waits for: nothing; all work under
 * way; that and everything that is tried again later.
 */
export type Phase = {
  readonly clients: readonly (readonly Call[])[];
  readonly until: 'go on' | 'rest' | 'settled';
};

/** All that is put into the system under one seed. */
export type History = {
  readonly seed: number;
  /** SKUs of which there is stock before anybody orders. */
  readonly stocked: readonly string[];
  readonly events: readonly BusEvent[];
  readonly commands: readonly Command[];
  readonly phases: readonly Phase[];
  /** What the adversary does meanwhile. */
  readonly faults: readonly FaultRule[];
  /** Clients that act after everything has come to rest, the adversary has gone, and what was parked has expired. */
  readonly afterExpiry?: readonly (readonly Call[])[];
};
