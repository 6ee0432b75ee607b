import { AwsError } from '../../core/aws-error';

/**
 * SQS moved from the query protocol to JSON: its errors have a name of the JSON model and, for clients that know the
 * older names, a code that the front door puts into the `x-amzn-query-error` header.
 */
export function sqsError(code: string, message: string, queryErrorCode = code): AwsError {
  return new AwsError(code, message, { fields: { queryErrorCode } });
}

export const noSuchQueue = () =>
  sqsError('QueueDoesNotExist', 'The specified queue does not exist.', 'AWS.SimpleQueueService.NonExistentQueue');

export const invalidParameter = (message: string) =>
  sqsError('InvalidParameterValueException', message, 'InvalidParameterValue');

export const invalidValue = (value: unknown, parameter: string, reason: string) =>
  invalidParameter(`Value ${value} for parameter ${parameter} is invalid. Reason: ${reason}`);

export const missingParameter = (name: string) =>
  sqsError('MissingRequiredParameterException', `The request must contain the parameter ${name}.`, 'MissingParameter');

export const invalidHandle = (handle: string) =>
  sqsError('ReceiptHandleIsInvalid', `The input receipt handle "${handle}" is not a valid receipt handle.`);
