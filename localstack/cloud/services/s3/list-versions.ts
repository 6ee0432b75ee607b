import { refuseUnknown } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import type { Buckets } from './bucket';
import { encoder, maxKeys } from './list-objects';
import type { Objects, StoredObject } from './objects';

type Version = { readonly object: StoredObject; readonly latest: boolean };

/** Every version and delete marker of a bucket: by key, then newest first. */
export function listVersionsOperation(buckets: Buckets, objects: Objects): Operation {
  return (input, call) => {
    refuseUnknown('ListObjectVersions', input, [
      'Bucket',
      'Prefix',
      'Delimiter',
      'MaxKeys',
      'KeyMarker',
      'VersionIdMarker',
      'EncodingType',
    ]);
    const bucket = buckets.get(input.Bucket);
    const limit = maxKeys(input.MaxKeys);
    const prefix: string = input.Prefix ?? '';
    const delimiter: string = input.Delimiter ?? '';
    const found: Version[] = [];
    const folders: string[] = [];
    let last: { key: string; versionId?: string } | undefined;
    let truncated = false;

    const keyMarker: string = input.KeyMarker ?? '';
    const inKey = keyMarker !== '' && (input.VersionIdMarker ?? '') !== '';
    const afterFolder = delimiter !== '' && keyMarker.endsWith(delimiter);
    const behind = (key: string, folder: boolean) => objects.list(bucket, prefix, { key, folder });
    const versionsOf = function* (): Generator<Version | string> {
      // A page that ended within a key goes on with the rest of its versions.
      if (inKey) {
        const versions = objects.versions(bucket, keyMarker);
        const at = versions.findIndex(({ versionId }) => versionId === input.VersionIdMarker);
        for (const object of versions.slice(at + 1)) yield { object, latest: false };
      }
      let keys = keyMarker === '' ? objects.list(bucket, prefix) : behind(keyMarker, afterFolder);
      for (let step = keys.next(); !step.done; step = keys.next()) {
        const { key } = step.value;
        const end = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
        if (end === -1) {
          for (const [index, object] of objects.versions(bucket, key).entries()) yield { object, latest: index === 0 };
          continue;
        }
        const folder = key.slice(0, end + delimiter.length);
        yield folder;
        keys = behind(folder, true);
      }
    };
    for (const next of versionsOf()) {
      if (found.length + folders.length >= limit) {
        truncated = true;
        break;
      }
      if (typeof next === 'string') {
        folders.push(next);
        last = { key: next };
      } else {
        found.push(next);
        last = next.object;
      }
    }

    const name = encoder(input.EncodingType);
    const common = ({ object, latest }: Version) => ({
      Key: name(object.key),
      VersionId: object.versionId,
      IsLatest: latest,
      LastModified: new Date(object.modifiedAt),
      Owner: { ID: call.account },
    });
    return {
      IsTruncated: truncated,
      KeyMarker: name(keyMarker),
      VersionIdMarker: input.VersionIdMarker ?? '',
      NextKeyMarker: truncated ? name(last?.key ?? '') : undefined,
      NextVersionIdMarker: truncated ? last?.versionId : undefined,
      Versions: found
        .filter(({ object }) => !object.deleteMarker)
        .map((entry) => ({
          ...common(entry),
          ETag: entry.object.etag,
          Size: entry.object.size,
          StorageClass: entry.object.storageClass ?? 'STANDARD',
        })),
      DeleteMarkers: found.filter(({ object }) => object.deleteMarker).map(common),
      Name: bucket.name,
      Prefix: name(prefix),
      Delimiter: input.Delimiter && name(input.Delimiter),
      MaxKeys: limit,
      CommonPrefixes: folders.map((folder) => ({ Prefix: name(folder) })),
      EncodingType: input.EncodingType,
    };
  };
}
