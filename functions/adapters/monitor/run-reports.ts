import { type CloudWatchLogsClient, paginateFilterLogEvents } from '@aws-sdk/client-cloudwatch-logs';
import type { DeployedFunction, Runs } from '../../application/queueing/ports';

/** More than these say nothing new of a mean, and a page of ten thousand takes a second or so. */
const MOST_RUNS = 100_000;

type Report = { readonly at: number; readonly durationMs: number };

/**
 * The runs of a function by the line that Lambda writes behind each: `REPORT RequestId: … Duration: 12.34 ms …`, or the
 * record `platform.report` where its logs are JSON (Lambda developer guide, "Sending Lambda function logs to CloudWatch
 * Logs"). The window ends now; or with the last report, where the clock there is ahead of this machine's.
 */
export async function reportedRuns(
  client: CloudWatchLogsClient,
  { logGroup, jsonLogs }: DeployedFunction,
  windowMs: number,
  now: number,
): Promise<Runs> {
  const reports: Report[] = [];
  const pages = paginateFilterLogEvents(
    { client },
    {
      logGroupName: logGroup,
      startTime: now - windowMs,
      filterPattern: jsonLogs ? '{ $.type = "platform.report" }' : '"REPORT RequestId"',
    },
  );
  let ended = true;
  for await (const { events = [] } of pages) {
    for (const { timestamp = 0, message = '' } of events) {
      const durationMs = durationIn(message);
      if (durationMs !== undefined) reports.push({ at: timestamp, durationMs });
    }
    ended = reports.length < MOST_RUNS;
    if (!ended) break;
  }
  const last = reports.reduce((latest, { at }) => Math.max(latest, at), now - windowMs);
  if (!ended) return summed(reports, last - (now - windowMs));
  const from = Math.max(now, last) - windowMs;
  return summed(
    reports.filter(({ at }) => at >= from),
    windowMs,
  );
}

function summed(reports: readonly Report[], windowMs: number): Runs {
  const busyMs = reports.reduce((sum, { durationMs }) => sum + durationMs, 0);
  return { count: reports.length, busyMs, windowMs };
}

/** Undefined: the line is something else that has the word in it. */
export function durationIn(line: string): number | undefined {
  const [, text] = /^REPORT RequestId: \S+\s+Duration: (\d+(?:\.\d+)?) ms/.exec(line) ?? [];
  if (text !== undefined) return Number(text);
  if (!line.startsWith('{')) return undefined;
  try {
    const { type, record } = JSON.parse(line) as { type?: unknown; record?: { metrics?: { durationMs?: unknown } } };
    const duration = record?.metrics?.durationMs;
    return type === 'platform.report' && typeof duration === 'number' ? duration : undefined;
  } catch {
    return undefined;
  }
}
