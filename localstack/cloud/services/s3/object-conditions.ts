import { AwsError, notImplemented } from '../../core/aws-error';
import type { StoredObject } from './objects';

// biome-ignore lint/suspicious/noExplicitAny: as the SDK shapes it.
type Input = any;

export const READ_CONDITIONS = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince'];
export const COPY_CONDITIONS = READ_CONDITIONS.map((name) => `CopySource${name}`);

/** RFC 9110's conditions of a GET or HEAD: 412 `PreconditionFailed`, or 304 for what has not changed. */
export function checkReadCondition(input: Input, object: StoredObject): void {
  const failed = unmet(input, '', object);
  if (failed === 'If-None-Match' || failed === 'If-Modified-Since') {
    throw new AwsError('NotModified', 'Not Modified', { status: 304 });
  }
  if (failed) throw preconditionFailed(failed);
}

/** The same of the source of a copy, which is never just "not modified". */
export function checkCopyCondition(input: Input, source: StoredObject): void {
  const failed = unmet(input, 'CopySource', source);
  if (failed) throw preconditionFailed(`x-amz-copy-source-${failed.toLowerCase()}`);
}

/** A condition on the ETag goes before the one on the time that it comes with. */
function unmet(input: Input, prefix: string, object: StoredObject): string | undefined {
  const given = (name: string): string | undefined => input[`${prefix}${name}`];
  const modifiedSince = (text: string) => Math.floor(object.modifiedAt / 1000) * 1000 > Date.parse(text);
  const match = given('IfMatch');
  const unmodifiedSince = given('IfUnmodifiedSince');
  if (match !== undefined) {
    if (!etagMatches(match, object)) return 'If-Match';
  } else if (unmodifiedSince !== undefined && modifiedSince(unmodifiedSince)) return 'If-Unmodified-Since';
  const noneMatch = given('IfNoneMatch');
  const since = given('IfModifiedSince');
  if (noneMatch !== undefined) return etagMatches(noneMatch, object) ? 'If-None-Match' : undefined;
  return since !== undefined && !modifiedSince(since) ? 'If-Modified-Since' : undefined;
}

/** `If-None-Match: *` creates only, `If-Match: <etag>` replaces only that. */
export function checkWriteCondition(operation: string, input: Input, before: StoredObject | undefined): void {
  const existing = before?.deleteMarker ? undefined : before;
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== '*') throw notImplemented(`${operation}: IfNoneMatch with an ETag`);
    if (existing) throw preconditionFailed('If-None-Match');
  }
  if (input.IfMatch !== undefined) {
    if (!existing) throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
    if (!etagMatches(input.IfMatch, existing)) throw preconditionFailed('If-Match');
  }
}

const etagMatches = (wanted: string, object: StoredObject): boolean =>
  wanted.split(',').some((etag) => etag.trim() === '*' || etag.trim().replaceAll('"', '') === object.etag.slice(1, -1));

const preconditionFailed = (condition: string) =>
  new AwsError('PreconditionFailed', 'At least one of the pre-conditions you specified did not hold', {
    status: 412,
    fields: { Condition: condition },
  });
