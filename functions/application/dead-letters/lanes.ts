import type { DeadLetter } from './dead-letter';

/**
 * What has to be sent one after another: the letters of a stream, by version, else by when they happened, else by when
 * they were sent. Pointers into the stream go by where they point; what names no stream goes alone.
 */
export function lanesOf(letters: readonly DeadLetter[]): readonly (readonly DeadLetter[])[] {
  const lanes = new Map<string, DeadLetter[]>();
  for (const letter of letters) {
    const name = laneOf(letter);
    const lane = lanes.get(name);
    if (lane) lane.push(letter);
    else lanes.set(name, [letter]);
  }
  return [...lanes.values()].map((lane) => lane.sort(inOrder));
}

/** By lane, then in order: as they are shown, and sent. */
export const sorted = (letters: readonly DeadLetter[]): readonly DeadLetter[] =>
  [...lanesOf(letters)].sort(([one], [other]) => compare(one!.since, other!.since)).flat();

function laneOf({ letter, stream, content }: DeadLetter): string {
  if (content.kind === 'range') return `shard ${content.range.shardId}`;
  return stream === undefined ? `letter ${letter.id}` : `stream ${stream}`;
}

function inOrder(one: DeadLetter, other: DeadLetter): number {
  return (
    ranked(one, other, ({ version }) => version) ||
    ranked(one, other, ({ event }) => timeIn(event?.time)) ||
    compare(pointer(one), pointer(other)) ||
    compare(one.letter.sentAt, other.letter.sentAt) ||
    compare(one.letter.id, other.letter.id)
  );
}

/** Who has no such number comes last; 0 or NaN: they do not differ in it. */
function ranked(one: DeadLetter, other: DeadLetter, of: (letter: DeadLetter) => number | undefined): number {
  return (of(one) ?? Number.POSITIVE_INFINITY) - (of(other) ?? Number.POSITIVE_INFINITY);
}

const timeIn = (time: string | undefined): number | undefined => {
  const at = Date.parse(time ?? '');
  return Number.isNaN(at) ? undefined : at;
};

/** Sequence numbers are decimal numbers of up to 40 digits. */
const pointer = ({ content }: DeadLetter): string =>
  content.kind === 'range' ? content.range.firstSequenceNumber.padStart(40, '0') : '';

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);
