import { AwsError } from '../../core/aws-error';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);

/** The form in which AWS refuses a member that is out of its bounds. */
export const constraint = (value: string, member: string, rule: string): AwsError =>
  validation(
    `1 validation error detected: Value ${value}at '${member}' failed to satisfy constraint: Member must ${rule}`,
  );

export const notFound = (message: string): AwsError => new AwsError('NotFoundException', message);

export const noSuchKey = (arn: string): AwsError => notFound(`Key '${arn}' does not exist`);

export const noSuchAlias = (arn: string): AwsError => notFound(`Alias ${arn} is not found.`);

export const invalidState = (message: string): AwsError => new AwsError('KMSInvalidStateException', message);

/** KMS says no more than the name of this error: not whether the blob, the context or the key is wrong. */
export const invalidCiphertext = (): AwsError => new AwsError('InvalidCiphertextException', '');

export const incorrectKey = (): AwsError =>
  new AwsError(
    'IncorrectKeyException',
    'The key ID in the request does not identify a CMK that can perform this operation.',
  );

export const accessDenied = (message: string): AwsError => new AwsError('AccessDeniedException', message);
