import { describe, expect, it, test } from '@jest/globals';
import { commands } from '../../functions/cli/commands/commands';
import { run } from '../support/command-line';
import { FixedEffects } from '../support/fixed-effects';

describe('the help', () => {
  it('lists every command', async () => {
    const { code, out } = await run(['--help']);
    expect(code).toBe(0);
    for (const { name, summary } of commands) {
      expect(out).toContain(`  ${name}`);
      expect(out).toContain(summary);
    }
  });

  test.each(commands.map(({ name }) => name))('of %s names its options, and asks no deployment', async (name) => {
    const command = commands.find((one) => one.name === name)!;
    for (const flag of ['--help', '-h']) {
      const { code, out } = await run(
        [...name.split(' '), flag],
        {},
        { connect: () => Promise.reject(new Error('no')) },
      );
      expect(code).toBe(0);
      for (const option of [...Object.keys(command.options ?? {}), 'stage', 'json'])
        expect(out).toContain(`--${option}`);
    }
  });

  it('is shown to who types nothing, as an error', async () => {
    expect(await run([])).toMatchObject({ code: 2, out: expect.stringContaining('rejected fix <id>') });
  });
});

test.each([
  ['an unknown command', ['projection'], 'there is no command "projection"; there are: put, order, events, parked'],
  ['an unknown part of a command', ['rejected', 'fx', 'e-1'], 'there are: rejected show, rejected fix, rejected retry'],
  ['an unknown option', ['parked', '--limt', '3'], 'there is no option --limt of "parked"; there are: --stage'],
  ['an option of another command', ['parked', '--yes'], 'there is no option --yes of "parked"'],
  ['an option without its value', ['parked', '--limit'], '--limit wants a value: --limit <n>'],
  ['an option given twice', ['parked', '--limit', '1', '--limit', '2'], '--limit is given twice'],
  ['a switch with a value', ['parked', '--json=no'], '--json takes no value'],
  ['a missing word', ['order'], '"order" wants <id>: orderstream order <id>'],
  ['a word too many', ['order', 'o-1', 'o-2'], '"o-2" is one word too many for "order": orderstream order <id>'],
  ['a limit that is none', ['events', '--limit', '0'], '--limit is "0"; a whole number, 1 to 1000'],
  ['a time that is none', ['parked', '--since', 'noon'], '--since is "noon"'],
  ['two pasts', ['order', 'o-1', '--history', '--at', '1'], '--history shows all of it; not together with --at'],
  ['a moment that is none', ['order', 'o-1', '--at', '0'], '--at is "0"; a version (1, 2 …) or a time'],
  ['an id instead of a stream', ['verify', 'o-1'], '"o-1" is no stream; expected order#<id>'],
  ['an id instead of a stream to list', ['rejected', '--stream', 'o-1'], '"o-1" is no stream'],
  ['two lists at once', ['events', '--type', 'OrderPaid', '--stream', 'order#o-1'], 'only one of --stream, --type'],
  ['an unknown type', ['events', '--type', 'OrderPiad'], '--type is "OrderPiad"; one of OrderCreated'],
  ['a payload that is not JSON', ['put', '--type', 'OrderPaid', '--data', '{'], '--data is not JSON'],
  ['a payload that is no object', ['put', '--type', 'OrderPaid', '--data', '[]'], 'the payload is not a JSON object'],
  ['two payloads', ['put', '--data', '{}', '--file', 'x'], 'only one of --data and --file'],
  ['a payload that nobody gives', ['put', '--type', 'OrderPaid'], 'the payload is missing: --data <json>'],
  ['an event without a type', ['put', '--data', '{}'], '--type is missing'],
  ['a fix that changes nothing', ['rejected', 'fix', 'e-1'], 'say what is to be different'],
  ['a stage that no stack can have', ['parked', '--stage', 'a/b'], '--stage is "a/b"; letters and digits only'],
  ['an endpoint that is no URL', ['parked', '--endpoint-url', '4566'], 'the endpoint is "4566"; expected a URL'],
])('%s is refused with what would be right', async (_, args, message) => {
  const { code, out, error } = await run(args);
  expect(error).toContain(message);
  expect({ code, out }).toEqual({ code: 2, out: '' });
});

test('options of all commands may stand before the command', async () => {
  const search = { list: async () => ({ items: [], more: false }), find: async () => [] };
  expect(await run(['--stage', 'local', '--json', 'parked'], { search, effects: new FixedEffects() })).toMatchObject({
    code: 0,
    out: '{\n  "items": [],\n  "more": false\n}',
  });
});

describe('what cannot be reached', () => {
  const failing = (error: Error) => run(['parked'], {}, { connect: () => Promise.reject(error) });
  const named = (name: string, message: string, more: object = {}) => Object.assign(new Error(message), { name }, more);

  it.each([
    [
      named('AggregateError', '', { code: 'ECONNREFUSED' }),
      'nothing answers at http://127.0.0.1:4566 (ECONNREFUSED). npm start',
    ],
    [
      named('CredentialsProviderError', 'none found'),
      'no credentials for http://127.0.0.1:4566: none found. Set AWS_PROFILE',
    ],
    [new Error('Region is missing'), 'no region is set: --region <name>, or AWS_REGION'],
    [named('ExpiredTokenException', 'it has expired'), 'Log in again'],
    [named('AccessDeniedException', 'not you'), 'does not allow it: not you'],
    [named('ResourceNotFoundException', 'no table'), 'ResourceNotFoundException: no table'],
  ])('%s is explained', async (error, message) => {
    const { code, error: said } = await failing(error);
    expect(said).toContain(message);
    expect(code).toBe(1);
  });
});
