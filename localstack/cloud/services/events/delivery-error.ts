import { AwsError } from '../../core/aws-error';
import { BadJson } from './delivery';

/** Why a delivery failed, in the words of the dead-letter queue, and whether another try can help. */
export type DeliveryError = { readonly code: string; readonly message: string; readonly retriable: boolean };

/** What only a change of the configuration can repair is not tried again. */
const PERMANENT = [
  'INVALID_JSON',
  'INVALID_PARAMETER',
  'NO_PERMISSIONS',
  'NO_RESOURCE',
  'THIRD_ACCOUNT_HOP_DETECTED',
  'THIRD_REGION_HOP_DETECTED',
];

/** The others that AWS lists: a fault may ask for one by its name. */
const TRANSIENT = [
  'CONNECTION_FAILURE',
  'CROSS_ACCOUNT_INGESTION_FAILED',
  'CROSS_REGION_INGESTION_FAILED',
  'ERROR_FROM_TARGET',
  'EVENTS_IN_BATCH_REQUEST_REJECTED',
  'FAILED_TO_ASSUME_ROLE',
  'INTERNAL_ERROR',
  'RESOURCE_ALREADY_EXISTS',
  'RESOURCE_LIMIT_EXCEEDED',
  'RESOURCE_MODIFICATION_COLLISION',
  'SDK_CLIENT_ERROR',
  'THROTTLING',
  'TIMEOUT',
  'TRANSIENT_ASSUME_ROLE',
  'UNKNOWN',
];

/** Codes of targets' own errors, by what EventBridge makes of them. */
const FROM_TARGET: Readonly<Record<string, readonly string[]>> = {
  NO_RESOURCE: [
    'ResourceNotFoundException',
    'QueueDoesNotExist',
    'AWS.SimpleQueueService.NonExistentQueue',
    'NotFound',
  ],
  NO_PERMISSIONS: ['AccessDenied', 'AccessDeniedException', 'AuthorizationError', 'KmsAccessDenied', 'KMSAccessDenied'],
  THROTTLING: ['TooManyRequestsException', 'ThrottlingException', 'RequestThrottled', 'Throttling'],
  INVALID_PARAMETER: [
    'InvalidParameter',
    'InvalidParameterValue',
    'InvalidParameterValueException',
    'InvalidParameterCombination',
    'ValidationException',
    'InvalidMessageContents',
    'InvalidRequestContentException',
    'MissingRequiredParameterException',
  ],
};

/**
 * What an error means for the event. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-dlq.html lists
 * the codes; how targets' errors fall among them is not published.
 */
export function deliveryError(error: unknown): DeliveryError {
  const message = error instanceof Error ? error.message : String(error);
  const code = codeOf(error);
  return { code, message, retriable: !PERMANENT.includes(code) };
}

function codeOf(error: unknown): string {
  if (error instanceof BadJson) return 'INVALID_JSON';
  if (!(error instanceof AwsError)) return 'ERROR_FROM_TARGET';
  const { code } = error;
  if (PERMANENT.includes(code) || TRANSIENT.includes(code)) return code;
  return Object.keys(FROM_TARGET).find((one) => FROM_TARGET[one]!.includes(code)) ?? 'ERROR_FROM_TARGET';
}
