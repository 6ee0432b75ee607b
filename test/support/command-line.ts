import type { Operations } from '../../functions/cli/operations';
import { runCommandLine, type Surroundings } from '../../functions/cli/run-command-line';

export type Ran = { readonly code: number; readonly out: string; readonly error: string };

/** Runs a command line on these operations; what none of them answers must not be asked for. */
export async function run(
  args: readonly string[],
  operations: Partial<Operations> = {},
  over: Partial<Surroundings> & { readonly input?: string; readonly files?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const out: string[] = [];
  const error: string[] = [];
  const { input, files = {}, ...rest } = over;
  const code = await runCommandLine(args, {
    environment: { AWS_ENDPOINT_URL: 'http://127.0.0.1:4566' },
    localOutputs: () => undefined,
    connect: async () => operations as Operations,
    terminal: {
      input: async () => input ?? '',
      isInteractive: input === undefined,
      file: (path) => files[path] ?? '',
      out: (text) => out.push(text),
      error: (text) => error.push(text),
      progress: () => {},
    },
    ...rest,
  });
  return { code, out: out.join('\n'), error: error.join('\n') };
}
