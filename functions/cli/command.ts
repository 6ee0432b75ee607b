import type { Operations } from './operations';
import type { Terminal } from './terminal';

export type Option = {
  /** What stands behind it, for the help: `<n>`. Without one it is a switch. */
  readonly value?: string;
  readonly help: string;
};

/** What was typed behind a command's name, told apart but not yet understood. */
export type Given = {
  readonly words: readonly string[];
  readonly options: Readonly<Record<string, string | undefined>>;
  readonly switches: ReadonlySet<string>;
};

/** What a command answers, for a person and for a program. */
export type Answer = {
  readonly text: string;
  readonly json: unknown;
  /** It has found what should not be, or has not found what was asked for: exit code 1. */
  readonly bad?: boolean;
};

export type Command = {
  /** One word or two: `rejected fix`. */
  readonly name: string;
  readonly summary: string;
  /** The words behind the name, as the help shows them; in brackets those that may be left out; a last one with `…` may be many. */
  readonly words?: readonly string[];
  readonly options?: Readonly<Record<string, Option>>;
  /** Lines to show below the options. */
  readonly notes?: readonly string[];
  /** Understands what was given, or throws a `UsageError`; what it returns does it. */
  readonly prepare: (given: Given) => (operations: Operations, terminal: Terminal) => Promise<Answer>;
};

/** What was typed cannot be meant: exit code 2. */
export class UsageError extends Error {
  readonly code = 'usage';
}

/** What was asked for cannot be done: exit code 1. The message says what to do next. */
export class Refusal extends Error {
  readonly code = 'refused';
}
