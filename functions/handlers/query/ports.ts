import type { CounterReader, RankingReader } from '../../application/insights/ports';
import type { MonitorPorts } from '../../application/monitor/monitor';
import type { Effects, EventStore, Vault } from '../../application/ports';
import type { KnownGenerations } from '../../application/read-models/known-generations';
import type { FeedReader, LiveRows, ViewLists, ViewRows } from '../../application/read-models/ports';
import type { Projection } from '../../application/read-models/projection';
import type { InventoryLevel, OrderSummary, UserProfile } from '../../application/read-models/rows';
import type { Telemetry } from '../../application/telemetry';

export type QueryPorts = {
  readonly rows: LiveRows;
  /** Of any generation, for who asks for one by its number. */
  readonly copies: Pick<ViewRows, 'getMany'>;
  readonly generations: KnownGenerations;
  readonly lists: ViewLists;
  readonly feed: FeedReader;
  readonly counters: CounterReader & RankingReader;
  /** With personal data open. */
  readonly events: Pick<EventStore, 'load' | 'readRange' | 'readMany'>;
  readonly vault: Pick<Vault, 'keyOf' | 'open'>;
  readonly projections: readonly Projection[];
  readonly orders: Projection<OrderSummary>;
  readonly users: Projection<UserProfile>;
  readonly inventory: Projection<InventoryLevel>;
  readonly monitor: Pick<MonitorPorts, 'counters' | 'published' | 'errors' | 'queues'>;
  readonly telemetry: Telemetry;
  readonly effects: Pick<Effects, 'now' | 'sleep'>;
};
