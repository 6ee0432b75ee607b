import type { IncomingHttpHeaders } from 'node:http';

/**
 * The hop in the trace of whoever sent these headers: a function's SDK sends the trace header of its invocation, and
 * that names the invocation's hop as the parent segment. Undefined when no function sent them.
 */
export function senderOf(headers: IncomingHttpHeaders): string | undefined {
  const header = headers['x-amzn-trace-id'];
  return typeof header === 'string' ? /(?:^|;)Parent=([0-9a-f]{16})(?:;|$)/.exec(header)?.[1] : undefined;
}
