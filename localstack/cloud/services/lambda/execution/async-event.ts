/** A pending asynchronous invocation. In the store: this as JSON, a newline, the payload. */
export type Pending = {
  /** The function's ARN as the caller named it. */
  readonly f: string;
  readonly requestId: string;
  readonly enqueuedAt: number;
  /** Invocations that ended in an error. */
  readonly attempts: number;
  /** Times that no concurrency was left, in a row. */
  readonly throttles: number;
  readonly dueAt: number;
  readonly trigger: string;
  /** Who sent it: a function's name, `root`, a service. */
  readonly by: string;
  /** The hop in the trace that sent it. */
  readonly cause?: string;
  /** It has succeeded, and is there once more all the same. */
  readonly twice?: true;
};

/** Where an event comes from. */
export type Origin = Pick<Pending, 'trigger' | 'by'> & { readonly cause: string | undefined };

export function parseHeader(value: string): Pending {
  return JSON.parse(value.slice(0, value.indexOf('\n'))) as Pending;
}

export const causesOf = ({ cause }: Pending): string[] => (cause === undefined ? [] : [cause]);
