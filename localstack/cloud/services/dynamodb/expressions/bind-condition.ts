import type { AttributeValue } from '../values/attribute-value';
import { typeOf } from '../values/attribute-value';
import { compareValues, isOrdered } from '../values/compare';
import type { CallOperand, Condition, Operand, Path } from './ast';
import { conditionFunctions } from './condition-parser';
import { showPath } from './document-path';
import { ExpressionError } from './expression-error';
import type { Placeholders } from './placeholders';

/** An operand whose placeholders have been replaced. */
export type BoundOperand =
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'literal'; readonly value: AttributeValue }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly BoundOperand[] };

export type BoundCondition =
  | { readonly kind: 'and' | 'or'; readonly left: BoundCondition; readonly right: BoundCondition }
  | { readonly kind: 'not'; readonly condition: BoundCondition }
  | {
      readonly kind: 'compare';
      readonly comparator: string;
      readonly left: BoundOperand;
      readonly right: BoundOperand;
    }
  | {
      readonly kind: 'between';
      readonly operand: BoundOperand;
      readonly lower: BoundOperand;
      readonly upper: BoundOperand;
    }
  | { readonly kind: 'in'; readonly operand: BoundOperand; readonly choices: readonly BoundOperand[] }
  | Extract<BoundOperand, { kind: 'call' }>;

/** Puts names and values in the place of their placeholders and checks what can be checked without an item. */
export function bindCondition(condition: Condition, placeholders: Placeholders): BoundCondition {
  switch (condition.kind) {
    case 'and':
    case 'or': {
      const left = bindCondition(condition.left, placeholders);
      return { kind: condition.kind, left, right: bindCondition(condition.right, placeholders) };
    }
    case 'not':
      return { kind: 'not', condition: bindCondition(condition.condition, placeholders) };
    case 'compare': {
      const left = bindOperand(condition.left, placeholders);
      const right = bindOperand(condition.right, placeholders);
      const { comparator } = condition;
      assertDistinct(comparator, left, right);
      if (comparator !== '=' && comparator !== '<>') assertOrdered(comparator, left, right);
      return { kind: 'compare', comparator, left, right };
    }
    case 'between': {
      const operand = bindOperand(condition.operand, placeholders);
      const lower = bindOperand(condition.lower, placeholders);
      const upper = bindOperand(condition.upper, placeholders);
      assertOrdered('BETWEEN', operand, lower, upper);
      assertBounds(lower, upper);
      return { kind: 'between', operand, lower, upper };
    }
    case 'in': {
      const operand = bindOperand(condition.operand, placeholders);
      return {
        kind: 'in',
        operand,
        choices: condition.choices.map((choice) => bindOperand(choice, placeholders)),
      };
    }
    case 'call':
      return bindCall(condition, placeholders);
  }
}

function bindOperand(operand: Operand, placeholders: Placeholders): BoundOperand {
  if (operand.kind === 'path') return { kind: 'path', path: placeholders.path(operand.path) };
  if (operand.kind === 'value') return { kind: 'literal', value: placeholders.value(operand.name) };
  return bindCall(operand, placeholders);
}

type BoundCall = Extract<BoundOperand, { kind: 'call' }>;

function bindCall({ name, operands: given }: CallOperand, placeholders: Placeholders): BoundCall {
  const operands = given.map((operand) => bindOperand(operand, placeholders));
  if (operands.length !== conditionFunctions.get(name))
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${name}, number of operands: ${operands.length}`,
    );
  const [first, second] = operands as [BoundOperand, BoundOperand];
  if (second) assertDistinct(name, first, second);
  switch (name) {
    case 'attribute_exists':
    case 'attribute_not_exists':
      if (first.kind !== 'path')
        throw new ExpressionError(`Operator or function requires a document path; operator or function: ${name}`);
      break;
    case 'attribute_type': {
      const type = second.kind === 'literal' ? second.value.S : undefined;
      if (type === undefined)
        throw wrongType(name, second.kind === 'literal' ? typeOf(second.value) : '{NS,SS,L,BS,N,M,B,BOOL,NULL,S}');
      if (!TYPES.has(type))
        throw new ExpressionError(
          `Invalid attribute type name found; type: ${type}, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}`,
        );
      break;
    }
    case 'begins_with':
      for (const operand of operands) {
        const type = typeOfOperand(operand);
        if (type !== undefined && type !== 'S' && type !== 'B') throw wrongType(name, type);
      }
      break;
    case 'size': {
      const type = typeOfOperand(first);
      if (type === 'N' || type === 'BOOL' || type === 'NULL') throw wrongType(name, type);
      break;
    }
  }
  return { kind: 'call', name, operands };
}

const TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'NULL', 'SS', 'BOOL', 'L', 'BS', 'NS', 'M']);

/** The type of an operand, when it does not depend on the item. */
function typeOfOperand(operand: BoundOperand): string | undefined {
  if (operand.kind === 'literal') return typeOf(operand.value);
  return operand.kind === 'call' ? 'N' : undefined;
}

const wrongType = (name: string, type: string): ExpressionError =>
  new ExpressionError(
    `Incorrect operand type for operator or function; operator or function: ${name}, operand type: ${type}`,
  );

function assertOrdered(operator: string, ...operands: BoundOperand[]): void {
  for (const operand of operands) {
    if (operand.kind === 'literal' && !isOrdered(typeOf(operand.value)))
      throw wrongType(operator, typeOf(operand.value));
  }
}

function assertDistinct(operator: string, left: BoundOperand, right: BoundOperand): void {
  if (left.kind !== 'path' || right.kind !== 'path') return;
  if (left.path.length !== right.path.length || left.path.some((step, at) => step !== right.path[at])) return;
  throw new ExpressionError(
    `The first operand must be distinct from the remaining operands for this operator or function; operator: ${operator}, first operand: ${showPath(left.path)}`,
  );
}

function assertBounds(lower: BoundOperand, upper: BoundOperand): void {
  if (lower.kind !== 'literal' || upper.kind !== 'literal') return;
  const show = ({ value }: typeof lower) => `AttributeValue: {${typeOf(value)}:${value[typeOf(value)]}}`;
  const both = `lower bound operand: ${show(lower)}, upper bound operand: ${show(upper)}`;
  const order = compareValues(lower.value, upper.value);
  if (order === undefined)
    throw new ExpressionError(`The BETWEEN operator requires same data type for lower and upper bounds; ${both}`);
  if (order > 0)
    throw new ExpressionError(
      `The BETWEEN operator requires upper bound to be greater than or equal to lower bound; ${both}`,
    );
}
