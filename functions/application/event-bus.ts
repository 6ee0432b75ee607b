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
