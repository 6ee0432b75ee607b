/** Where an event stands. */
export type Place = { readonly stream: string; readonly version: number };

/** What the feed keeps of an event: how to find it, and where its body stands. */
export type FeedRow = Place & {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly recordedAt: string;
  readonly correlationId: string;
};
