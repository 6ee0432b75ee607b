import { validationError } from '../errors';
import type { AttributeValue } from '../values/attribute-value';
import type { BoundCondition, BoundOperand } from './bind-condition';

type KeyOperator = '=' | '<' | '<=' | '>' | '>=' | 'BETWEEN' | 'begins_with';

/** What a key condition expression says of one attribute. */
export type KeyCondition = { readonly operator: KeyOperator; readonly values: readonly AttributeValue[] };

const MIRRORED: Readonly<Record<string, KeyOperator>> = { '=': '=', '<': '>', '<=': '>=', '>': '<', '>=': '<=' };

/** The conditions of a key condition expression by attribute; at most two. */
export function keyConditions(condition: BoundCondition): Map<string, KeyCondition> {
  const found = new Map<string, KeyCondition>();
  collect(condition, found);
  if (found.size > 2) throw validationError('Conditions can be of length 1 or 2 only');
  return found;
}

function collect(condition: BoundCondition, found: Map<string, KeyCondition>): void {
  switch (condition.kind) {
    case 'and':
      collect(condition.left, found);
      collect(condition.right, found);
      return;
    case 'or':
    case 'not':
    case 'in':
      throw invalidOperator(condition.kind.toUpperCase());
    case 'between':
      add(found, 'BETWEEN', 'BETWEEN', [condition.operand, condition.lower, condition.upper]);
      return;
    case 'call':
      if (condition.name !== 'begins_with') throw invalidOperator(condition.name);
      add(found, 'begins_with', 'begins_with', condition.operands);
      return;
    case 'compare': {
      const { comparator, left, right } = condition;
      if (comparator === '<>') throw invalidOperator('<>');
      const mirrored = left.kind !== 'path' && right.kind === 'path';
      const operator = mirrored ? (MIRRORED[comparator] as KeyOperator) : (comparator as KeyOperator);
      add(found, operator, comparator, mirrored ? [right, left] : [left, right]);
    }
  }
}

function add(
  found: Map<string, KeyCondition>,
  operator: KeyOperator,
  shown: string,
  operands: readonly BoundOperand[],
): void {
  const paths = operands.filter((operand) => operand.kind === 'path');
  if (operands.some((operand) => operand.kind === 'call'))
    throw validationError('KeyConditionExpressions cannot contain nested operations');
  const [first] = operands as [BoundOperand];
  if (first.kind !== 'path') {
    throw validationError(
      paths.length === 0
        ? 'Invalid condition in KeyConditionExpression: No key attribute specified'
        : `Invalid condition in KeyConditionExpression: ${shown} operator must have the key attribute as its first operand`,
    );
  }
  if (paths.length > 1)
    throw validationError(
      'Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition',
    );
  if (first.path.length > 1)
    throw validationError('KeyConditionExpressions cannot have conditions on nested attributes');
  const name = first.path[0] as string;
  if (found.has(name)) throw validationError('KeyConditionExpressions must only contain one condition per key');
  const values = operands.slice(1).map((operand) => (operand as { value: AttributeValue }).value);
  found.set(name, { operator, values });
}

const invalidOperator = (operator: string) =>
  validationError(`Invalid operator used in KeyConditionExpression: ${operator}`);
