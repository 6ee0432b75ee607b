import { parseArgs } from 'node:util';

export type StartArguments = {
  readonly port: number;
  readonly host: string;
  /** Where state lives; undefined when nothing is to be kept. */
  readonly dir: string | undefined;
  readonly stage: string;
  /** Environments of one function that may run at a time; undefined: as many as the cloud thinks good. */
  readonly environments: number | undefined;
  /** Whether calls are judged by policies. */
  readonly iam: boolean;
  /** Whether what is saved is to run at once. */
  readonly watch: boolean;
};

export const USAGE = `npm start [-- options]

  --port <n>          port to listen on                 (4566)
  --host <addr>       address to bind to                (127.0.0.1)
  --dir <dir>         where state is kept               (.localcloud)
  --ephemeral         keep nothing: a temporary directory, removed at the end
  --stage <name>      stage of the CDK app to deploy    (local)
  --environments <n>  calls of one function at a time   (3), each of some 30 MB
  --no-iam            let every call pass, whatever policies say: missing grants then show at AWS only
  --watch             run what is saved: swap changed functions, redeploy a changed app
  --help              this text
`;

/** Reads the command line. Throws an `Error` that says which option is wrong and what would be right. */
export function readArguments(argv: readonly string[]): StartArguments | 'help' {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      port: { type: 'string', default: '4566' },
      host: { type: 'string', default: '127.0.0.1' },
      dir: { type: 'string' },
      ephemeral: { type: 'boolean', default: false },
      stage: { type: 'string', default: 'local' },
      environments: { type: 'string' },
      'no-iam': { type: 'boolean', default: false },
      watch: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new Error(`--port is "${values.port}"; give a number from 0 (any free port) to 65535`);
  }
  const environments = values.environments === undefined ? undefined : Number(values.environments);
  if (environments !== undefined && (!Number.isInteger(environments) || environments < 1 || environments > 1_000)) {
    throw new Error(`--environments is "${values.environments}"; give a number from 1 to 1000`);
  }
  if (values.ephemeral && values.dir !== undefined) {
    throw new Error('--ephemeral keeps nothing and --dir says where to keep it; give one of them');
  }
  return {
    port,
    host: values.host,
    dir: values.ephemeral ? undefined : (values.dir ?? '.localcloud'),
    stage: values.stage,
    environments,
    iam: !values['no-iam'],
    watch: values.watch,
  };
}
