import { types } from 'node:util';

/** An error that AWS's Node runtime itself raises; `code` is the `errorType` that the caller sees. */
export class RuntimeError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: { cause?: unknown; stack?: string }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    // Not enumerable, as on AWS: only its name tells.
    Object.defineProperty(this, 'name', { value: code });
    Object.defineProperty(this, 'code', { enumerable: false, value: code });
    Object.defineProperty(this, 'cause', { enumerable: false, value: options?.cause });
    if (options?.stack) this.stack = options.stack;
  }
}

/** The payload that Lambda answers for `error`: `{errorType, errorMessage, trace}`. */
export function errorPayload(error: unknown): string {
  try {
    if (types.isNativeError(error) || looksLikeError(error)) {
      const { name, message, stack } = error as Error;
      return JSON.stringify({ errorType: name, errorMessage: message, trace: stack?.split('\n') ?? [] });
    }
    return JSON.stringify({ errorType: typeof error, errorMessage: String(error), trace: [] });
  } catch {
    return JSON.stringify({
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    });
  }
}

export const toError = (error: unknown): Error => (error instanceof Error ? error : new Error(String(error)));

function looksLikeError(value: unknown): boolean {
  const { name, message, stack } = (value ?? {}) as Partial<Error>;
  return typeof name === 'string' && typeof message === 'string' && typeof stack === 'string';
}
