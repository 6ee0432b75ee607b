import { AwsError, refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import type { Buckets } from './bucket';
import type { Objects, StoredObject } from './objects';

const MAX_KEYS = 1000;

type Page = {
  readonly contents: readonly StoredObject[];
  readonly folders: readonly string[];
  /** The last key or folder of the page, when there is more behind it. */
  readonly next: string | undefined;
};

/** Listings of a bucket: both generations of ListObjects. */
export function listOperations(buckets: Buckets, objects: Objects): Record<string, Operation> {
  const page = (
    bucketName: string,
    options: { prefix: string; delimiter: string; after: string | undefined; limit: number },
  ): Page => {
    const bucket = buckets.get(bucketName);
    const { prefix, delimiter, after, limit } = options;
    const contents: StoredObject[] = [];
    const folders: string[] = [];
    const afterFolder = after !== undefined && delimiter !== '' && after.endsWith(delimiter);
    let scan = objects.list(bucket, prefix, after === undefined ? undefined : { key: after, folder: afterFolder });
    let last: string | undefined;
    for (let step = scan.next(); !step.done; step = scan.next()) {
      const object = step.value;
      if (object.deleteMarker) continue;
      if (contents.length + folders.length >= limit) return { contents, folders, next: last };
      const end = delimiter === '' ? -1 : object.key.indexOf(delimiter, prefix.length);
      if (end === -1) {
        contents.push(object);
        last = object.key;
        continue;
      }
      const folder = object.key.slice(0, end + delimiter.length);
      folders.push(folder);
      last = folder;
      scan = objects.list(bucket, prefix, { key: folder, folder: true });
    }
    return { contents, folders, next: undefined };
  };

  return {
    ListObjectsV2: (input, call) => {
      refuseUnknown('ListObjectsV2', input, [
        'Bucket',
        'Prefix',
        'Delimiter',
        'MaxKeys',
        'ContinuationToken',
        'StartAfter',
        'EncodingType',
        'FetchOwner',
      ]);
      const prefix = input.Prefix ?? '';
      const limit = maxKeys(input.MaxKeys);
      const after = input.ContinuationToken ? decodeToken(input.ContinuationToken) : input.StartAfter;
      const { contents, folders, next } = page(input.Bucket, {
        prefix,
        limit,
        after: after || undefined,
        delimiter: input.Delimiter ?? '',
      });
      const name = encoder(input.EncodingType);
      return {
        IsTruncated: next !== undefined,
        Contents: contents.map((object) => ({
          ...describe(object, name),
          ...(String(input.FetchOwner) === 'true' && { Owner: { ID: call.account } }),
        })),
        Name: input.Bucket,
        Prefix: name(prefix),
        Delimiter: input.Delimiter && name(input.Delimiter),
        MaxKeys: limit,
        CommonPrefixes: folders.map((folder) => ({ Prefix: name(folder) })),
        EncodingType: input.EncodingType,
        KeyCount: contents.length + folders.length,
        ContinuationToken: input.ContinuationToken,
        NextContinuationToken: next && Buffer.from(next).toString('base64'),
        StartAfter: input.StartAfter && name(input.StartAfter),
      };
    },

    ListObjects: (input, call) => {
      refuseUnknown('ListObjects', input, ['Bucket', 'Prefix', 'Delimiter', 'MaxKeys', 'Marker', 'EncodingType']);
      const prefix = input.Prefix ?? '';
      const limit = maxKeys(input.MaxKeys);
      const { contents, folders, next } = page(input.Bucket, {
        prefix,
        limit,
        after: input.Marker || undefined,
        delimiter: input.Delimiter ?? '',
      });
      const name = encoder(input.EncodingType);
      return {
        IsTruncated: next !== undefined,
        Marker: name(input.Marker ?? ''),
        NextMarker: next && name(next),
        Contents: contents.map((object) => ({ ...describe(object, name), Owner: { ID: call.account } })),
        Name: input.Bucket,
        Prefix: name(prefix),
        Delimiter: input.Delimiter && name(input.Delimiter),
        MaxKeys: limit,
        CommonPrefixes: folders.map((folder) => ({ Prefix: name(folder) })),
        EncodingType: input.EncodingType,
      };
    },
  };
}

const describe = (object: StoredObject, name: (text: string) => string) => ({
  Key: name(object.key),
  LastModified: new Date(object.modifiedAt),
  ETag: object.etag,
  Size: object.size,
  StorageClass: object.storageClass ?? 'STANDARD',
  ...(object.checksum && { ChecksumAlgorithm: object.checksum.algorithm, ChecksumType: object.checksum.type }),
});

/** How many entries a page may have. */
export function maxKeys(given: unknown): number {
  if (given === undefined || given === '') return MAX_KEYS;
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 0) {
    throw new AwsError('InvalidArgument', 'Provided max-keys not an integer or within integer range');
  }
  return Math.min(limit, MAX_KEYS);
}

function decodeToken(token: string): string {
  const key = Buffer.from(token, 'base64').toString('utf8');
  if (Buffer.from(key).toString('base64') === token) return key;
  throw new AwsError('InvalidArgument', 'The continuation token provided is incorrect', {
    fields: { ArgumentName: 'continuation-token' },
  });
}

/** `EncodingType: url` protects characters that XML cannot carry. */
export const encoder =
  (type: string | undefined) =>
  (text: string): string =>
    type === 'url' ? encodeURIComponent(text).replaceAll('%2F', '/') : text;
