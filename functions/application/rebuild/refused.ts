/** A change of the generations that cannot be made as they are. The message says what can. */
export class RebuildRefused extends Error {
  readonly code = 'rebuild-refused';

  constructor(message: string) {
    super(message);
    this.name = 'RebuildRefused';
  }
}

export function isRebuildRefused(error: unknown): error is RebuildRefused {
  return error instanceof Error && (error as Partial<RebuildRefused>).code === 'rebuild-refused';
}
