/**
 * Reads `{"batchItemFailures":[{"itemIdentifier":"…"}]}`.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-ddb-batchfailurereporting.html: nothing, `{}` and an empty or
 * null list mean success; an identifier that is empty, null, missing or not of this batch means that all failed.
 */
export function failedItems(payload: string, known: (identifier: string) => boolean): 'all' | ReadonlySet<string> {
  let response: unknown;
  try {
    response = payload === '' ? null : JSON.parse(payload);
  } catch {
    return 'all';
  }
  if (response === null) return new Set();
  if (typeof response !== 'object' || Array.isArray(response)) return 'all';
  const failures = (response as { batchItemFailures?: unknown }).batchItemFailures;
  if (failures === undefined || failures === null) return new Set();
  if (!Array.isArray(failures)) return 'all';
  const failed = new Set<string>();
  for (const failure of failures) {
    const identifier = (failure as { itemIdentifier?: unknown } | null)?.itemIdentifier;
    if (typeof identifier !== 'string' || identifier === '' || !known(identifier)) return 'all';
    failed.add(identifier);
  }
  return failed;
}
