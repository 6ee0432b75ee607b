import { AwsError } from '../../core/aws-error';
import type { Item } from './values/attribute-value';

export const validationError = (message: string): AwsError => new AwsError('ValidationException', message);

/** The form that most complaints about a parameter's value have. */
export const invalidParameter = (message: string): AwsError =>
  validationError(`One or more parameter values were invalid: ${message}`);

export const tableNotFound = (): AwsError => new AwsError('ResourceNotFoundException', 'Requested resource not found');

/** What the operations on tables (not on items) say. */
export const namedTableNotFound = (name: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);

/** `item`: what stands there, when the caller asked to see it. */
export const conditionFailed = (item: Item | undefined): AwsError =>
  new AwsError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    item ? { fields: { Item: item } } : {},
  );

export const keyMismatch = (): AwsError => validationError('The provided key element does not match the schema');
