import { commonOptions, usageOf } from './arguments';
import type { Command, Option } from './command';
import { columns } from './format/columns';

/** What `orderstream --help` prints. */
export function generalHelp(commands: readonly Command[]): string {
  return [
    'orderstream <command> [options]: look into a deployment of Orderstream, and mend it',
    '',
    columns(commands.map((command) => [`  ${usageOf(command)}`, command.summary])),
    '',
    optionLines(commonOptions),
    '',
    'orderstream <command> --help says more. Credentials, region and endpoint are found as the AWS CLI finds them',
    '(AWS_PROFILE, AWS_REGION, AWS_ENDPOINT_URL …). Stage local, where no endpoint is given, is the local cloud that',
    'npm start runs in this directory.',
    'Exit code: 0 done, 1 something is wrong or could not be done, 2 the command line could not be understood.',
  ].join('\n');
}

export function commandHelp(command: Command): string {
  return [
    `orderstream ${usageOf(command)} [options]: ${command.summary}`,
    '',
    optionLines({ ...command.options, ...commonOptions }),
    ...(command.notes ? ['', ...command.notes] : []),
  ].join('\n');
}

const optionLines = (options: Readonly<Record<string, Option>>): string =>
  columns(Object.entries(options).map(([name, { value, help }]) => [`  --${name}${value ? ` ${value}` : ''}`, help]));
