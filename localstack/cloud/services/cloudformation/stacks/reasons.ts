import { AwsError } from '../../../core/aws-error';
import { uuid } from '../../../core/ids';
import { asAwsError } from '../../../core/registry';
import { ResourceFault } from '../resources/handler';

/** What the SDK that CloudFormation's resource handlers use calls the services. */
const SERVICE_NAMES: Readonly<Record<string, string>> = {
  dynamodb: 'DynamoDb',
  events: 'EventBridge',
  iam: 'Iam',
  kms: 'Kms',
  lambda: 'Lambda',
  logs: 'CloudWatchLogs',
  s3: 'S3',
  scheduler: 'Scheduler',
  secretsmanager: 'SecretsManager',
  sqs: 'Sqs',
  ssm: 'Ssm',
};

/**
 * The codes by which resource handlers classify what services answer.
 * https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-test-contract-errors.html
 */
const HANDLER_ERROR_CODES: readonly (readonly [service: RegExp, handler: string])[] = [
  [/AlreadyExists|AlreadyOwnedByYou|QueueNameExists|ResourceInUse|ResourceConflict|^Conflict/, 'AlreadyExists'],
  [/NotFound|NoSuch|NonExistent|DoesNotExist/, 'NotFound'],
  [/AccessDenied|UnauthorizedOperation/, 'AccessDenied'],
  [/Throttl|TooManyRequests|RequestLimitExceeded/, 'Throttling'],
  [/LimitExceeded|QuotaExceeded/, 'ServiceLimitExceeded'],
  [/InternalFailure|InternalServer|InternalError|ServiceException|ServiceUnavailable/, 'ServiceInternalError'],
  [/Invalid|Validation|Malformed|Mismatch|BadRequest|Unsupported/, 'InvalidRequest'],
];

/**
 * Why a resource failed, in the frame that CloudFormation puts around it. `service`: whose answer it was; undefined for
 * what the resource's handler found by itself.
 */
export function reasonOf(error: unknown, service: string | undefined): string {
  if (error instanceof ResourceFault) return error.message;
  const { code, message, status } = asAwsError(error);
  // What the local cloud does not do is nothing that AWS would say.
  if (code === 'NotImplemented') return message;
  if (!(error instanceof AwsError)) return `Internal failure: ${message}`;
  const from = service
    ? ` (Service: ${SERVICE_NAMES[service] ?? service}, Status Code: ${status}, Request ID: ${uuid()})`
    : '';
  const known = HANDLER_ERROR_CODES.find(([pattern]) => pattern.test(code))?.[1];
  const handlerCode = known ?? (status >= 500 ? 'ServiceInternalError' : 'GeneralServiceException');
  return `Resource handler returned message: "${message}${from}" (RequestToken: ${uuid()}, HandlerErrorCode: ${handlerCode})`;
}
