import type { Telemetry } from '../application/telemetry';

/**
 * What every function does around its work: errors are logged with what was going on and thrown on, so that the
 * caller's retries and dead-letter queue take over; metrics and errors of the invocation are written whatever happened.
 */
export function observed<Event, Answer>(telemetry: Telemetry, work: (event: Event) => Promise<Answer>) {
  return async (event: Event): Promise<Answer> => {
    try {
      return await work(event);
    } catch (error) {
      telemetry.count('Errors');
      telemetry.error('failed', error);
      throw error;
    } finally {
      await telemetry.flush();
    }
  };
}

/** A Lambda batch answer: which records are to be delivered again. */
export type BatchAnswer = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/**
 * Works through a batch, all records at once; those that fail come back, the others are done. For sources with
 * ReportBatchItemFailures where the order of records means nothing.
 */
export async function eachOnItsOwn<Item>(
  telemetry: Telemetry,
  items: readonly Item[],
  identifierOf: (item: Item) => string,
  work: (item: Item) => Promise<unknown>,
): Promise<BatchAnswer> {
  const results = await Promise.allSettled(items.map(work));
  const batchItemFailures = results.flatMap((result, i) => {
    if (result.status === 'fulfilled') return [];
    const itemIdentifier = identifierOf(items[i] as Item);
    telemetry.count('Errors');
    telemetry.error('record failed', result.reason, { itemIdentifier });
    return [{ itemIdentifier }];
  });
  return { batchItemFailures };
}
