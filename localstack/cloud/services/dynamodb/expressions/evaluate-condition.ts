import type { AttributeValue, Item } from '../values/attribute-value';
import { typeOf } from '../values/attribute-value';
import { compareValues, sameValue } from '../values/compare';
import { binarySize } from '../values/size';
import type { BoundCondition, BoundOperand } from './bind-condition';
import { valueAt } from './document-path';

/** Whether an item satisfies a condition. An item that does not exist is one without attributes. */
export function satisfies(item: Item, condition: BoundCondition): boolean {
  switch (condition.kind) {
    case 'and':
      return satisfies(item, condition.left) && satisfies(item, condition.right);
    case 'or':
      return satisfies(item, condition.left) || satisfies(item, condition.right);
    case 'not':
      return !satisfies(item, condition.condition);
    case 'compare':
      return compare(condition.comparator, evaluate(item, condition.left), evaluate(item, condition.right));
    case 'between': {
      const value = evaluate(item, condition.operand);
      return (
        compare('>=', value, evaluate(item, condition.lower)) && compare('<=', value, evaluate(item, condition.upper))
      );
    }
    case 'in': {
      const value = evaluate(item, condition.operand);
      return condition.choices.some((choice) => compare('=', value, evaluate(item, choice)));
    }
    case 'call':
      return holds(item, condition.name, condition.operands);
  }
}

function compare(comparator: string, left: AttributeValue | undefined, right: AttributeValue | undefined): boolean {
  // What does not exist differs from everything, and has no order.
  if (left === undefined || right === undefined) return comparator === '<>';
  if (comparator === '=') return sameValue(left, right);
  if (comparator === '<>') return !sameValue(left, right);
  const order = compareValues(left, right);
  if (order === undefined) return false;
  switch (comparator) {
    case '<':
      return order < 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return order >= 0;
  }
}

function holds(item: Item, name: string, operands: readonly BoundOperand[]): boolean {
  const value = evaluate(item, operands[0] as BoundOperand);
  if (name === 'attribute_not_exists') return value === undefined;
  if (value === undefined) return false;
  if (name === 'attribute_exists') return true;
  const other = evaluate(item, operands[1] as BoundOperand);
  if (other === undefined) return false;
  if (name === 'attribute_type') return typeOf(value) === other.S;
  if (name === 'begins_with') return beginsWith(value, other);
  return contains(value, other);
}

function beginsWith(value: AttributeValue, prefix: AttributeValue): boolean {
  if (value.S !== undefined && prefix.S !== undefined) return value.S.startsWith(prefix.S);
  if (value.B !== undefined && prefix.B !== undefined) {
    const start = Buffer.from(prefix.B, 'base64');
    return Buffer.from(value.B, 'base64').subarray(0, start.length).equals(start);
  }
  return false;
}

function contains(value: AttributeValue, part: AttributeValue): boolean {
  if (value.L !== undefined) return value.L.some((element) => sameValue(element, part));
  if (part.S !== undefined) return (value.S ?? value.SS)?.includes(part.S) ?? false;
  if (part.N !== undefined) return value.NS?.includes(part.N) ?? false;
  if (part.B === undefined) return false;
  if (value.BS !== undefined) return value.BS.includes(part.B);
  return value.B !== undefined && Buffer.from(value.B, 'base64').includes(Buffer.from(part.B, 'base64'));
}

function evaluate(item: Item, operand: BoundOperand): AttributeValue | undefined {
  if (operand.kind === 'literal') return operand.value;
  if (operand.kind === 'path') return valueAt(item, operand.path);
  const value = evaluate(item, operand.operands[0] as BoundOperand);
  const size = value && sizeOf(value);
  return size === undefined ? undefined : { N: String(size) };
}

/** What the function `size` gives: characters, bytes or members; numbers, booleans and null have none. */
function sizeOf(value: AttributeValue): number | undefined {
  if (value.S !== undefined) return value.S.length;
  if (value.B !== undefined) return binarySize(value.B);
  if (value.M !== undefined) return Object.keys(value.M).length;
  return (value.L ?? value.SS ?? value.NS ?? value.BS)?.length;
}
