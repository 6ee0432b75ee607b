/** A step of a document path: an attribute name, a placeholder for one (`#n`), or a list index. */
export type PathStep = string | number;
export type Path = readonly PathStep[];

type PathOperand = { readonly kind: 'path'; readonly path: Path };
export type ValueOperand = { readonly kind: 'value'; readonly name: string };
export type CallOperand = { readonly kind: 'call'; readonly name: string; readonly operands: readonly Operand[] };
export type Operand = PathOperand | ValueOperand | CallOperand;

export type Comparator = '=' | '<>' | '<' | '<=' | '>' | '>=';

export type Condition =
  | { readonly kind: 'and' | 'or'; readonly left: Condition; readonly right: Condition }
  | { readonly kind: 'not'; readonly condition: Condition }
  | { readonly kind: 'compare'; readonly comparator: Comparator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: 'between'; readonly operand: Operand; readonly lower: Operand; readonly upper: Operand }
  | { readonly kind: 'in'; readonly operand: Operand; readonly choices: readonly Operand[] }
  | CallOperand;

/** The right side of a SET. */
export type SetValue =
  | Operand
  | { readonly kind: 'sum'; readonly sign: 1 | -1; readonly left: SetValue; readonly right: SetValue };

export type UpdateAction =
  | { readonly kind: 'set'; readonly path: Path; readonly value: SetValue }
  | { readonly kind: 'remove'; readonly path: Path }
  | { readonly kind: 'add' | 'delete'; readonly path: Path; readonly value: ValueOperand };
