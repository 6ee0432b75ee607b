import type { Effects, EventStore, Vault } from '../../application/ports';
import type { FeedReader, ViewLists, ViewRows } from '../../application/read-models/ports';
import type { Projection } from '../../application/read-models/projection';
import type { InventoryLevel, OrderSummary, UserProfile } from '../../application/read-models/rows';
import type { Telemetry } from '../../application/telemetry';

export type QueryPorts = {
  readonly rows: Pick<ViewRows, 'getMany'>;
  readonly lists: ViewLists;
  readonly feed: FeedReader;
  /** With personal data open. */
  readonly events: Pick<EventStore, 'readRange' | 'readMany'>;
  readonly vault: Pick<Vault, 'keyOf' | 'open'>;
  readonly projections: readonly Projection[];
  readonly orders: Projection<OrderSummary>;
  readonly users: Projection<UserProfile>;
  readonly inventory: Projection<InventoryLevel>;
  readonly telemetry: Telemetry;
  readonly effects: Pick<Effects, 'now' | 'sleep'>;
};
