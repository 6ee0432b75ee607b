import type { Problem } from '../../application/ports';

/** The body of every error (RFC 9457), content type `application/problem+json`. */
export type ProblemDetails = {
  /** `urn:problem-type:orderstream:<kind>`: tells kinds of problems apart, for programs. */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  /** One sentence about this very occurrence. */
  readonly detail: string;
  /** Which fields, which values, and what would be right. */
  readonly problems?: readonly Problem[];
  readonly [extension: string]: unknown;
};

/** Ends a request with problem details; thrown anywhere below the front of an HTTP function. */
export class HttpProblem extends Error {
  readonly code = 'http-problem';

  constructor(
    readonly status: number,
    readonly kind: string,
    detail: string,
    readonly extensions: Readonly<Record<string, unknown>> = {},
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail);
    this.name = 'HttpProblem';
  }
}

export function isHttpProblem(error: unknown): error is HttpProblem {
  return error instanceof Error && (error as Partial<HttpProblem>).code === 'http-problem';
}

/** 400 that names each field, what it was and what would be right. */
export function invalid(...problems: readonly Problem[]): HttpProblem {
  const detail = problems
    .map(({ field, value, expected }) => `${field} ${shown(value)}; expected ${expected}`)
    .join('. ');
  return new HttpProblem(400, 'invalid-request', detail, { problems });
}

export function problemDetails({ status, kind, message, extensions }: HttpProblem): ProblemDetails {
  const type = `urn:problem-type:orderstream:${kind}`;
  const title = titleOf(kind);
  return { type, title, status, detail: message, ...extensions };
}

export function problemResponse(problem: HttpProblem): Response {
  const headers = { ...problem.headers, 'content-type': 'application/problem+json' };
  return new Response(JSON.stringify(problemDetails(problem)), { status: problem.status, headers });
}

function shown(value: unknown): string {
  return value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
}

/** `not-found` → `Not found`. */
function titleOf(kind: string): string {
  const words = kind.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
