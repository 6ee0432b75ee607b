import { invalidParameter, validationError } from '../errors';
import type { Path } from '../expressions/ast';
import type { BoundCondition, BoundOperand } from '../expressions/bind-condition';
import type { KeySchema } from '../table/key-schema';
import type { SecondaryIndex } from '../table/secondary-index';
import type { Table } from '../table/table';

export type SelectInput = {
  readonly Select?: string;
  readonly IndexName?: string;
  readonly ConsistentRead?: boolean;
  readonly ProjectionExpression?: string;
};

export const SELECT = ['SPECIFIC_ATTRIBUTES', 'COUNT', 'ALL_ATTRIBUTES', 'ALL_PROJECTED_ATTRIBUTES'];

/** What can be said of `Select` without the table. */
export function assertSelect({ Select, IndexName, ProjectionExpression }: SelectInput, verb: string): void {
  if (Select === 'ALL_PROJECTED_ATTRIBUTES' && IndexName === undefined)
    throw invalidParameter(`ALL_PROJECTED_ATTRIBUTES can be used only when ${verb} using an IndexName`);
  if (ProjectionExpression !== undefined && Select !== undefined && Select !== 'SPECIFIC_ATTRIBUTES')
    throw validationError(
      Select === 'COUNT'
        ? 'Cannot specify the ProjectionExpression when choosing to get only the Count'
        : `Cannot specify the ProjectionExpression when choosing to get ${Select}`,
    );
  if (Select === 'SPECIFIC_ATTRIBUTES' && ProjectionExpression === undefined)
    throw invalidParameter(
      'Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES',
    );
}

/** The index that a request names; throws when the table has none of that name or it cannot give what is asked. */
export function findIndex(table: Table, input: SelectInput): SecondaryIndex | undefined {
  if (input.IndexName === undefined) return undefined;
  const index = table.index(input.IndexName);
  if (!index) throw validationError(`The table does not have the specified index: ${input.IndexName}`);
  if (input.ConsistentRead && !index.record.local)
    throw validationError('Consistent reads are not supported on global secondary indexes');
  return index;
}

/** Whether whole items have to be read from the table; a global index cannot do that. */
export function needsTable(
  index: SecondaryIndex | undefined,
  input: SelectInput,
  paths: readonly Path[] | undefined,
): boolean {
  if (!index?.projected) return false;
  const { IndexName, local } = index.record;
  if (input.Select === 'ALL_ATTRIBUTES') {
    if (!local)
      throw invalidParameter(
        `Select type ALL_ATTRIBUTES is not supported for global secondary index ${IndexName} because its projection type is not ALL`,
      );
    return true;
  }
  const missing = (paths ?? []).map((path) => path[0] as string).filter((name) => !index.projected?.has(name));
  if (missing.length > 0 && !local)
    throw invalidParameter(`Global secondary index ${IndexName} does not project [${missing.join(', ')}]`);
  return missing.length > 0;
}

/** Key attributes are scalars: nothing lies inside them. */
export function assertScalarKeys(table: Table, keys: KeySchema, paths: readonly Path[]): void {
  for (const path of paths) {
    const name = path[0] as string;
    if (path.length === 1) continue;
    const indexKey = !table.keys.has(name) && (keys.has(name) || table.indexes.some((index) => index.keys.has(name)));
    if (table.keys.has(name) || indexKey)
      throw validationError(
        `Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: ${
          indexKey ? 'IndexKey' : 'Key'
        }: ${name}`,
      );
  }
}

/** All document paths of a condition. */
export function pathsOf(condition: BoundCondition): Path[] {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return [...pathsOf(condition.left), ...pathsOf(condition.right)];
    case 'not':
      return pathsOf(condition.condition);
    case 'compare':
      return inOperands([condition.left, condition.right]);
    case 'between':
      return inOperands([condition.operand, condition.lower, condition.upper]);
    case 'in':
      return inOperands([condition.operand, ...condition.choices]);
    case 'call':
      return inOperands(condition.operands);
  }
}

function inOperands(operands: readonly BoundOperand[]): Path[] {
  return operands.flatMap((operand) => {
    if (operand.kind === 'path') return [operand.path];
    return operand.kind === 'call' ? inOperands(operand.operands) : [];
  });
}
