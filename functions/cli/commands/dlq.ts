import { sorted } from '../../application/dead-letters/lanes';
import { type DeadLetterQueue, deadLetterQueues } from '../../application/dead-letters/queues';
import { type Choice, discard, opened, redrive, type Settled } from '../../application/dead-letters/settle';
import { understand } from '../../application/dead-letters/understand';
import { isJsonObject } from '../../application/json';
import type { Fix } from '../../application/retry-rejected';
import { type Answer, type Command, type Given, Refusal, UsageError } from '../command';
import { table } from '../format/columns';
import { letterTable, letterText, readable, settledTable, summaryOf } from '../format/letters';
import { checkInboxStream, jsonIn, limitOf } from '../values';

const names = Object.keys(deadLetterQueues) as DeadLetterQueue[];

/** So long a letter that somebody looks at is hidden from everybody else, if it is not given back before. */
const LOOK_SECONDS = 60;

const HIDDEN =
  'A letter that somebody else reads at this moment is not seen: orderstream dlq counts those, as held. Reading is counted by SQS as a receive.';

const overview: Command = {
  name: 'dlq',
  summary: 'the queues that should be empty, and what is in them',
  notes: ['waiting and held (by somebody who reads it at this moment) are what SQS says: about right within a minute.'],
  prepare:
    () =>
    async ({ letters: { queues } }) => {
      const counted = await Promise.all(names.map(async (queue) => ({ queue, ...(await queues.count(queue)) })));
      const filled = counted.filter(({ waiting, held }) => waiting + held > 0);
      const text = table(
        [{ title: 'queue' }, { title: 'waiting', right: true }, { title: 'held', right: true }, { title: 'holds' }],
        counted.map(({ queue, waiting, held }) => [queue, `${waiting}`, `${held}`, deadLetterQueues[queue]]),
      );
      const next =
        filled.length === 0
          ? 'nothing is there'
          : filled.map(({ queue }) => `orderstream dlq list ${queue}`).join('\n');
      return {
        text: `${text}\n\n${next}`,
        json: { queues: counted.map((one) => ({ ...one, holds: deadLetterQueues[one.queue] })) },
      };
    },
};

const list: Command = {
  name: 'dlq list',
  summary: 'what is in a queue that should be empty, without payloads',
  words: ['<queue>'],
  options: { limit: { value: '<n>', help: 'how many at most (20)' } },
  notes: [HIDDEN],
  prepare(given) {
    const queue = queueIn(given);
    const limit = limitOf(given.options.limit);
    return async ({ letters: { queues } }) => {
      const { letters, more } = await queues.take(queue, { most: limit, holdSeconds: LOOK_SECONDS });
      await queues.giveBack(queue, letters);
      const { held } = await queues.count(queue);
      const found = sorted(letters.map((letter) => understand(queue, letter)));
      const json = { queue, letters: found.map(summaryOf), more, held };
      const hidden = held > 0 ? `\n\nabout ${held} more are held by somebody at this moment, or were until now` : '';
      if (found.length === 0) return { text: `nothing is in ${queue}${hidden}`, json };
      const rest = more ? `\n\nthere may be more: --limit ${Math.min(1000, limit * 5)}` : '';
      const next = `\n\norderstream dlq show ${queue} <message>, then redrive or discard`;
      return { text: `${letterTable(found)}${rest}${hidden}${next}`, json };
    };
  },
};

const show: Command = {
  name: 'dlq show',
  summary: 'a dead letter, whole',
  words: ['<queue>', '<message>'],
  notes: ['Prints what the event says of a user, too, as long as their key is there.', HIDDEN],
  prepare(given) {
    const queue = queueIn(given);
    const id = given.words[1]!;
    return async ({ letters: { queues, open } }) => {
      const { letters } = await queues.take(queue, { ids: new Set([id]), holdSeconds: LOOK_SECONDS });
      await queues.giveBack(queue, letters);
      const letter = letters.find((one) => one.id === id);
      if (!letter) throw new Refusal(`${missing(queue, [id])}; orderstream dlq list ${queue} lists what there is`);
      const dead = await opened(understand(queue, letter), open);
      const { body, attributes } = letter;
      const event = dead.content.kind === 'event' ? { envelope: dead.content.envelope } : {};
      return {
        text: letterText(queue, dead),
        json: { ...summaryOf(dead), ...event, attributes, body: readable(body) },
      };
    };
  },
};

const choosing = {
  stream: { value: '<stream>', help: 'those that are about this stream' },
  all: { help: 'all that are there' },
} as const;

const redriveCommand: Command = {
  name: 'dlq redrive',
  summary: 'send dead letters back to where they can be passed',
  words: ['<queue>', '[<message>…]'],
  options: {
    ...choosing,
    data: { value: '<json>', help: 'of one event: fields of its payload that are to be different (RFC 7396)' },
    type: { value: '<type>', help: 'another type' },
    'dry-run': { help: 'only say what would go where' },
  },
  notes: [
    'In order per stream, one after another: when one fails, those behind it in its stream stay, other streams go on. A letter',
    'is deleted when what it was sent to has accepted it; sent twice does no harm.',
    'A pointer into the stream (it has no stream here) is looked up there for a day, then in the Events table by its time.',
    HIDDEN,
  ],
  prepare(given) {
    const queue = queueIn(given);
    const choice = choiceIn(given);
    const fix = fixIn(given);
    if (fix?.data && choice.ids?.length !== 1)
      throw new UsageError('--data is for one letter: orderstream dlq redrive <queue> <message> --data …');
    const dryRun = given.switches.has('dry-run');
    return async ({ letters }, terminal) =>
      answerOf(
        queue,
        choice,
        dryRun ? 'would be sent' : 'sent',
        await redrive(letters, queue, choice, { ...(fix && { fix }), dryRun }, (done, of) =>
          terminal.progress(`${done} of ${of} letters`),
        ),
      );
  },
};

const discardCommand: Command = {
  name: 'dlq discard',
  summary: 'delete dead letters, for good',
  words: ['<queue>', '[<message>…]'],
  options: { ...choosing, yes: { help: 'yes, for good' } },
  notes: [
    'Of what a projector could not pass only the notice goes: the event stands in the Events table. An event that no ingest has',
    'decided stands nowhere else.',
    HIDDEN,
  ],
  prepare(given) {
    const queue = queueIn(given);
    const choice = choiceIn(given);
    if (!given.switches.has('yes'))
      throw new UsageError(`${named(choice)} of ${queue} would be gone for good; if you mean it, say --yes`);
    return async ({ letters }, terminal) =>
      answerOf(
        queue,
        choice,
        'discarded',
        await discard(letters, queue, choice, (done, of) => terminal.progress(`${done} of ${of} letters`)),
      );
  },
};

export const dlq: readonly Command[] = [overview, list, show, redriveCommand, discardCommand];

function queueIn({ words: [name = ''] }: Given): DeadLetterQueue {
  const queue = names.find((one) => one === name);
  if (!queue) throw new UsageError(`there is no queue "${name}"; there are: ${names.join(', ')}`);
  return queue;
}

function choiceIn({ words: [, ...ids], options: { stream }, switches }: Given): Choice {
  checkInboxStream(stream);
  const all = switches.has('all');
  if (all && ids.length > 0) throw new UsageError('either --all or the ids of messages');
  if (!all && ids.length === 0 && stream === undefined)
    throw new UsageError('say which: the ids of messages, --stream <stream>, or --all');
  return { ...(ids.length > 0 && { ids }), ...(stream !== undefined && { stream }) };
}

function fixIn({ options: { data, type } }: Given): Fix | undefined {
  if (data === undefined && type === undefined) return undefined;
  const patch = data === undefined ? undefined : jsonIn(data, '--data');
  if (patch !== undefined && !isJsonObject(patch))
    throw new UsageError('--data is not a JSON object, such as {"amount":2500}');
  return { ...(patch && { data: patch }), ...(type !== undefined && { type }) };
}

const named = ({ ids, stream }: Choice): string =>
  [ids ? ids.join(', ') : 'all', stream && `for ${stream}`].filter(Boolean).join(' ');

const missing = (queue: DeadLetterQueue, ids: readonly string[]): string =>
  `${ids.join(', ')} ${ids.length === 1 ? 'is' : 'are'} not in ${queue}: gone, or held by somebody else at this moment`;

function answerOf(queue: DeadLetterQueue, choice: Choice, done: string, settled: Settled): Answer {
  const { letters } = settled;
  const passed = letters.filter(({ outcome }) => outcome === 'done' || outcome === 'planned').length;
  const bad = passed < letters.length || settled.missing.length > 0;
  const lines = [
    letters.length > 0 && settledTable(letters),
    letters.length > 0 && `${passed} of ${letters.length} ${done}`,
    letters.length === 0 && settled.missing.length === 0 && `nothing to be ${done}: ${named(choice)} of ${queue}`,
    settled.missing.length > 0 && missing(queue, settled.missing),
  ];
  const json = {
    queue,
    letters: letters.map(({ dead, ...rest }) => ({ ...summaryOf(dead), ...rest })),
    missing: settled.missing,
  };
  return { text: lines.filter((line) => line !== false).join('\n\n'), json, ...(bad && { bad }) };
}
