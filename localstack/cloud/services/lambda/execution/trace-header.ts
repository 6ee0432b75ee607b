import { randomHex } from '../../../core/ids';

/**
 * An X-Ray trace header. The parent segment is the invocation's hop: the SDKs in the function send the header with each
 * of their calls, and so the trace knows who makes them.
 */
export function traceHeader(now: number, hop: string, sampled: boolean): string {
  const seconds = Math.floor(now / 1000)
    .toString(16)
    .padStart(8, '0');
  return `Root=1-${seconds}-${randomHex(24)};Parent=${hop};Sampled=${sampled ? 1 : 0}`;
}
