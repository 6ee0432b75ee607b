import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Gauge, Telemetry } from '../application/telemetry';

const UNITS = { Count: MetricUnit.Count, Milliseconds: MetricUnit.Milliseconds, None: MetricUnit.NoUnit } as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Logs as JSON lines and metrics in the embedded metric format, both on stdout: CloudWatch makes metrics of them without a
 * call on the way of an event.
 */
export function powertoolsTelemetry(service: string, stage: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metricsBy = (dimensions: Readonly<Record<string, string>>) =>
    new Metrics({ namespace: 'Orderstream', serviceName: service, defaultDimensions: { stage, ...dimensions } });
  const metrics = metricsBy({});
  return {
    info: (message: string, fields: Fields = {}) => logger.info(message, fields),
    warn: (message: string, fields: Fields = {}) => logger.warn(message, fields),
    error: (message: string, error: unknown, fields: Fields = {}) =>
      logger.error(message, { ...fields, error: error instanceof Error ? error : new Error(String(error)) }),
    count: (metric: string, n = 1) => metrics.addMetric(metric, MetricUnit.Count, n),
    time: (metric: string, ms: number) => metrics.addMetric(metric, MetricUnit.Milliseconds, ms),
    gauges: (values: Readonly<Record<string, Gauge>>, dimensions = {}) => {
      const measured = metricsBy(dimensions);
      for (const [metric, [value, unit]] of Object.entries(values)) measured.addMetric(metric, UNITS[unit], value);
      measured.publishStoredMetrics();
    },
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
