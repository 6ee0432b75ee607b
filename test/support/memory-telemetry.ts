import type { Gauge, Telemetry } from '../../functions/application/telemetry';

/** Telemetry that remembers. */
export class MemoryTelemetry implements Telemetry {
  readonly lines: { readonly level: string; readonly message: string; readonly fields: Record<string, unknown> }[] = [];
  readonly counts: Record<string, number> = {};
  readonly measured: {
    readonly values: Readonly<Record<string, Gauge>>;
    readonly dimensions: Readonly<Record<string, string>>;
  }[] = [];
  flushes = 0;

  info = (message: string, fields = {}) => void this.lines.push({ level: 'info', message, fields });
  warn = (message: string, fields = {}) => void this.lines.push({ level: 'warn', message, fields });
  error = (message: string, error: unknown, fields = {}) =>
    void this.lines.push({ level: 'error', message, fields: { ...fields, error: String(error) } });
  count = (metric: string, n = 1) => {
    this.counts[metric] = (this.counts[metric] ?? 0) + n;
  };
  time = (metric: string) => this.count(metric, 0);
  gauges = (values: Readonly<Record<string, Gauge>>, dimensions: Readonly<Record<string, string>> = {}) =>
    void this.measured.push({ values, dimensions });
  flush = () => {
    this.flushes += 1;
  };
}
