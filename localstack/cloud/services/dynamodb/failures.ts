import { AwsError } from '../../core/aws-error';
import { conditionFailed } from './errors';
import { cancelled, FINE, type Reason } from './operations/transaction-outcome';
import type { BillingMode } from './table/table-record';

const PROVISIONED_EXCEEDED =
  'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.';
const ON_DEMAND_EXCEEDED =
  'Throughput exceeds the current capacity of your table or index. DynamoDB is automatically scaling your table or index so please try again shortly. If exceptions persist, check if you have a hot key: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-design.html';
const ONGOING = 'Transaction is ongoing for the item';

const error = (code: string, message: string, status = 400) => new AwsError(code, message, { status });

export const provisionedExceeded = (): AwsError =>
  error('ProvisionedThroughputExceededException', PROVISIONED_EXCEEDED);

/** DynamoDB's own errors, by the name that a fault rule gives them. */
const BY_CODE: Readonly<Record<string, () => AwsError>> = {
  InternalServerError: () => error('InternalServerError', 'Internal server error', 500),
  ServiceUnavailable: () => error('ServiceUnavailable', 'Service is temporarily unavailable', 503),
  ProvisionedThroughputExceededException: provisionedExceeded,
  ThrottlingException: () => error('ThrottlingException', ON_DEMAND_EXCEEDED),
  RequestLimitExceeded: () =>
    error(
      'RequestLimitExceeded',
      'Throughput exceeds the current throughput limit for your account. Please contact AWS Support at https://aws.amazon.com/support to request a limit increase',
    ),
  ConditionalCheckFailedException: () => conditionFailed(undefined),
  TransactionConflictException: () => error('TransactionConflictException', ONGOING),
  TransactionInProgressException: () =>
    error('TransactionInProgressException', 'The transaction with the given request token is already in progress.'),
  ItemCollectionSizeLimitExceededException: () =>
    error('ItemCollectionSizeLimitExceededException', 'Collection size exceeded.'),
};

const STREAMS_BY_CODE: Readonly<Record<string, () => AwsError>> = {
  InternalServerError: BY_CODE.InternalServerError as () => AwsError,
  LimitExceededException: () => error('LimitExceededException', 'Rate of requests exceeds the allowed throughput.'),
  ExpiredIteratorException: () => error('ExpiredIteratorException', 'Iterator expired.'),
  TrimmedDataAccessException: () =>
    error('TrimmedDataAccessException', 'The operation attempted to read past the oldest stream record in a shard.'),
};

/** Operations on items; the others are throttled by their rate. */
const ON_ITEMS = /^(Get|Put|Update|Delete|BatchGet|BatchWrite)Item$|^Query$|^Scan$|^Transact(Get|Write)Items$/;

/**
 * How a call fails when the adversary wants it to. A transaction is cancelled on account of its first action, as it is when
 * that one meets another transaction or a hot partition.
 */
export function dynamoDbFailure(
  kind: 'error' | 'throttle',
  operation: string,
  input: unknown,
  code: string | undefined,
  billing: BillingMode,
): AwsError | undefined {
  const actions = (input as { TransactItems?: unknown } | undefined)?.TransactItems;
  if (Array.isArray(actions) && actions.length > 0) {
    if (code === 'TransactionCanceledException')
      return cancelledBy({ Code: 'TransactionConflict', Message: ONGOING }, actions.length);
    if (kind === 'throttle')
      return cancelledBy(
        billing === 'PROVISIONED'
          ? { Code: 'ProvisionedThroughputExceeded', Message: PROVISIONED_EXCEEDED }
          : { Code: 'ThrottlingError', Message: ON_DEMAND_EXCEEDED },
        actions.length,
      );
  }
  if (code !== undefined) return BY_CODE[code]?.();
  if (kind === 'error') return BY_CODE.InternalServerError?.();
  if (!ON_ITEMS.test(operation))
    return error('ThrottlingException', 'Rate of requests exceeds the allowed throughput.');
  return billing === 'PROVISIONED' ? provisionedExceeded() : BY_CODE.ThrottlingException?.();
}

export function streamsFailure(kind: 'error' | 'throttle', code?: string): AwsError | undefined {
  return STREAMS_BY_CODE[code ?? (kind === 'throttle' ? 'LimitExceededException' : 'InternalServerError')]?.();
}

/** Its first action is in the way. */
const cancelledBy = (first: Reason, actions: number): AwsError =>
  cancelled([first, ...Array.from({ length: actions - 1 }, () => FINE)]);

/** The first table that a request names. */
export function tableNameIn(input: unknown): string | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { TableName, RequestItems, TransactItems } = input as Record<string, unknown>;
  if (typeof TableName === 'string') return TableName;
  if (typeof RequestItems === 'object' && RequestItems !== null) return Object.keys(RequestItems)[0];
  const [first] = Array.isArray(TransactItems) ? TransactItems : [];
  for (const part of Object.values((first ?? {}) as object)) {
    const name = (part as { TableName?: unknown } | null)?.TableName;
    if (typeof name === 'string') return name;
  }
  return undefined;
}
