/** How often a function asked for an action on a resource. */
export type GrantUse = { readonly action: string; readonly resource: string; readonly count: number };

/** One action on one resource, as a policy of the function's role allows them: either may have wildcards. */
export type Grant = {
  readonly policy: string;
  readonly action: string;
  readonly resource: string;
  readonly used: readonly GrantUse[];
};

/** What a function may do, beside what it has done. */
export type FunctionGrants = {
  /** Without the `orders-<stage>-` that it is deployed under. */
  readonly function: string;
  readonly role: string;
  readonly granted: readonly Grant[];
  /** Calls that were allowed, but by no policy of the role. */
  readonly otherwise: readonly GrantUse[];
  /** With the statement that would allow them. */
  readonly denied: readonly (GrantUse & { readonly statement: object })[];
};

export type GrantReport = {
  /** What was called before is not known; RFC 3339. */
  readonly since: string;
  readonly functions: readonly FunctionGrants[];
};

export interface Grants {
  /** Undefined where nobody has noted what is called: at AWS, and in LocalStack. */
  report(stage: string): Promise<GrantReport | undefined>;
}
