import { canonicalType, eventTypes } from '../../application/catalogue';
import { bodiesOf, type EventBody } from '../../application/queries/event-bodies';
import { streamEvents } from '../../application/queries/stream-events';
import type { Page, PageRequest } from '../../application/read-models/page';
import { type Command, type Given, UsageError } from '../command';
import { table } from '../format/columns';
import type { Operations } from '../operations';
import { checkStream, limitOf } from '../values';

type Read = (operations: Operations, page: PageRequest) => Promise<Page<EventBody>>;

export const events: Command = {
  name: 'events',
  summary: 'recorded events, newest first',
  options: {
    stream: { value: '<stream>', help: 'of one stream, such as order#o-1, from its first on' },
    type: { value: '<type>', help: 'of one type' },
    correlation: { value: '<id>', help: 'of one story, from its beginning on' },
    limit: { value: '<n>', help: 'how many at most (20)' },
    after: { value: '<place>', help: 'go on where an earlier answer ended' },
  },
  notes: ['Across streams the feed answers, which follows the streams within moments.'],
  prepare({ options }) {
    const limit = limitOf(options.limit);
    const read = readerOf(options);
    return async (operations) => {
      const page = await read(operations, { limit, ...(options.after !== undefined && { after: options.after }) });
      const json = { items: page.items, ...(page.next !== undefined && { cursor: page.next }) };
      if (page.items.length === 0) return { text: 'no events', json };
      const more = page.next === undefined ? '' : `\n\nthere are more: --after '${page.next}'`;
      return { text: eventTable(page.items) + more, json };
    };
  },
};

function readerOf({ stream, type, correlation, after }: Given['options']): Read {
  const given = Object.entries({ stream, type, correlation }).filter(([, value]) => value !== undefined);
  if (given.length > 1)
    throw new UsageError(`only one of ${given.map(([name]) => `--${name}`).join(', ')}: each is a list of its own`);
  if (stream !== undefined) {
    checkStream(stream);
    if (after !== undefined && !/^\d{1,15}$/.test(after))
      throw new UsageError(`--after is "${after}"; of one stream, the version behind which to go on`);
    return ({ events }, page) => streamEvents(events, stream, page);
  }
  if (type !== undefined) {
    const known = canonicalType(type);
    if (!known) throw new UsageError(`--type is "${type}"; one of ${eventTypes.join(', ')}`);
    return async ({ feed, events }, page) => bodiesOf(events, await feed.byType(known, page));
  }
  if (correlation !== undefined)
    return async ({ feed, events }, page) => bodiesOf(events, await feed.byCorrelation(correlation, page));
  return async ({ feed, events }, page) => bodiesOf(events, await feed.newest(page));
}

function eventTable(items: readonly EventBody[]): string {
  return table(
    [
      ...[{ title: 'recorded' }, { title: 'stream' }, { title: 'version', right: true }],
      ...[{ title: 'type' }, { title: 'source' }, { title: 'id' }],
    ],
    items.map(({ recordedAt, stream, version, type, source, id }) => [
      ...[recordedAt, stream, `${version}`],
      ...[type, source, id],
    ]),
  );
}
