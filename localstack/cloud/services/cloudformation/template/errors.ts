import { AwsError } from '../../../core/aws-error';

/** CloudFormation's answer to nearly everything that is wrong with a request or a template. */
export const validationError = (message: string) => new AwsError('ValidationError', message);
