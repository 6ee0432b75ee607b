import { AwsError } from '../../core/aws-error';
import { sqsError } from './errors';

type Entry = { readonly Id: string };
type EntryError = { readonly SenderFault: boolean; readonly Code: string; readonly Message: string };
type Failure = EntryError & { readonly Id: string };

/** Checks what all batch operations check of their entries. `action` is as in AWS's message: `Send`. */
export function checkBatch(entries: unknown, action: string): asserts entries is readonly Entry[] {
  const prefix = 'AWS.SimpleQueueService.';
  if (!Array.isArray(entries) || entries.length === 0) {
    throw sqsError(
      'EmptyBatchRequest',
      `There should be at least one ${action}BatchRequestEntry in the request.`,
      `${prefix}EmptyBatchRequest`,
    );
  }
  if (entries.length > 10) {
    throw sqsError(
      'TooManyEntriesInBatchRequest',
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
      `${prefix}TooManyEntriesInBatchRequest`,
    );
  }
  const ids = new Set<string>();
  for (const { Id } of entries as Entry[]) {
    if (typeof Id !== 'string' || !/^[A-Za-z0-9_-]{1,80}$/.test(Id)) {
      throw sqsError(
        'InvalidBatchEntryId',
        'A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.',
        `${prefix}InvalidBatchEntryId`,
      );
    }
    if (ids.has(Id)) {
      throw sqsError('BatchEntryIdsNotDistinct', `Id ${Id} repeated.`, `${prefix}BatchEntryIdsNotDistinct`);
    }
    ids.add(Id);
  }
}

/** Runs each entry by itself: an AWS error of one is its failure, not the batch's. `strike`: what fails it before that. */
export function runBatch<E extends Entry>(
  entries: readonly E[],
  run: (entry: E) => object | undefined,
  strike?: () => EntryError | undefined,
): object {
  const Successful: object[] = [];
  const Failed: Failure[] = [];
  for (const entry of entries) {
    const struck = strike?.();
    if (struck) {
      Failed.push({ Id: entry.Id, ...struck });
      continue;
    }
    try {
      Successful.push({ Id: entry.Id, ...run(entry) });
    } catch (error) {
      if (!(error instanceof AwsError) || error.status >= 500) throw error;
      const code = error.fields.queryErrorCode;
      Failed.push({
        Id: entry.Id,
        SenderFault: true,
        Code: typeof code === 'string' ? code : error.code,
        Message: error.message,
      });
    }
  }
  return { Successful, Failed };
}
