import { isSealedEvent } from '../../adapters/personal/sealed-item';
import { decodeEvent } from '../../application/decode-event';
import { isJsonObject, type JsonObject } from '../../application/json';
import type { InboxItem } from '../../application/ports';
import { fixedEvent, ingestOf } from '../../application/retry-rejected';
import { type Answer, type Command, Refusal, UsageError } from '../command';
import { problemList } from '../format/problems';
import type { Operations } from '../operations';
import { checkInboxStream, jsonIn } from '../values';
import { inboxList, inboxShow, theItem, whichItem } from './inbox';

const AFTERWARDS =
  'It is decided anew by its ingest, within moments. It leaves this list then, unless it is rejected again.';

const fix: Command = {
  name: 'rejected fix',
  summary: 'put right what is wrong with a rejected event, and have it decided anew',
  words: ['<id>'],
  options: {
    data: { value: '<json>', help: 'fields of its payload that are to be different; null takes one away (RFC 7396)' },
    type: { value: '<type>', help: 'another type' },
    unchecked: { help: 'send it even if it still looks wrong' },
    ...whichItem,
  },
  notes: [AFTERWARDS, 'For example: orderstream rejected fix 4711 --data \'{"amount":2500}\''],
  prepare(given) {
    checkInboxStream(given.options.stream);
    const { data, type } = given.options;
    if (data === undefined && type === undefined)
      throw new UsageError('say what is to be different: --data <json>, or --type <type>');
    const patch = data === undefined ? undefined : jsonIn(data, '--data');
    if (patch !== undefined && !isJsonObject(patch))
      throw new UsageError('--data is not a JSON object, such as {"amount":2500}');
    return async (operations) => {
      const item = await theItem(operations.search, 'rejected', given);
      const event = fixedEvent(asItCame(item), { ...(patch && { data: patch }), ...(type !== undefined && { type }) });
      const decoded = decodeEvent(event);
      if (!decoded.ok && !given.switches.has('unchecked'))
        throw new Refusal(
          `not sent, since it is still wrong: ${decoded.invalid.reason}\n${problemList(decoded.invalid.problems)}\n(--unchecked sends it all the same)`,
        );
      return send(operations, item, event);
    };
  },
};

const retry: Command = {
  name: 'rejected retry',
  summary: 'have a rejected event decided anew, as it came',
  words: ['<id>'],
  options: whichItem,
  notes: ['For when the reason has gone: stock has come in, or the code that was wrong has been mended.', AFTERWARDS],
  prepare(given) {
    checkInboxStream(given.options.stream);
    return async (operations) => {
      const item = await theItem(operations.search, 'rejected', given);
      return send(operations, item, asItCame(item));
    };
  },
};

const discard: Command = {
  name: 'rejected discard',
  summary: 'take a rejected event off the list, for good',
  words: ['<id>'],
  options: { ...whichItem, yes: { help: 'yes, for good' } },
  notes: ['Nothing keeps it then. The same event is decided anew if its producer sends it again.'],
  prepare(given) {
    checkInboxStream(given.options.stream);
    return async ({ search, inbox }) => {
      const item = await theItem(search, 'rejected', given);
      const { stream, state, source, id, type } = item;
      if (!given.switches.has('yes'))
        throw new UsageError(`${type} ${id} for ${stream} would be gone for good; if you mean it, say --yes`);
      await inbox.remove({ stream, state, source, id });
      return { text: `discarded: ${type} ${id} for ${stream}`, json: { discarded: { stream, source, id, type } } };
    };
  },
};

export const rejected: readonly Command[] = [
  inboxList('rejected', { summary: 'events that can never be valid as they are' }),
  inboxShow('rejected', 'rejected event'),
  fix,
  retry,
  discard,
];

/** What was too large to be kept whole is kept as the beginning of its text. */
function asItCame({ event, id }: InboxItem): JsonObject {
  if (isSealedEvent(event))
    throw new Refusal(`nobody can read ${id} any more: the key of ${event.owner} has been destroyed`);
  if (isJsonObject(event)) return event;
  throw new Refusal(`${id} is not kept whole, so it cannot be decided anew: its producer has to send it again`);
}

async function send({ retries }: Operations, item: InboxItem, event: JsonObject): Promise<Answer> {
  const { stream, source, id, type } = item;
  const ingest = ingestOf(event, stream);
  if (!ingest)
    throw new Refusal(
      `neither its type nor its stream says who is to decide ${id}: orderstream rejected fix ${id} --type …`,
    );
  await retries.send(ingest, event, item);
  const text = `sent to be decided anew: ${type} ${id} for ${stream}\norderstream rejected --stream '${stream}' shows whether it was rejected again`;
  return { text, json: { sent: { stream, source, id, ingest, event } } };
}
