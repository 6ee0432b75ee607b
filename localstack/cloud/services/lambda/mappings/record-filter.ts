import { compilePattern } from '../../../core/patterns/event-pattern';
import type { ReceivedMessage, StreamRecord } from '../../../core/peers';
import { queueEvent } from './queue-event';

/** Whether a stream record, as the function would see it, fits one of the patterns. */
export function streamFilter(patterns: readonly string[], streamArn: string): (record: StreamRecord) => boolean {
  const compiled = patterns.map(compilePattern);
  if (compiled.length === 0) return () => true;
  return ({ cause: _, ...record }) => {
    const seen = { ...record, eventSourceARN: streamArn };
    return compiled.some((pattern) => pattern.matches(seen));
  };
}

/**
 * Whether a message fits one of the patterns. A pattern for the body that is an object wants a body that is JSON, one
 * that is a list wants plain text; a body of the other kind does not fit.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-sqs-filtering.html
 */
export function messageFilter(patterns: readonly string[], queueArn: string): (message: ReceivedMessage) => boolean {
  const compiled = patterns.map((text) => {
    const pattern = compilePattern(text);
    const { body } = JSON.parse(text) as { body?: unknown };
    const wants = body === undefined ? 'any' : Array.isArray(body) ? 'text' : 'json';
    return (message: ReceivedMessage): boolean => {
      const json = wants === 'any' ? undefined : parseObject(message.body);
      if (wants !== 'any' && (wants === 'json') !== (json !== undefined)) return false;
      return pattern.matches({ ...queueEvent(message, queueArn), body: json ?? message.body });
    };
  });
  return compiled.length === 0 ? () => true : (message) => compiled.some((matches) => matches(message));
}

function parseObject(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
