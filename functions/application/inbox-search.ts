import type { InboxItem, InboxState } from './ports';

export type InboxQuery = {
  readonly state: InboxState;
  /** Only what was meant for this stream. */
  readonly stream?: string;
  /** Only what was put there then or later. RFC 3339. */
  readonly since?: string;
  readonly limit: number;
};

/** The Inbox across streams, for people. Eventually consistent. */
export interface InboxSearch {
  /** Newest first; of parked ones, those that are decided last. `more`: there are older ones. */
  list(query: InboxQuery): Promise<{ readonly items: readonly InboxItem[]; readonly more: boolean }>;
  /** Every item of this id: ids are unique per source only, and a wrong event may have been meant for any stream. */
  find(state: InboxState, id: string, stream?: string): Promise<readonly InboxItem[]>;
}
