import { parseCommandLine } from './arguments';
import { Refusal, UsageError } from './command';
import { commands } from './commands/commands';
import { explain } from './explain';
import { commandHelp, generalHelp } from './help';
import type { Operations } from './operations';
import { type Target, targetOf } from './settings';
import type { Terminal } from './terminal';

export type Surroundings = {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of `.localcloud/outputs.json`; undefined: there is none. */
  readonly localOutputs: () => string | undefined;
  readonly terminal: Terminal;
  readonly connect: (target: Target) => Promise<Operations>;
};

/** 0: done. 1: something is wrong, or could not be done. 2: the command line could not be understood. */
export type ExitCode = 0 | 1 | 2;

export async function runCommandLine(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { environment, localOutputs, terminal, connect } = surroundings;
  let target: Target | undefined;
  try {
    const { command, given } = parseCommandLine(args, commands);
    if (!command || given.switches.has('help')) {
      terminal.out(command ? commandHelp(command) : generalHelp(commands));
      return command || given.switches.has('help') ? 0 : 2;
    }
    const carryOut = command.prepare(given);
    target = targetOf({ options: given.options, environment, localOutputs: localOutputs() });
    const answer = await carryOut(await connect(target), terminal);
    terminal.out(given.switches.has('json') ? JSON.stringify(answer.json, null, 2) : answer.text);
    return answer.bad ? 1 : 0;
  } catch (error) {
    if (error instanceof UsageError) {
      terminal.error(
        `orderstream: ${error.message}\norderstream --help lists the commands, orderstream <command> --help their options`,
      );
      return 2;
    }
    terminal.error(`orderstream: ${error instanceof Refusal ? error.message : explain(error, target)}`);
    return 1;
  }
}
