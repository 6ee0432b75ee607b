import type { InboxItem, InboxState } from '../../application/ports';
import { type Command, type Given, Refusal } from '../command';
import { fields, table } from '../format/columns';
import { printableLines } from '../format/printable';
import { problemList } from '../format/problems';
import type { Operations } from '../operations';
import { checkInboxStream, limitOf, sinceOf } from '../values';

/** Options that choose among items of one id. */
export const whichItem = {
  stream: { value: '<stream>', help: 'the one that was meant for this stream' },
  source: { value: '<text>', help: 'the one of this producer' },
} as const;

/** The list of one state. */
export function inboxList(state: InboxState, about: Pick<Command, 'summary' | 'notes'>): Command {
  return {
    name: state,
    ...about,
    options: {
      stream: { value: '<stream>', help: 'only what was meant for this stream' },
      since: { value: '<time|ago>', help: 'only what came then or later: a time, or 15m, 2h, 7d ago' },
      limit: { value: '<n>', help: 'how many at most (20)' },
    },
    prepare({ options }) {
      const limit = limitOf(options.limit);
      checkInboxStream(options.stream);
      // Understood now, so that a slip is told before anything is asked for.
      sinceOf(options.since, new Date(0));
      return async ({ search, effects }) => {
        const since = sinceOf(options.since, effects.now());
        const { items, more } = await search.list({
          state,
          limit,
          ...(options.stream !== undefined && { stream: options.stream }),
          ...(since !== undefined && { since }),
        });
        const rest = more ? `\n\nthere are older ones: --limit ${Math.min(1000, limit * 5)}` : '';
        const text = items.length === 0 ? `nothing is ${state}` : itemTable(state, items) + rest;
        return { text, json: { items, more } };
      };
    },
  };
}

/** One item of a state, whole. */
export function inboxShow(state: InboxState, noun: string): Command {
  return {
    name: `${state} show`,
    summary: `a ${noun}, with all that is known`,
    words: ['<id>'],
    options: whichItem,
    prepare(given) {
      checkInboxStream(given.options.stream);
      return async ({ search }) => {
        const item = await theItem(search, state, given);
        return { text: itemText(item), json: item };
      };
    },
  };
}

/** The one item that is meant. Ids are unique per source only, and a wrong event may have been meant for any stream. */
export async function theItem(
  search: Operations['search'],
  state: InboxState,
  { words: [id = ''], options: { stream, source } }: Given,
): Promise<InboxItem> {
  const found = (await search.find(state, id, stream)).filter((item) => source === undefined || item.source === source);
  const [item, another] = found;
  if (item && !another) return item;
  if (!item) {
    const among = [stream && ` for ${stream}`, source && ` from ${source}`].filter(Boolean).join('');
    throw new Refusal(`nothing ${state}${among} has the id ${id}; orderstream ${state} lists what there is`);
  }
  const choices = table(
    [{ title: '  stream' }, { title: 'source' }, { title: 'type' }, { title: 'came' }],
    found.map((one) => [`  ${one.stream}`, one.source, one.type, one.at]),
  );
  throw new Refusal(`${found.length} have the id ${id}; say which by --stream and --source:\n${choices}`);
}

function itemTable(state: InboxState, items: readonly InboxItem[]): string {
  const waiting = state === 'parked';
  return table(
    ['came', 'stream', 'type', 'source', 'id', ...(waiting ? ['waits for', 'until'] : []), 'reason'].map((title) => ({
      title,
    })),
    items.map((item) => [
      ...[item.at, item.stream, item.type, item.source, item.id],
      ...(waiting ? [`version ${item.dueAtVersion ?? '?'}`, item.parkedUntil ?? ''] : []),
      item.reason,
    ]),
  );
}

function itemText(item: InboxItem): string {
  const about = fields([
    ['id', item.id],
    ['source', item.source],
    ['stream', item.stream],
    ['type', item.type],
    ['came', item.at],
    ['waits for', item.dueAtVersion === undefined ? undefined : `version ${item.dueAtVersion}`],
    ['until', item.parkedUntil],
    ['reason', item.reason],
  ]);
  const problems = item.problems?.length ? `\n\nproblems\n${problemList(item.problems)}` : '';
  return `${about}${problems}\n\nas it came\n${printableLines(JSON.stringify(item.event, null, 2))}`;
}
