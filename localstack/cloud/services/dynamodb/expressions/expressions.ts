import { validationError } from '../errors';
import type { Condition, Path, UpdateAction } from './ast';
import { type BoundCondition, bindCondition } from './bind-condition';
import { type BoundAction, bindUpdate } from './bind-update';
import { parseCondition } from './condition-parser';
import { clash } from './document-path';
import { ExpressionError } from './expression-error';
import type { Placeholders } from './placeholders';
import { parseProjection } from './projection-parser';
import { parseUpdate } from './update-parser';

const CACHED = 1000;

/** Programs use few expressions and use them often: parsed once, kept by their text. */
function cached<T>(parse: (source: string) => T): (source: string) => T {
  const known = new Map<string, T>();
  return (source) => {
    let parsed = known.get(source);
    if (parsed === undefined) {
      parsed = parse(source);
      if (known.size >= CACHED) known.clear();
      known.set(source, parsed);
    }
    return parsed;
  };
}

const condition = cached<Condition>(parseCondition);
const update = cached<readonly UpdateAction[]>(parseUpdate);
const projection = cached<readonly Path[]>(parseProjection);

/** `parameter`: the one that the expression came in, for messages. */
export function readCondition(
  parameter: 'ConditionExpression' | 'FilterExpression' | 'KeyConditionExpression',
  source: string | undefined,
  placeholders: Placeholders,
): BoundCondition | undefined {
  if (source === undefined) return undefined;
  return within(parameter, () => bindCondition(condition(source), placeholders));
}

export function readUpdate(source: string, placeholders: Placeholders): BoundAction[] {
  return within('UpdateExpression', () => bindUpdate(update(source), placeholders));
}

export function readProjection(source: string | undefined, placeholders: Placeholders): readonly Path[] | undefined {
  if (source === undefined) return undefined;
  return within('ProjectionExpression', () => {
    const paths = projection(source).map((path) => placeholders.path(path));
    const reason = clash(paths);
    if (reason) throw new ExpressionError(reason);
    return paths;
  });
}

function within<T>(parameter: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof ExpressionError) throw validationError(`Invalid ${parameter}: ${error.message}`);
    throw error;
  }
}
