import { AwsError } from '../../core/aws-error';

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html#API_Publish_Errors: the codes as they are on the wire. */
export const invalidParameter = (reason: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${reason}`);

/** What Publish says of message attributes. */
export const invalidValue = (message: string): AwsError => new AwsError('ParameterValueInvalid', message);

export const noSuchTopic = (): AwsError => new AwsError('NotFound', 'Topic does not exist', { status: 404 });

export const noSuchSubscription = (): AwsError =>
  new AwsError('NotFound', 'Subscription does not exist', { status: 404 });

export const noSuchResource = (): AwsError =>
  new AwsError('ResourceNotFound', 'Resource does not exist', { status: 404 });
