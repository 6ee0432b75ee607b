import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Telemetry } from '../application/telemetry';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Logs as JSON lines and metrics in the embedded metric format, both on stdout: CloudWatch makes metrics of them without a
 * call on the way of an event.
 */
export function powertoolsTelemetry(service: string, stage: string): Telemetry {
  const logger = new Logger({ serviceName: service });
  const metrics = new Metrics({ namespace: 'Orderstream', serviceName: service, defaultDimensions: { stage } });
  return {
    info: (message: string, fields: Fields = {}) => logger.info(message, fields),
    warn: (message: string, fields: Fields = {}) => logger.warn(message, fields),
    error: (message: string, error: unknown, fields: Fields = {}) =>
      logger.error(message, { ...fields, error: error instanceof Error ? error : new Error(String(error)) }),
    count: (metric: string, n = 1) => metrics.addMetric(metric, MetricUnit.Count, n),
    time: (metric: string, ms: number) => metrics.addMetric(metric, MetricUnit.Milliseconds, ms),
    flush: () => {
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
