/** An error as AWS puts it on the wire. Anything else that a service throws becomes a 500 `InternalFailure`. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  /** Members of the error shape besides its message, e.g. `CancellationReasons`. */
  readonly fields: Record<string, unknown>;

  constructor(code: string, message: string, options: { status?: number; fields?: Record<string, unknown> } = {}) {
    super(message);
    this.name = code;
    this.code = code;
    this.status = options.status ?? 400;
    this.fields = options.fields ?? {};
  }
}

/** The local cloud never accepts what it does not honour: `what` names the operation, parameter or property. */
export function notImplemented(what: string): AwsError {
  return new AwsError(
    'NotImplemented',
    `${what} is not implemented by the local cloud (docs/parity.md lists what is).`,
    {
      status: 501,
    },
  );
}

/** Refuses by name every member of `input` that is present and not in `honoured`. `at` is the operation's name. */
export function refuseUnknown(at: string, input: Readonly<Record<string, unknown>>, honoured: readonly string[]): void {
  for (const name of Object.keys(input)) {
    if (input[name] !== undefined && !honoured.includes(name)) throw notImplemented(`${at}: ${name}`);
  }
}
