import { AwsError } from '../../core/aws-error';

export const invalidParameter = (message: string): AwsError => new AwsError('InvalidParameterException', message);

export const invalidRequest = (message: string): AwsError => new AwsError('InvalidRequestException', message);

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

export const alreadyExists = (message: string): AwsError => new AwsError('ResourceExistsException', message);

export const noSuchSecret = (): AwsError =>
  new AwsError('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");

/** `what`: `VersionId: <id>` or `staging label: <label>`. */
export const noSuchValue = (what: string): AwsError =>
  new AwsError('ResourceNotFoundException', `Secrets Manager can't find the specified secret value for ${what}`);

export const markedForDeletion = (): AwsError =>
  invalidRequest("You can't perform this operation on the secret because it was marked for deletion.");
