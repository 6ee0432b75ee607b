import { createHash } from 'node:crypto';
import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { CloudContext, Operation } from '../../core/service';
import type { Bucket, Buckets } from './bucket';
import { DESCRIBING_MEMBERS, headersOf, membersOf, parseTagging } from './object-headers';
import type { NewObject, Objects, StoredObject } from './objects';

// biome-ignore lint/suspicious/noExplicitAny: as the SDK shapes it.
type Input = any;

/** Objects one by one. Bodies are buffers. */
export function objectOperations(context: CloudContext, buckets: Buckets, objects: Objects): Record<string, Operation> {
  const put = (bucket: Bucket, given: NewObject) => {
    const object = objects.put(bucket, given);
    return {
      ETag: object.etag,
      ...versionMember(object),
      ...encryptionMember(object),
    };
  };

  return {
    PutObject: (input) => {
      refuseUnknown('PutObject', input, [
        'Bucket',
        'Key',
        'Body',
        'ContentMD5',
        'IfMatch',
        'IfNoneMatch',
        ...DESCRIBING_MEMBERS,
      ]);
      const bucket = buckets.get(input.Bucket);
      const bytes = Buffer.isBuffer(input.Body) ? input.Body : Buffer.from(input.Body ?? '');
      if (input.ContentMD5 && createHash('md5').update(bytes).digest('base64') !== input.ContentMD5) {
        throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
      }
      checkWriteCondition(input, objects.find(bucket, input.Key));
      return put(bucket, { ...describedBy('PutObject', bucket, input), bytes });
    },

    GetObject: (input) => {
      refuseUnknown('GetObject', input, ['Bucket', 'Key', 'VersionId', 'Range', ...READ_CONDITIONS, 'ChecksumMode']);
      const object = objects.get(buckets.get(input.Bucket), input.Key, input.VersionId);
      checkReadCondition(input, object);
      const bytes = objects.read(object);
      const range = input.Range === undefined ? undefined : rangeOf(input.Range, bytes.length);
      if (!range) return { ...describe(object), Body: bytes };
      return {
        ...describe(object),
        ContentLength: range.end - range.start + 1,
        ContentRange: `bytes ${range.start}-${range.end}/${bytes.length}`,
        Body: bytes.subarray(range.start, range.end + 1),
      };
    },

    HeadObject: (input) => {
      refuseUnknown('HeadObject', input, ['Bucket', 'Key', 'VersionId', ...READ_CONDITIONS, 'ChecksumMode']);
      const object = objects.get(buckets.get(input.Bucket), input.Key, input.VersionId);
      checkReadCondition(input, object);
      return describe(object);
    },

    DeleteObject: (input) => {
      refuseUnknown('DeleteObject', input, ['Bucket', 'Key', 'VersionId']);
      return remove(objects, buckets.get(input.Bucket), input.Key, input.VersionId);
    },

    DeleteObjects: (input) => {
      refuseUnknown('DeleteObjects', input, ['Bucket', 'Delete', 'ContentMD5', 'ChecksumAlgorithm']);
      const bucket = buckets.get(input.Bucket);
      const wanted = (input.Delete.Objects ?? []) as { Key: string; VersionId?: string }[];
      if (wanted.length > 1000) throw new AwsError('MalformedXML', 'At most 1000 keys can be deleted in one request');
      const deleted = wanted.map(({ Key, VersionId }) => {
        const { VersionId: marker, DeleteMarker } = remove(objects, bucket, Key, VersionId);
        if (VersionId !== undefined) return { Key, VersionId };
        return { Key, ...(DeleteMarker && { DeleteMarker, DeleteMarkerVersionId: marker }) };
      });
      return { Deleted: String(input.Delete.Quiet) === 'true' ? [] : deleted };
    },

    CopyObject: (input) => {
      refuseUnknown('CopyObject', input, [
        'Bucket',
        'Key',
        'CopySource',
        'MetadataDirective',
        'TaggingDirective',
        ...DESCRIBING_MEMBERS,
      ]);
      const source = copySource(input.CopySource);
      const from = objects.get(buckets.get(source.bucket), source.key, source.versionId);
      const bucket = buckets.get(input.Bucket);
      const given = describedBy('CopyObject', bucket, input);
      const replaced = input.MetadataDirective === 'REPLACE';
      const { ETag, ...rest } = put(bucket, {
        key: given.key,
        headers: replaced ? given.headers : from.headers,
        metadata: replaced ? given.metadata : from.metadata,
        tags: input.TaggingDirective === 'REPLACE' ? given.tags : from.tags,
        bytes: objects.read(from),
        etag: from.etag,
      });
      const now = new Date(context.clock.now());
      return { CopyObjectResult: { ETag, LastModified: now }, ...rest };
    },

    GetObjectTagging: (input) => {
      const object = objects.get(buckets.get(input.Bucket), input.Key, input.VersionId);
      return {
        ...versionMember(object),
        TagSet: Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value })),
      };
    },

    PutObjectTagging: (input) => {
      const bucket = buckets.get(input.Bucket);
      const object = objects.get(bucket, input.Key, input.VersionId);
      const tags = (input.Tagging.TagSet ?? []) as { Key: string; Value: string }[];
      objects.retag(bucket, object, Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value])));
      return versionMember(object);
    },

    DeleteObjectTagging: (input) => {
      const bucket = buckets.get(input.Bucket);
      objects.retag(bucket, objects.get(bucket, input.Key, input.VersionId), {});
    },
  };
}

/** What a request says about the object that it makes. */
export function describedBy(operation: string, bucket: Bucket, input: Input): Omit<NewObject, 'bytes' | 'etag'> {
  if (input.StorageClass !== undefined && input.StorageClass !== 'STANDARD') {
    throw notImplemented(`${operation}: StorageClass ${input.StorageClass}`);
  }
  if (input.ACL !== undefined && !['private', 'bucket-owner-full-control'].includes(input.ACL)) {
    throw notImplemented(`${operation}: ACL ${input.ACL}`);
  }
  const key = String(input.Key);
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  return {
    key,
    headers: { ...defaultEncryption(bucket), ...headersOf(input) },
    metadata: input.Metadata ?? {},
    tags: parseTagging(input.Tagging),
  };
}

/** Objects say how they are encrypted. (Here they are not: the files are as readable as everything on this machine.) */
function defaultEncryption(bucket: Bucket): Record<string, string> {
  type Rule = { ApplyServerSideEncryptionByDefault?: { SSEAlgorithm?: string; KMSMasterKeyID?: string } };
  const rules = (bucket.settings.encryption as { Rules?: Rule[] } | undefined)?.Rules;
  const rule = rules?.[0]?.ApplyServerSideEncryptionByDefault;
  return {
    'x-amz-server-side-encryption': rule?.SSEAlgorithm ?? 'AES256',
    ...(rule?.KMSMasterKeyID && { 'x-amz-server-side-encryption-aws-kms-key-id': rule.KMSMasterKeyID }),
  };
}

const describe = (object: StoredObject) => ({
  ...membersOf(object.headers),
  ...versionMember(object),
  ETag: object.etag,
  ContentLength: object.size,
  LastModified: new Date(object.modifiedAt),
  AcceptRanges: 'bytes',
  Metadata: object.metadata,
  ...(Object.keys(object.tags).length > 0 && { TagCount: Object.keys(object.tags).length }),
});

export const versionMember = (object: StoredObject): { VersionId?: string } =>
  object.versionId === 'null' ? {} : { VersionId: object.versionId };

const encryptionMember = (object: StoredObject) => ({
  ServerSideEncryption: object.headers['x-amz-server-side-encryption'],
});

function remove(objects: Objects, bucket: Bucket, key: string, versionId: string | undefined) {
  const touched = versionId === undefined ? objects.delete(bucket, key) : objects.deleteVersion(bucket, key, versionId);
  return { ...(touched && versionMember(touched)), ...(touched?.deleteMarker && { DeleteMarker: true }) };
}

const READ_CONDITIONS = ['IfMatch', 'IfNoneMatch', 'IfModifiedSince', 'IfUnmodifiedSince'];

function checkReadCondition(input: Input, object: StoredObject): void {
  const since = (text: string) => Math.floor(object.modifiedAt / 1000) * 1000 > Date.parse(text);
  if (input.IfMatch !== undefined && !etagMatches(input.IfMatch, object)) throw preconditionFailed('If-Match');
  if (input.IfMatch === undefined && input.IfUnmodifiedSince !== undefined && since(input.IfUnmodifiedSince)) {
    throw preconditionFailed('If-Unmodified-Since');
  }
  const unchanged =
    input.IfNoneMatch !== undefined
      ? etagMatches(input.IfNoneMatch, object)
      : input.IfModifiedSince !== undefined && !since(input.IfModifiedSince);
  if (unchanged) throw new AwsError('NotModified', 'Not Modified', { status: 304 });
}

/** `If-None-Match: *` creates only, `If-Match: <etag>` replaces only that. */
export function checkWriteCondition(input: Input, before: StoredObject | undefined): void {
  const existing = before?.deleteMarker ? undefined : before;
  if (input.IfNoneMatch !== undefined) {
    if (input.IfNoneMatch !== '*') throw notImplemented('PutObject: IfNoneMatch with an ETag');
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

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined (the whole object) for anything else, as S3 does. */
function rangeOf(header: string, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header);
  if (!match || (match[1] === '' && match[2] === '')) return undefined;
  const start = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1]);
  const end = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1);
  if (start >= size || start > end) {
    throw new AwsError('InvalidRange', 'The requested range is not satisfiable', {
      status: 416,
      fields: { RangeRequested: header, ActualObjectSize: size },
    });
  }
  return { start, end };
}

function copySource(text: string): { bucket: string; key: string; versionId?: string } {
  const [path = '', query = ''] = text.split('?');
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path));
  if (!match) throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key');
  const versionId = new URLSearchParams(query).get('versionId');
  return { bucket: match[1]!, key: match[2]!, ...(versionId && { versionId }) };
}
