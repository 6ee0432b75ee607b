import { AwsError } from '../../core/aws-error';

/** One page of a list, with the token of the next one behind it. Throws `InvalidNextToken` or `ValidationException`. */
export function page<T>(
  items: readonly T[],
  { MaxResults, NextToken }: { readonly MaxResults?: number; readonly NextToken?: string },
  usual: number,
  most: number,
  result: (items: readonly T[]) => object,
): object {
  if (MaxResults !== undefined && (MaxResults < 1 || MaxResults > most)) {
    const bound = MaxResults < 1 ? 'greater than or equal to 1' : `less than or equal to ${most}`;
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value ${bound}.`,
    );
  }
  const start = Number(NextToken || 0);
  if (!Number.isInteger(start) || start < 0)
    throw new AwsError('InvalidNextToken', 'The specified token is not valid.');
  const end = start + (MaxResults ?? usual);
  return { ...result(items.slice(start, end)), ...(end < items.length && { NextToken: String(end) }) };
}
