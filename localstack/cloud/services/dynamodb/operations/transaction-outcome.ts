import { AwsError } from '../../../core/aws-error';

/** Why one action of a transaction could not be done; `None` when it could have been. */
export type Reason = { readonly Code: string; readonly Message?: string; readonly Item?: unknown };

export const FINE: Reason = { Code: 'None' };

/** Runs one step of an action; what goes wrong because of that action alone becomes its reason. */
export function attempted(run: () => void): Reason {
  try {
    run();
    return FINE;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const Message = error.message;
    if (error.code === 'ConditionalCheckFailedException')
      return { Code: 'ConditionalCheckFailed', Message, ...error.fields };
    // AWS answers an empty key at once, not as a cancellation.
    if (error.code === 'ValidationException' && !Message.includes('The AttributeValue for a key attribute cannot'))
      return { Code: 'ValidationError', Message };
    throw error;
  }
}

/** One action in the way of all: the transaction is cancelled, with a reason for each, in their order. */
export function throwIfCancelled(reasons: readonly Reason[]): void {
  if (reasons.some(({ Code }) => Code !== 'None')) throw cancelled(reasons);
}

export function cancelled(reasons: readonly Reason[]): AwsError {
  const codes = reasons.map(({ Code }) => Code).join(', ');
  return new AwsError(
    'TransactionCanceledException',
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${codes}]`,
    { fields: { CancellationReasons: reasons } },
  );
}
