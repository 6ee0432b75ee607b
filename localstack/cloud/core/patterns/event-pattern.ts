import { PatternIndex } from './pattern-index';

/** One pattern: an EventBridge rule under test, a filter of an event source mapping. */
export type EventPattern = {
  /** `event` is an object as `JSON.parse` or, exact in its numbers, `parseEventJson` gives it. */
  matches(event: unknown): boolean;
};

/** Throws `InvalidPattern`, whose `reason` is Event Ruler's. */
export function compilePattern(text: string): EventPattern {
  const index = new PatternIndex<true>();
  index.set(true, text);
  return { matches: (event) => index.match(event).length > 0 };
}
