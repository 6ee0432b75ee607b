import type { DeadLetter } from '../../application/dead-letters/dead-letter';
import { type DeadLetterQueue, deadLetterQueues } from '../../application/dead-letters/queues';
import type { Settlement } from '../../application/dead-letters/settle';
import { fields, table } from './columns';
import { printableLines } from './printable';

export const settledTable = (letters: readonly Settlement[]): string =>
  table(
    [{ title: 'message' }, { title: 'about' }, { title: 'outcome' }, { title: '' }],
    letters.map(({ dead, outcome, where, error }) => [
      dead.letter.id,
      about(dead),
      outcome,
      error ?? (outcome === 'behind' ? 'one before it failed' : where ? `to ${where}` : ''),
    ]),
  );

export const letterTable = (found: readonly DeadLetter[]): string =>
  table(
    [
      { title: 'since' },
      { title: 'message' },
      { title: 'about' },
      { title: 'event' },
      { title: 'by' },
      { title: 'error' },
    ],
    found.map((dead) => [
      dead.since,
      dead.letter.id,
      about(dead),
      dead.event ? `${dead.event.source} ${dead.event.id}` : '',
      dead.by,
      dead.error ?? '',
    ]),
  );

/** What a letter is about, in a few words. */
function about({ content, stream, version, event }: DeadLetter): string {
  if (content.kind === 'range') return `${content.range.records} records of the stream`;
  if (content.kind === 'work') return content.says;
  const place =
    stream === undefined || stream.startsWith('unaddressed#')
      ? ''
      : `${stream}${version === undefined ? '' : `@${version}`}`;
  return [event?.type, place].filter(Boolean).join(' ') || content.kind;
}

/** What a program is told of a letter: no payload. */
export function summaryOf({
  letter: { id, sentAt, receives },
  by,
  content,
  stream,
  version,
  event,
  error,
  since,
}: DeadLetter) {
  return {
    message: id,
    kind: content.kind,
    ...(stream !== undefined && { stream }),
    ...(version !== undefined && { version }),
    ...(event && { event }),
    ...(content.kind === 'range' && { range: content.range }),
    by,
    ...(error !== undefined && { error }),
    since,
    sentAt,
    receives,
  };
}

/** All of it. */
export function letterText(queue: DeadLetterQueue, dead: DeadLetter): string {
  const { letter, event, content } = dead;
  const about = fields([
    ['message', letter.id],
    ['queue', `${queue}: ${deadLetterQueues[queue]}`],
    ['stream', dead.stream],
    ['version', dead.version?.toString()],
    ['type', event?.type],
    ['id', event?.id],
    ['source', event?.source],
    ['happened', event?.time],
    ['records', content.kind === 'range' ? `${content.range.records}, from ${content.range.firstArrival}` : undefined],
    ['by', dead.by],
    ['error', dead.error],
    ['since', dead.since],
    ['sent', letter.sentAt],
    ['received', `${letter.receives} times`],
    ...Object.entries(letter.attributes),
  ]);
  const shown = content.kind === 'event' ? content.envelope : readable(letter.body);
  const text = typeof shown === 'string' ? shown : JSON.stringify(shown, null, 2);
  const ways = `orderstream dlq redrive ${queue} ${letter.id} --dry-run\norderstream dlq discard ${queue} ${letter.id} --yes`;
  return `${about}\n\nas it came\n${printableLines(text)}\n\n${ways}`;
}

/** As JSON where it is. */
export function readable(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return body;
  }
}
