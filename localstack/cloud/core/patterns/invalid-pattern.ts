/**
 * A pattern that Event Ruler refuses. `reason` is its wording; EventBridge puts `Event pattern is not valid. Reason: `
 * before it.
 */
export class InvalidPattern extends Error {
  readonly code = 'InvalidPattern';
  readonly reason: string;
  /** Whether Ruler found it while reading the JSON; only then it reads the pattern once more with `$or` as a field. */
  readonly whileReading: boolean;

  constructor(reason: string, options: { whileReading: boolean }) {
    super(reason);
    this.name = 'InvalidPattern';
    this.reason = reason;
    this.whileReading = options.whileReading;
  }
}

export const isInvalidPattern = (error: unknown): error is InvalidPattern =>
  (error as { code?: unknown } | null)?.code === 'InvalidPattern';
