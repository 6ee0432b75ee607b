import { isJsonObject } from '../../application/json';
import { isPersonal, mayBePersonal } from '../../application/personal-streams';
import type { InboxItem, OwnersKey, Problem, Vault } from '../../application/ports';

/**
 * What stands in an Inbox item, and in the queues that it is redelivered by, in place of an event about a person: its
 * identity, and all that came, in one text.
 */
export type SealedEvent = {
  /** Whose key it is sealed with: the item's stream. */
  readonly owner: string;
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** When it was put in the Inbox. RFC 3339. */
  readonly at: string;
  /** Null: the key was gone already, so nothing was kept. */
  readonly sealed: string | null;
};

type Content = { readonly event: unknown; readonly problems?: readonly Problem[] };

const DAY = 24 * 60 * 60 * 1000;
/** What names no user has no key that anybody would destroy; long enough for people to put it right. */
const UNADDRESSED_MS = 14 * DAY;
/** A user who never comes to be is never deleted either. Far longer than an event waits for them. */
const UNKNOWN_USER_MS = 90 * DAY;
/** In base64 it still fits into an item; of longer ones as much is kept as there is room for. */
const LONGEST_EVENT = 256 * 1024;

export const isSealedEvent = (event: unknown): event is SealedEvent =>
  isJsonObject(event) && typeof event.owner === 'string' && (typeof event.sealed === 'string' || event.sealed === null);

/** The item as it may stand in the table: of a person's event and of the values in its problems nothing can be read. */
export async function sealItem(item: InboxItem, vault: Vault): Promise<InboxItem> {
  const { stream: owner, id, source, type, at, event, problems } = item;
  if (!mayBePersonal(owner, type)) return item;
  const key = await vault.ensureKey(owner, isPersonal(owner) ? UNKNOWN_USER_MS : UNADDRESSED_MS);
  const content: Content = { event: fitting(event), ...(problems && { problems }) };
  const sealed = key && !isSealedEvent(event) ? vault.seal(key, owner, content) : null;
  return {
    ...item,
    ...(problems && { problems: problems.map(({ field, expected }) => ({ field, expected })) }),
    event: key && isSealedEvent(event) ? event : ({ owner, id, source, type, at, sealed } satisfies SealedEvent),
  };
}

/** The item as it was before it was sealed; with a key that is gone, as it stands. */
export function openItem(item: InboxItem, key: OwnersKey, vault: Vault): InboxItem {
  const content = contentOf(item.event, key, vault);
  return content ? { ...item, ...content } : item;
}

/** Items of any streams; each key is read once. */
export async function openItems(items: readonly InboxItem[], vault: Vault): Promise<readonly InboxItem[]> {
  const owners = new Set(items.flatMap(({ event }) => (isSealedEvent(event) ? [event.owner] : [])));
  const keys = new Map(await Promise.all([...owners].map(async (owner) => [owner, await vault.keyOf(owner)] as const)));
  return items.map((item) => openItem(item, keys.get(item.stream) ?? { state: 'none' }, vault));
}

/** Undefined: it is not sealed, or nobody can read it any more. */
export function contentOf(event: unknown, key: OwnersKey, vault: Vault): Content | undefined {
  if (!isSealedEvent(event) || event.sealed === null) return undefined;
  const opened = vault.open(key, event.owner, event.sealed);
  return opened.forgotten ? undefined : (opened.value as Content);
}

function fitting(event: unknown): unknown {
  const text = JSON.stringify(event ?? null);
  return Buffer.byteLength(text) <= LONGEST_EVENT ? event : Buffer.from(text).subarray(0, LONGEST_EVENT).toString();
}
