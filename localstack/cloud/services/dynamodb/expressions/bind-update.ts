import type { AttributeValue } from '../values/attribute-value';
import { typeOf } from '../values/attribute-value';
import type { Operand, Path, SetValue, UpdateAction } from './ast';
import { clash } from './document-path';
import { ExpressionError } from './expression-error';
import type { Placeholders } from './placeholders';
import { updateFunctions } from './update-parser';

/** The right side of a SET, its placeholders replaced. */
export type BoundSetValue =
  | { readonly kind: 'literal'; readonly value: AttributeValue }
  | { readonly kind: 'path'; readonly path: Path }
  | { readonly kind: 'sum'; readonly sign: 1 | -1; readonly left: BoundSetValue; readonly right: BoundSetValue }
  | { readonly kind: 'if_not_exists'; readonly path: Path; readonly otherwise: BoundSetValue }
  | { readonly kind: 'list_append'; readonly left: BoundSetValue; readonly right: BoundSetValue };

export type BoundAction =
  | { readonly kind: 'set'; readonly path: Path; readonly value: BoundSetValue }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: AttributeValue };

/** Puts names and values in the place of their placeholders and checks what can be checked without an item. */
export function bindUpdate(actions: readonly UpdateAction[], placeholders: Placeholders): BoundAction[] {
  const bound = actions.map((action): BoundAction => {
    const path = placeholders.path(action.path);
    if (action.kind === 'remove') return { kind: 'remove', path };
    if (action.kind === 'set') return { kind: 'set', path, value: bindSetValue(action.value, placeholders) };
    return { kind: action.kind, path, value: placeholders.value(action.value.name) };
  });
  const reason = clash(bound.map((action) => action.path));
  if (reason) throw new ExpressionError(reason);
  for (const action of bound) {
    if (action.kind === 'add' || action.kind === 'delete') assertAddable(action.kind, action.value);
    if (action.kind === 'set') assertTypes(action.value);
  }
  return bound;
}

function bindSetValue(value: SetValue, placeholders: Placeholders): BoundSetValue {
  if (value.kind === 'sum') {
    const left = bindSetValue(value.left, placeholders);
    return { kind: 'sum', sign: value.sign, left, right: bindSetValue(value.right, placeholders) };
  }
  if (value.kind === 'value') return { kind: 'literal', value: placeholders.value(value.name) };
  if (value.kind === 'path') return { kind: 'path', path: placeholders.path(value.path) };
  if (value.operands.length !== updateFunctions.get(value.name))
    throw new ExpressionError(
      `Incorrect number of operands for operator or function; operator or function: ${value.name}, number of operands: ${value.operands.length}`,
    );
  const [first, second] = value.operands as [Operand, Operand];
  if (value.name === 'list_append') {
    const left = bindSetValue(first, placeholders);
    return { kind: 'list_append', left, right: bindSetValue(second, placeholders) };
  }
  if (first.kind !== 'path')
    throw new ExpressionError('Operator or function requires a document path; operator or function: if_not_exists');
  const path = placeholders.path(first.path);
  return { kind: 'if_not_exists', path, otherwise: bindSetValue(second, placeholders) };
}

const TYPE_NAMES: Readonly<Record<string, string>> = {
  S: 'STRING',
  N: 'NUMBER',
  B: 'BINARY',
  BOOL: 'BOOLEAN',
  NULL: 'NULL',
  L: 'LIST',
  M: 'MAP',
};

/** ADD takes numbers and sets, DELETE sets. */
function assertAddable(kind: 'add' | 'delete', value: AttributeValue): void {
  const type = typeOf(value);
  const name = TYPE_NAMES[type];
  if (name === undefined || (kind === 'add' && type === 'N')) return;
  throw new ExpressionError(
    `Incorrect operand type for operator or function; operator: ${kind.toUpperCase()}, operand type: ${name}`,
  );
}

function assertTypes(value: BoundSetValue): void {
  if (value.kind === 'if_not_exists') assertTypes(value.otherwise);
  if (value.kind !== 'sum' && value.kind !== 'list_append') return;
  const wanted = value.kind === 'sum' ? 'N' : 'L';
  const operator = value.kind === 'sum' ? (value.sign === 1 ? '+' : '-') : 'list_append';
  for (const side of [value.left, value.right]) {
    if (side.kind === 'literal' && typeOf(side.value) !== wanted)
      throw new ExpressionError(
        `Incorrect operand type for operator or function; operator or function: ${operator}, operand type: ${typeOf(side.value)}`,
      );
    assertTypes(side);
  }
}
