/** What a function says about its own work: one structured log line and a few counts per event. */
export interface Telemetry {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  error(message: string, error: unknown, fields?: Readonly<Record<string, unknown>>): void;
  /** Adds `n` (default 1) to a count. */
  count(metric: string, n?: number): void;
  /** One observation, in milliseconds. */
  time(metric: string, ms: number): void;
  /** Measurements that belong together, by dimensions of their own beside stage and service; written at once. */
  gauges(values: Readonly<Record<string, Gauge>>, dimensions?: Readonly<Record<string, string>>): void;
  /** Writes the metrics gathered since the last flush, if any. Never rejects. */
  flush(): void | Promise<void>;
}

/** A value and what it counts; `None`: a mere number. */
export type Gauge = readonly [value: number, unit: 'Count' | 'Milliseconds' | 'None'];
