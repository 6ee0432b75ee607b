import type { Telemetry } from '../../functions/application/telemetry';

/** What a function said about its work, for a test to look at. */
export class NotedTelemetry implements Telemetry {
  readonly counts: Record<string, number> = {};
  readonly times: Record<string, number> = {};
  readonly errors: string[] = [];
  readonly reasons: string[] = [];

  info(): void {}
  warn(): void {}
  error(message: string, reason: unknown): void {
    this.errors.push(message);
    this.reasons.push(String(reason));
  }
  count(metric: string, n = 1): void {
    this.counts[metric] = (this.counts[metric] ?? 0) + n;
  }
  time(metric: string, ms: number): void {
    this.times[metric] = ms;
  }
  gauges(): void {}
  flush(): void {}
}
