/** Where a command reads from and writes to. */
export interface Terminal {
  /** All of the standard input, as text. */
  input(): Promise<string>;
  /** Whether a person would have to type the standard input. */
  readonly isInteractive: boolean;
  /** The text of a file, by its path from where the command was typed. */
  file(path: string): string;
  out(text: string): void;
  error(text: string): void;
  /** How far long work has come; not for the answer. */
  progress(text: string): void;
}
