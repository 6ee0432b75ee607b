import { AwsError, notImplemented, refuseUnknown } from '../../core/aws-error';
import type { Call, CloudContext, Operation } from '../../core/service';
import { checkAcl } from './acl-operations';
import type { Bucket, Buckets } from './bucket';
import { partRangeOf, rangeOf } from './byte-range';
import { algorithmNamed, CHECKSUM_MEMBERS, checksumMembers, checksumOf, givenChecksum } from './checksums';
import { findCopySource } from './copy-source';
import { KmsEncryption } from './kms-encryption';
import type { Announce } from './notifications/change';
import { COPY_CONDITIONS, checkReadCondition, checkWriteCondition, READ_CONDITIONS } from './object-conditions';
import { DESCRIBING_MEMBERS, headersOf, membersOf, parseTagging, RESPONSE_HEADERS } from './object-headers';
import type { NewObject, Objects, StoredObject } from './objects';
import { STORAGE_CLASSES } from './storage-classes';

// biome-ignore lint/suspicious/noExplicitAny: as the SDK shapes it.
type Input = any;

/** Objects one by one. Bodies are buffers. `announce` hears of every change. */
export function objectOperations(
  context: CloudContext,
  buckets: Buckets,
  objects: Objects,
  announce: Announce,
): Record<string, Operation> {
  const encryption = new KmsEncryption(context.registry);
  const remove = (call: Call, bucket: Bucket, key: string, versionId: string | undefined) => {
    const { removed, marker } =
      versionId === undefined ? objects.delete(bucket, key) : objects.deleteVersion(bucket, key, versionId);
    if (marker) announce(bucket, { kind: 'marked', object: marker, call });
    else if (removed) announce(bucket, { kind: 'removed', object: removed, call });
    const touched = marker ?? (versionId === undefined ? undefined : removed);
    return { ...(touched && versionMember(touched)), ...(touched?.deleteMarker && { DeleteMarker: true }) };
  };

  /** What a GET or HEAD of an object is about: all of it, or a range or part. */
  const select = (operation: string, input: Input) => {
    refuseUnknown(operation, input, READ_MEMBERS);
    const object = objects.get(buckets.get(input.Bucket), input.Key, input.VersionId);
    checkReadCondition(input, object);
    const { size, parts } = object;
    const range =
      input.PartNumber !== undefined
        ? partRangeOf(input.PartNumber, size, parts)
        : input.Range !== undefined && size > 0
          ? rangeOf(input.Range, size)
          : undefined;
    const described: Record<string, unknown> = {
      ...describe(object),
      ...(range === undefined && input.ChecksumMode === 'ENABLED' && checksumMembers(object.checksum)),
      ...(input.PartNumber !== undefined && parts && { PartsCount: parts.length }),
      ...(range !== undefined &&
        size > 0 && {
          ContentLength: range.end - range.start + 1,
          ContentRange: `bytes ${range.start}-${range.end}/${size}`,
        }),
    };
    for (const [member, kept] of RESPONSE_HEADERS) {
      if (input[member] !== undefined) described[kept] = input[member];
    }
    return { object, range, described };
  };

  return {
    PutObject: (input, call) => {
      refuseUnknown('PutObject', input, [
        'Bucket',
        'Key',
        'Body',
        'IfMatch',
        'IfNoneMatch',
        ...CHECKSUM_MEMBERS,
        ...DESCRIBING_MEMBERS,
      ]);
      const bucket = buckets.get(input.Bucket);
      checkWriteCondition('PutObject', input, objects.find(bucket, input.Key));
      const bytes = Buffer.isBuffer(input.Body) ? input.Body : Buffer.from(input.Body ?? '');
      const described = describedBy('PutObject', bucket, input);
      const object = objects.put(bucket, {
        ...described,
        headers: encryption.toWrite(described.headers, bucket.name, described.key, call),
        bytes,
        checksum: givenChecksum(input),
      });
      announce(bucket, { kind: 'put', object, call });
      return writtenMembers(object);
    },

    GetObject: (input, call) => {
      const { object, range, described } = select('GetObject', input);
      encryption.toRead(object.headers, input.Bucket, input.Key, call);
      const bytes = objects.read(object);
      return { ...described, Body: range ? bytes.subarray(range.start, range.end + 1) : bytes };
    },

    HeadObject: (input) => select('HeadObject', input).described,

    DeleteObject: (input, call) => {
      refuseUnknown('DeleteObject', input, ['Bucket', 'Key', 'VersionId']);
      return remove(call, buckets.get(input.Bucket), input.Key, input.VersionId);
    },

    DeleteObjects: (input, call) => {
      refuseUnknown('DeleteObjects', input, ['Bucket', 'Delete', 'ChecksumAlgorithm']);
      const bucket = buckets.get(input.Bucket);
      refuseUnknown('DeleteObjects: Delete', input.Delete ?? {}, ['Objects', 'Quiet']);
      const wanted = (input.Delete?.Objects ?? []) as { Key: string; VersionId?: string }[];
      if (wanted.length === 0 || wanted.length > 1000) {
        throw new AwsError(
          'MalformedXML',
          'The XML you provided was not well-formed or did not validate against our published schema',
        );
      }
      const deleted = wanted.map((one) => {
        refuseUnknown('DeleteObjects: Object', one, ['Key', 'VersionId']);
        const { Key, VersionId } = one;
        const { VersionId: marker, DeleteMarker } = remove(call, bucket, Key, VersionId);
        if (VersionId !== undefined) {
          return { Key, VersionId, ...(DeleteMarker && { DeleteMarker, DeleteMarkerVersionId: marker }) };
        }
        return { Key, ...(DeleteMarker && { DeleteMarker, DeleteMarkerVersionId: marker }) };
      });
      return { Deleted: String(input.Delete.Quiet) === 'true' ? [] : deleted };
    },

    CopyObject: (input, call) => {
      refuseUnknown('CopyObject', input, [
        'Bucket',
        'Key',
        'CopySource',
        'MetadataDirective',
        'TaggingDirective',
        ...COPY_CONDITIONS,
        ...DESCRIBING_MEMBERS,
      ]);
      const { source, from } = findCopySource(input, buckets, objects);
      const bucket = buckets.get(input.Bucket);
      const given = describedBy('CopyObject', bucket, input);
      const replaced = input.MetadataDirective === 'REPLACE';
      const itself = source.bucket === bucket.name && source.key === given.key && source.versionId === undefined;
      if (itself && !replaced && !CHANGES_OF_A_COPY.some((member) => input[member] !== undefined)) {
        throw new AwsError(
          'InvalidRequest',
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
        );
      }
      encryption.toRead(from.headers, source.bucket, source.key, call);
      const headers = replaced ? given.headers : { ...unencrypted(from.headers), ...encryptionOf(given.headers) };
      const bytes = objects.read(from);
      const algorithm = input.ChecksumAlgorithm ? algorithmNamed(input.ChecksumAlgorithm) : from.checksum?.algorithm;
      const object = objects.put(bucket, {
        key: given.key,
        headers: encryption.toWrite(headers, bucket.name, given.key, call),
        metadata: replaced ? given.metadata : from.metadata,
        tags: input.TaggingDirective === 'REPLACE' ? given.tags : from.tags,
        storageClass: given.storageClass,
        bytes,
        checksum: algorithm && { algorithm, value: checksumOf(algorithm, bytes), type: 'FULL_OBJECT' },
      });
      announce(bucket, { kind: 'copied', object, call });
      return {
        ...versionMember(object),
        CopyObjectResult: {
          ETag: object.etag,
          LastModified: new Date(context.clock.now()),
          ...checksumMembers(object.checksum),
        },
      };
    },

    GetObjectTagging: (input) => {
      const object = objects.get(buckets.get(input.Bucket), input.Key, input.VersionId);
      return {
        ...versionMember(object),
        TagSet: Object.entries(object.tags).map(([Key, Value]) => ({ Key, Value })),
      };
    },

    PutObjectTagging: (input, call) => {
      const bucket = buckets.get(input.Bucket);
      const object = objects.get(bucket, input.Key, input.VersionId);
      const tags = (input.Tagging?.TagSet ?? []) as { Key: string; Value: string }[];
      const set = Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
      if (Object.keys(set).length !== tags.length) {
        throw new AwsError('InvalidTag', 'Cannot provide multiple Tags with the same key');
      }
      checkTagCount(set);
      objects.retag(bucket, object, set);
      announce(bucket, { kind: 'tagged', object, call });
      return versionMember(object);
    },

    DeleteObjectTagging: (input, call) => {
      const bucket = buckets.get(input.Bucket);
      const object = objects.get(bucket, input.Key, input.VersionId);
      objects.retag(bucket, object, {});
      announce(bucket, { kind: 'untagged', object, call });
      return versionMember(object);
    },
  };
}

const READ_MEMBERS = [
  'Bucket',
  'Key',
  'VersionId',
  'Range',
  'PartNumber',
  'ChecksumMode',
  ...READ_CONDITIONS,
  ...RESPONSE_HEADERS.map(([member]) => member),
];

/** With one of these an object may be copied onto itself. */
const CHANGES_OF_A_COPY = ['StorageClass', 'ServerSideEncryption', 'SSEKMSKeyId', 'ChecksumAlgorithm'];

/** What a request says about the object that it makes. */
export function describedBy(
  operation: string,
  bucket: Bucket,
  input: Input,
): Pick<NewObject, 'key' | 'headers' | 'metadata' | 'tags' | 'storageClass'> {
  if (input.StorageClass !== undefined && !STORAGE_CLASSES.includes(input.StorageClass)) {
    throw notImplemented(`${operation}: StorageClass ${input.StorageClass}`);
  }
  checkAcl(operation, bucket, input.ACL);
  const key = String(input.Key);
  if (Buffer.byteLength(key) > 1024) throw new AwsError('KeyTooLongError', 'Your key is too long');
  const tags = parseTagging(input.Tagging);
  checkTagCount(tags);
  return {
    key,
    headers: { ...defaultEncryption(bucket), ...headersOf(input) },
    metadata: input.Metadata ?? {},
    tags,
    storageClass: input.StorageClass === 'STANDARD' ? undefined : input.StorageClass,
  };
}

function checkTagCount(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > 10) throw new AwsError('BadRequest', 'Object tags cannot be greater than 10');
}

/** The headers among these that say how an object is encrypted. */
const encryptionOf = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('x-amz-server-side-encryption')));

const unencrypted = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-amz-server-side-encryption')));

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
  ...(object.storageClass && { StorageClass: object.storageClass }),
  ...(Object.keys(object.tags).length > 0 && { TagCount: Object.keys(object.tags).length }),
});

export const versionMember = (object: StoredObject): { VersionId?: string } =>
  object.versionId === 'null' ? {} : { VersionId: object.versionId };

const writtenMembers = (object: StoredObject) => ({
  ETag: object.etag,
  ...versionMember(object),
  ...checksumMembers(object.checksum),
  ServerSideEncryption: object.headers['x-amz-server-side-encryption'],
  SSEKMSKeyId: object.headers['x-amz-server-side-encryption-aws-kms-key-id'],
});
