import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { marshall, unmarshall } from '@aws-sdk/util-dynamodb';
import type { InboxItem, InboxKey, InboxState } from '../application/ports';
import { shardOf } from '../application/read-models/shard';
import { unstorable } from '../application/storable';
import { sha256 } from './hash-chain';

/*
 * The Inbox table: PK `stream`, SK `entry`. Its items: `<state>#<source>#<id>`, what is parked, rejected or refused, in
 * the index `by-state` (PK `stateShard` = `<state>#<0..7>`, SK `at`, which for a parked item is when its time is up);
 * `claim#<source>#<id>`, where an event stands that a snapshot hides; `held`, a name and who holds it; `line`.
 */

export type Item = Record<string, AttributeValue>;
type Identity = { readonly stream: string; readonly source: string; readonly id: string };

/** Limits of DynamoDB keys in bytes (service limits), with room for what stands before the text. */
const LONGEST_STREAM = 2048;
const LONGEST_ENTRY = 1024;
/**
 * An item has room for 400 KB. As a map, numbers and empty maps take more of it than in JSON; as text, what came over the
 * bus (256 KB) always fits.
 */
const LARGEST_MAP = 200 * 1024;
const LARGEST_TEXT = 360 * 1024;

export const stateShard = (state: InboxState, shard: number): string => `${state}#${shard}`;

/** What is too long for a key is named by its hash: what cannot be valid may have any length. */
const keyText = (text: string, most: number): string =>
  Buffer.byteLength(text) <= most ? text : `sha256#${sha256(text)}`;

export const partitionOf = (stream: string): string => keyText(stream, LONGEST_STREAM);

/** A source may hold a `#` (it is a URI reference): escaped, so that no two pairs of source and id share an entry. */
function keyWith(prefix: string, { stream, source, id }: Identity): Item {
  const rest = `${source.replace(/[%#]/g, (char) => (char === '%' ? '%25' : '%23'))}#${id}`;
  return { stream: { S: partitionOf(stream) }, entry: { S: `${prefix}#${keyText(rest, LONGEST_ENTRY - 16)}` } };
}

export const keyOf = (item: InboxKey): Item => keyWith(item.state, item);

/** Where the place of an event is kept that a snapshot hides. */
export const claimKeyOf = (identity: Identity): Item => keyWith('claim', identity);

/** The event as it came, as a map; what a table cannot keep as a map it keeps as JSON text, in `eventText`. */
export function toItem({ event, at, problems, ...item }: InboxItem): Item {
  const eventText = JSON.stringify(event ?? null);
  const asMap = Buffer.byteLength(eventText) <= LARGEST_MAP && unstorable(event) === undefined;
  const keepable = problems?.map((one) => (unstorable(one.value) ? { ...one, value: JSON.stringify(one.value) } : one));
  return {
    ...marshall(
      {
        ...item,
        ...(keepable && { problems: keepable }),
        ...(asMap ? { event } : { eventText: cutTo(LARGEST_TEXT, eventText) }),
        stateShard: stateShard(item.state, shardOf(item.stream)),
        at: item.parkedUntil ?? at,
        putAt: at,
      },
      { removeUndefinedValues: true },
    ),
    ...keyOf(item),
  };
}

export function fromItem(row: Item): InboxItem {
  const { entry: _entry, stateShard: _shard, putAt, eventText, ...item } = unmarshall(row);
  return { ...item, at: putAt, ...(eventText !== undefined && { event: parsed(eventText) }) } as InboxItem;
}

const cutTo = (bytes: number, text: string): string =>
  Buffer.byteLength(text) <= bytes ? text : Buffer.from(text).subarray(0, bytes).toString('utf8');

/** The event again, or as much of its text as there was room for. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
