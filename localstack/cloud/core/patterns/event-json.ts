import { JsonTokens, type Token } from './json-tokens';
import { mayHoldWrittenNumbers, readNumber } from './numbers';

/**
 * Reads an event for matching. Like `JSON.parse`, except that numbers which a double does not hold as written become
 * `WrittenNumber`s. Throws what `JSON.parse` throws.
 */
export function parseEventJson(json: string): unknown {
  const parsed: unknown = JSON.parse(json);
  if (!mayHoldWrittenNumbers(json)) return parsed;
  const tokens = new JsonTokens(json);
  return readValue(tokens, tokens.next());
}

function readValue(tokens: JsonTokens, token: Token): unknown {
  switch (token.kind) {
    case '{': {
      const object: Record<string, unknown> = {};
      for (let name = tokens.next(); name.kind !== '}'; name = tokens.next()) {
        const value = readValue(tokens, tokens.next());
        Object.defineProperty(object, name.text, { value, enumerable: true, configurable: true, writable: true });
      }
      return object;
    }
    case '[': {
      const array: unknown[] = [];
      for (let element = tokens.next(); element.kind !== ']'; element = tokens.next()) {
        array.push(readValue(tokens, element));
      }
      return array;
    }
    case 'string':
      return tokens.text();
    case 'number':
      return readNumber(token.text);
    case 'true':
      return true;
    case 'false':
      return false;
    default:
      return null;
  }
}
