import { hadHolder, lackedStock } from './check-puts';
import { shown } from './check-streams';
import type { Answer } from './evidence';
import type { Command } from './history';
import type { Ledger, Violation } from './ledger';
import { judge, orderStatus, type State, totalOf } from './model';

/** What clients were told agrees with the streams: accepted at its version, once; refused for a reason, and recorded. */
export function checkAnswers(ledger: Ledger): Violation[] {
  const { history, answers } = ledger.evidence;
  return history.commands.flatMap((command, index) => {
    const told = answers.filter((answer) => answer.command === index);
    const wrongs = [
      ...placesOf(ledger, command, told),
      ...told.flatMap((answer) => checkAnswer(ledger, command, answer) ?? []),
    ];
    return wrongs.map(([promise, what]) => ({
      promise,
      stream: command.stream,
      what: `${command.method} ${command.path} (${command.key ?? command.body.note}): ${what}`,
    }));
  });
}

type Wrong = readonly [promise: string, what: string];

const entryOf = (ledger: Ledger, command: Command) =>
  ledger.entries(command.stream).find((entry) => entry.command === command);
const isLost = ({ status }: Answer): boolean => status >= 500 || status === 429 || status === 0;
const isRefused = ({ status }: Answer): boolean => [404, 409, 412, 422].includes(status);

function placesOf(ledger: Ledger, command: Command, told: readonly Answer[]): Wrong[] {
  const found: Wrong[] = [];
  if (told.length === 0) return found;
  const refusals = ledger.refusals(command);
  if (told.some(isRefused) && refusals.length === 0)
    found.push(['refusals are recorded', 'it was refused, and nothing says so']);
  if (refusals.length > 0 && !told.some((answer) => isRefused(answer) || isLost(answer)))
    found.push(['refusals are recorded', `it stands as refused (${refusals[0]?.reason}), and was not`]);
  if (entryOf(ledger, command) && !told.some((answer) => answer.status < 300 || isLost(answer)))
    found.push(['answers are true', `it was done, and answered ${told.map(({ status }) => status).join(', ')}`]);
  return found;
}

function checkAnswer(ledger: Ledger, command: Command, answer: Answer): Wrong[] | undefined {
  if (isLost(answer)) return undefined;
  if (isRefused(answer)) return checkRefusal(ledger, command, answer);
  if (answer.status !== 200 && answer.status !== 201)
    return [['answers are true', `it was answered ${answer.status} ${JSON.stringify(answer.body)}`]];
  return checkAccepted(ledger, command, answer);
}

function checkAccepted(ledger: Ledger, command: Command, { version = 0, status, body }: Answer): Wrong[] {
  const states = ledger.states(command.stream);
  const state = states[version];
  if (!state || version === 0)
    return [['answers are true', `it was answered version ${version} of ${states.length - 1}`]];
  const found: Wrong[] = [];
  const own = entryOf(ledger, command)?.recorded.version;
  // Where it had happened already, and was asked for again when it had not any more (a user's name): not before that.
  const unchanged = judge(state, command).is === 'same' && (own === undefined || version < own);
  if (own !== version && !unchanged)
    found.push([
      'accepted at its version',
      `it was answered ${status} with version ${version}; its event is ${own === undefined ? 'nowhere' : `at ${own}`}, and there it is ${shown(judge(state, command))}`,
    ]);
  const expected = bodyOf(state);
  const wrong = Object.entries(expected).filter(([name, value]) => body?.[name] !== value);
  if (body?.version !== version || wrong.length > 0)
    found.push([
      'answers are true',
      `version ${version} was shown as ${JSON.stringify(body)}; expected ${JSON.stringify(expected)}`,
    ]);
  return found;
}

/** What of a body follows from the state. */
export function bodyOf(state: State): Readonly<Record<string, unknown>> {
  switch (state.of) {
    case 'order': {
      const created = state.order.get('OrderCreated');
      return {
        status: orderStatus(state.order),
        ...(created && { total: totalOf(created), userId: created.userId, currency: created.currency }),
      };
    }
    case 'user':
      return { status: state.user.status };
    case 'inventory': {
      const held = [...state.stock.held.values()].reduce((sum, quantity) => sum + quantity, 0);
      return { onHand: state.stock.onHand, reserved: held, available: state.stock.onHand - held };
    }
  }
}

function checkRefusal(ledger: Ledger, command: Command, { status, body }: Answer): Wrong[] {
  const states = ledger.states(command.stream);
  const version = Number(body?.version);
  const state = states[version];
  const told = `it was refused with ${status} (${body?.detail ?? JSON.stringify(body)})`;
  if (!state) return [['refused for a reason', `${told} at version ${body?.version} of ${states.length - 1}`]];
  if (status === 412)
    return command.onVersion !== undefined && command.onVersion !== version
      ? []
      : [['refused for a reason', `${told} on version ${version}`]];
  const judgement = judge(state, command);
  if (status === 404)
    return judgement.is === 'early' && version === 0
      ? []
      : [['refused for a reason', `${told}; it is ${shown(judgement)}`]];
  if (status === 409 && (judgement.is === 'early' || judgement.is === 'never')) return [];
  if (status === 409 && command.type === 'OrderConfirmed' && lackedStock(ledger, command.stream)) return [];
  if (status === 409 && typeof command.data.email === 'string' && hadHolder(ledger, command.stream, command.data.email))
    return [];
  return [['refused for a reason', `${told} at version ${version}; it is ${shown(judgement)}`]];
}
