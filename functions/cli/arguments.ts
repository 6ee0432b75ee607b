import { parseArgs } from 'node:util';
import { type Command, type Given, type Option, UsageError } from './command';

/** Every command takes them. */
export const commonOptions: Readonly<Record<string, Option>> = {
  stage: { value: '<name>', help: 'which deployment (local)' },
  'endpoint-url': { value: '<url>', help: 'where AWS is, if not at AWS (AWS_ENDPOINT_URL)' },
  region: { value: '<name>', help: 'AWS region (AWS_REGION)' },
  json: { help: 'the answer as JSON' },
  help: { help: 'this help' },
};

export type Parsed = { readonly command: Command | undefined; readonly given: Given };

/** Finds the command in what was typed, and tells words from options. Throws `UsageError`. */
export function parseCommandLine(args: readonly string[], commands: readonly Command[]): Parsed {
  const named = commandIn(args, commands);
  const options = { ...commonOptions, ...named?.command.options };
  const { tokens } = parseArgs({
    args: [...args],
    options: typesOf(options),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const values: Record<string, string> = {};
  const switches = new Set<string>();
  const words: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') words.push(token.value);
    if (token.kind !== 'option') continue;
    const option = options[token.name];
    if (!option) throw new UsageError(unknownOption(token.rawName, named?.command, options));
    if (token.name in values || switches.has(token.name)) throw new UsageError(`${token.rawName} is given twice`);
    if (!option.value) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value`);
      switches.add(token.name);
    } else if (!token.value) throw new UsageError(`${token.rawName} wants a value: ${token.rawName} ${option.value}`);
    else values[token.name] = token.value;
  }
  const given = { words: words.slice(named?.length ?? 0), options: values, switches };
  if (switches.has('help') || !named) {
    if (named || words.length === 0) return { command: named?.command, given };
    throw new UsageError(`there is no command "${words[0]}"; there are: ${firstWords(commands).join(', ')}`);
  }
  checkWords(given.words, named.command, commands);
  return { command: named.command, given };
}

/** The longest name that the first words make. Options of all commands may stand before it. */
function commandIn(args: readonly string[], commands: readonly Command[]) {
  const { tokens } = parseArgs({
    args: [...args],
    options: typesOf(Object.assign({}, commonOptions, ...commands.map(({ options }) => options))),
    allowPositionals: true,
    strict: false,
    tokens: true,
  });
  const words = tokens.flatMap((token) => (token.kind === 'positional' ? token.value : []));
  for (const length of [2, 1]) {
    const command = commands.find(({ name }) => name === words.slice(0, length).join(' '));
    if (command && words.length >= length) return { command, length };
  }
  return undefined;
}

const typesOf = (options: Readonly<Record<string, Option>>) =>
  Object.fromEntries(
    Object.entries(options).map(([name, { value }]) => [
      name,
      { type: value ? 'string' : 'boolean', ...(name === 'help' && { short: 'h' }) } as const,
    ]),
  );

function unknownOption(name: string, command: Command | undefined, options: Readonly<Record<string, Option>>): string {
  const known = Object.keys(options).map((one) => `--${one}`);
  return `there is no option ${name}${command ? ` of "${command.name}"` : ''}; there are: ${known.join(', ')}`;
}

function checkWords(words: readonly string[], command: Command, commands: readonly Command[]): void {
  const expected = command.words ?? [];
  const least = expected.filter((word) => !word.startsWith('[')).length;
  if (words.length < least)
    throw new UsageError(`"${command.name}" wants ${expected[words.length]}: orderstream ${usageOf(command)}`);
  if (words.length <= expected.length || expected.at(-1)?.includes('…')) return;
  const below = commands.filter(({ name }) => name.startsWith(`${command.name} `)).map(({ name }) => name);
  const instead = below.length > 0 ? `; there are: ${below.join(', ')}` : `: orderstream ${usageOf(command)}`;
  throw new UsageError(`"${words[expected.length]}" is one word too many for "${command.name}"${instead}`);
}

export const usageOf = ({ name, words = [] }: Command): string => [name, ...words].join(' ');

/** The commands by their first words, each once. */
export const firstWords = (commands: readonly Command[]): string[] => [
  ...new Set(commands.map(({ name }) => name.split(' ')[0]!)),
];
