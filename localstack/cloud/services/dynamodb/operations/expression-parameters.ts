import { validationError } from '../errors';

type Input = Readonly<Record<string, unknown>>;

/**
 * Names and values without an expression that could use them. `expressions`: the parameters of the operation that
 * are expressions, in the order of AWS's messages.
 */
export function assertUsable(input: Input, expressions: readonly string[]): void {
  if (input.ExpressionAttributeNames !== undefined && expressions.every((name) => input[name] === undefined))
    throw validationError('ExpressionAttributeNames can only be specified when using expressions');
  if (input.ExpressionAttributeValues === undefined) return;
  const taking = expressions.filter((name) => name !== 'ProjectionExpression');
  if (taking.every((name) => input[name] === undefined))
    throw validationError(
      `ExpressionAttributeValues can only be specified when using expressions: ${taking.join(' and ')} ${
        taking.length > 1 ? 'are' : 'is'
      } null`,
    );
}
