/** An event as an application hands it to its store. */
export type Occurrence = {
  readonly type: string;
  readonly id: string;
  readonly source: string;
  readonly time: string;
  readonly correlationId: string;
  readonly data: Readonly<Record<string, unknown>>;
};

/** `order` or `inventory`, and which one. */
export type Place = { readonly kind: 'order' | 'inventory'; readonly id: string };

/** An event store on DynamoDB, as an application uses it. */
export interface Contender {
  readonly name: string;
  readonly table: string;
  /** The first event of a stream that is known to be new. */
  begin(place: Place, event: Occurrence): Promise<void>;
  /** Loads the stream and appends an event behind it. */
  loadAndAppend(place: Place, event: Occurrence): Promise<void>;
  /** Loads the streams and appends an event to each of them, all or nothing. */
  loadAndAppendGroup(parts: readonly (readonly [Place, Occurrence])[]): Promise<void>;
  /** Whatever is read to know the stream's state and next version; resolves with that version's predecessor. */
  load(place: Place): Promise<number>;
  /** Fills a stream quickly: many events in each call. */
  fill(place: Place, events: readonly Occurrence[]): Promise<void>;
}
