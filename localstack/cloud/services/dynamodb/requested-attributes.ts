import { tokenize } from './expressions/lexer';

type Input = Readonly<Record<string, unknown>>;

const EXPRESSIONS = [
  'KeyConditionExpression',
  'FilterExpression',
  'ProjectionExpression',
  'ConditionExpression',
  'UpdateExpression',
];
const KEYWORDS = ['AND', 'OR', 'NOT', 'BETWEEN', 'IN', 'SET', 'REMOVE', 'ADD', 'DELETE'];

/**
 * The top-level attributes that a request names: the condition key `dynamodb:Attributes`. An expression that is none names
 * nothing; the operation itself refuses it.
 */
export function requestedAttributes(input: Input): string[] {
  const names = new Set(Object.keys({ ...((input.Item ?? input.Key ?? {}) as object) }));
  const aliases = (input.ExpressionAttributeNames ?? {}) as Record<string, string>;
  for (const member of EXPRESSIONS) {
    const source = input[member];
    if (typeof source !== 'string') continue;
    for (const name of namesIn(source)) names.add(aliases[name] ?? name);
  }
  return [...names];
}

function namesIn(source: string): string[] {
  try {
    const tokens = tokenize(source);
    return tokens
      .filter(({ kind, text }, index) => {
        if (kind !== 'name' && kind !== 'word') return false;
        // What follows a dot is inside of an attribute; what precedes a parenthesis is a function.
        if (tokens[index - 1]?.text === '.' || tokens[index + 1]?.text === '(') return false;
        return kind === 'name' || !KEYWORDS.includes(text.toUpperCase());
      })
      .map(({ text }) => text);
  } catch {
    return [];
  }
}
