/** A CloudEvent on its way to the bus. */
export type PutCloudEvent = {
  readonly source: string;
  readonly type: string;
  /** RFC 3339. */
  readonly time: string;
  /** The CloudEvent in the JSON format. */
  readonly event: Readonly<Record<string, unknown>>;
};

export interface EventBus {
  /** Resolves with the indexes of those that the bus would not take, and why. */
  put(
    events: readonly PutCloudEvent[],
  ): Promise<readonly { readonly index: number; readonly error: string; readonly retryable: boolean }[]>;
}

/** Bytes that one entry may have (EventBridge quotas, "PutEvents entry size"). */
export const LARGEST_ENTRY = 256 * 1024;

/** "Calculating PutEvents event entry size": 14 bytes of time, and the UTF-8 of the rest. */
export const entryBytes = (source: string, type: string, detail: string): number =>
  14 + [source, type, detail].reduce((sum, part) => sum + Buffer.byteLength(part), 0);
