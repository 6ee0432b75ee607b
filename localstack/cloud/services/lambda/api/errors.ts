import { AwsError } from '../../../core/aws-error';

/** Lambda's errors carry `Type: User` and mostly these statuses. */
const userError = (code: string, message: string, status: number): AwsError =>
  new AwsError(code, message, { status, fields: { Type: 'User' } });

export const invalidParameter = (message: string): AwsError =>
  userError('InvalidParameterValueException', message, 400);

export const resourceNotFound = (message: string): AwsError => userError('ResourceNotFoundException', message, 404);

export const resourceConflict = (message: string): AwsError => userError('ResourceConflictException', message, 409);

/** The wording of a violated constraint of the API model. */
export function constraint(value: unknown, member: string, rule: string): AwsError {
  const shown = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return new AwsError(
    'ValidationException',
    `1 validation error detected: Value '${shown}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
}

/** A whole number between two bounds (both inclusive), or undefined. */
export function checkRange(value: unknown, member: string, min: number, max: number): void {
  if (value === undefined) return;
  if (typeof value !== 'number' || !Number.isInteger(value)) {
    throw new AwsError('SerializationException', `${member} must be a whole number`);
  }
  if (value < min) throw constraint(value, member, `Member must have value greater than or equal to ${min}`);
  if (value > max) throw constraint(value, member, `Member must have value less than or equal to ${max}`);
}
