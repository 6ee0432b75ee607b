import { compilePattern } from '../../../core/patterns/event-pattern';
import type { ReceivedMessage, StreamRecord } from '../../../core/peers';

/** Whether a stream record fits one of the patterns. */
export function streamFilter(patterns: readonly string[]): (record: StreamRecord) => boolean {
  const compiled = patterns.map(compilePattern);
  return compiled.length === 0 ? () => true : (record) => compiled.some((pattern) => pattern.matches(record));
}

/**
 * Whether a message fits one of the patterns. A pattern for the body that is an object wants a body that is JSON, one
 * that is a list wants plain text, as Lambda defines it; a body of the other kind does not fit.
 */
export function messageFilter(patterns: readonly string[]): (message: ReceivedMessage) => boolean {
  const compiled = patterns.map((text) => {
    const pattern = compilePattern(text);
    const { body } = JSON.parse(text) as { body?: unknown };
    const wantsJson = body !== undefined && !Array.isArray(body);
    return (message: ReceivedMessage): boolean => {
      const seen = wantsJson ? parseObject(message.body) : message.body;
      return seen !== undefined && pattern.matches({ ...message, body: seen });
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
