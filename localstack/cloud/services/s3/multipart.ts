import { createHash } from 'node:crypto';
import { AwsError, refuseUnknown } from '../../core/aws-error';
import { randomName } from '../../core/ids';
import { Records } from '../../core/records';
import type { CloudContext, Operation } from '../../core/service';
import type { Blobs } from './blobs';
import type { Buckets } from './bucket';
import { copyRangeOf } from './byte-range';
import {
  algorithmNamed,
  CHECKSUM_MEMBERS,
  type Checksum,
  checksumMembers,
  checksumOf,
  combinedChecksum,
  givenChecksum,
  memberOf,
} from './checksums';
import { findCopySource } from './copy-source';
import { KmsEncryption } from './kms-encryption';
import type { Announce } from './notifications/change';
import { COPY_CONDITIONS, checkWriteCondition } from './object-conditions';
import { DESCRIBING_MEMBERS } from './object-headers';
import { describedBy, versionMember } from './object-operations';
import type { NewObject, Objects } from './objects';

type Part = {
  readonly blob: string;
  readonly size: number;
  readonly md5: string;
  readonly modifiedAt: number;
  readonly checksum?: Checksum | undefined;
};

type Upload = {
  readonly id: string;
  readonly bucket: string;
  readonly described: Pick<NewObject, 'key' | 'headers' | 'metadata' | 'tags' | 'storageClass'>;
  /** The checksum that the object is to have. */
  readonly checksum?: Pick<Checksum, 'algorithm' | 'type'> | undefined;
  readonly startedAt: number;
  readonly parts: Readonly<Record<string, Part>>;
};

/** Every part but the last must be as large, in bytes. */
const MIN_PART = 5 * 1024 * 1024;

/** Uploads in parts, as the SDK and the CLI do them from 5 or 8 MiB on. */
export class MultipartUploads {
  readonly #context: CloudContext;
  readonly #uploads: Records<Upload>;
  readonly #blobs: Blobs;
  readonly operations: Record<string, Operation>;

  constructor(context: CloudContext, buckets: Buckets, objects: Objects, blobs: Blobs, announce: Announce) {
    this.#context = context;
    this.#uploads = new Records(context.store.space('s3-uploads'));
    this.#blobs = blobs;
    const encryption = new KmsEncryption(context.registry);
    this.operations = {
      CreateMultipartUpload: (input, call) => {
        refuseUnknown('CreateMultipartUpload', input, ['Bucket', 'Key', 'ChecksumType', ...DESCRIBING_MEMBERS]);
        const bucket = buckets.get(input.Bucket);
        const described = describedBy('CreateMultipartUpload', bucket, input);
        const headers = encryption.toWrite(described.headers, bucket.name, described.key, call, true);
        const upload: Upload = {
          id: randomName(48),
          bucket: bucket.name,
          described: { ...described, headers },
          checksum: wantedChecksum(input),
          startedAt: context.clock.now(),
          parts: {},
        };
        this.#uploads.set(upload.id, upload);
        return { Bucket: bucket.name, Key: upload.described.key, UploadId: upload.id };
      },

      UploadPart: (input) => {
        refuseUnknown('UploadPart', input, [...PART_MEMBERS, 'Body', 'ChecksumAlgorithm', ...CHECKSUM_MEMBERS]);
        const part = this.#putPart(input, input.Body as Buffer, givenChecksum(input));
        return { ETag: `"${part.md5}"`, ...partChecksum(part) };
      },

      UploadPartCopy: (input, call) => {
        refuseUnknown('UploadPartCopy', input, [...PART_MEMBERS, 'CopySource', 'CopySourceRange', ...COPY_CONDITIONS]);
        const { source, from } = findCopySource(input, buckets, objects);
        const range = input.CopySourceRange === undefined ? undefined : copyRangeOf(input.CopySourceRange, from.size);
        encryption.toRead(from.headers, source.bucket, source.key, call);
        const bytes = objects.read(from);
        const part = this.#putPart(input, range ? bytes.subarray(range.start, range.end + 1) : bytes);
        return {
          ...(source.versionId !== undefined && { CopySourceVersionId: source.versionId }),
          CopyPartResult: {
            ETag: `"${part.md5}"`,
            LastModified: new Date(part.modifiedAt),
            ...partChecksum(part),
          },
        };
      },

      ListParts: (input) => {
        refuseUnknown('ListParts', input, ['Bucket', 'Key', 'UploadId', 'MaxParts', 'PartNumberMarker']);
        const upload = this.#get(input.UploadId, input.Bucket, input.Key);
        const marker = Number(input.PartNumberMarker ?? 0);
        const limit = Math.min(1000, Number(input.MaxParts ?? 1000));
        const behind = Object.entries(upload.parts).filter(([number]) => Number(number) > marker);
        const page = behind.slice(0, limit);
        return {
          Bucket: upload.bucket,
          Key: upload.described.key,
          UploadId: upload.id,
          StorageClass: upload.described.storageClass ?? 'STANDARD',
          PartNumberMarker: marker,
          NextPartNumberMarker: page.at(-1)?.[0] ?? 0,
          MaxParts: limit,
          IsTruncated: page.length < behind.length,
          Parts: page.map(([number, part]) => ({
            PartNumber: number,
            ETag: `"${part.md5}"`,
            Size: part.size,
            LastModified: new Date(part.modifiedAt),
            ...partChecksum(part),
          })),
        };
      },

      ListMultipartUploads: (input) => {
        refuseUnknown('ListMultipartUploads', input, ['Bucket', 'Prefix', 'MaxUploads', 'KeyMarker', 'UploadIdMarker']);
        const { name } = buckets.get(input.Bucket);
        const limit = Math.min(1000, Number(input.MaxUploads ?? 1000));
        const place = (upload: Upload) => [upload.described.key, upload.id] as const;
        const marker = input.KeyMarker ?? '';
        const behind = this.of(name)
          .sort((a, b) => (place(a) < place(b) ? -1 : 1))
          .filter(({ described, id }) => {
            if (!described.key.startsWith(input.Prefix ?? '')) return false;
            return described.key > marker || (described.key === marker && id > (input.UploadIdMarker || '~'));
          });
        const page = behind.slice(0, limit);
        const truncated = page.length < behind.length;
        return {
          Bucket: name,
          KeyMarker: marker,
          UploadIdMarker: input.UploadIdMarker ?? '',
          ...(truncated && {
            NextKeyMarker: page.at(-1)?.described.key,
            NextUploadIdMarker: page.at(-1)?.id,
          }),
          Prefix: input.Prefix,
          MaxUploads: limit,
          IsTruncated: truncated,
          Uploads: page.map((upload) => ({
            Key: upload.described.key,
            UploadId: upload.id,
            StorageClass: upload.described.storageClass ?? 'STANDARD',
            Initiated: new Date(upload.startedAt),
          })),
        };
      },

      CompleteMultipartUpload: (input, call) => {
        refuseUnknown('CompleteMultipartUpload', input, [
          'Bucket',
          'Key',
          'UploadId',
          'MultipartUpload',
          'MpuObjectSize',
          'ChecksumType',
          'IfNoneMatch',
          'IfMatch',
          ...CHECKSUM_MEMBERS,
        ]);
        const upload = this.#get(input.UploadId, input.Bucket, input.Key);
        const bucket = buckets.get(upload.bucket);
        const parts = chosenParts(upload, input.MultipartUpload?.Parts ?? []);
        checkWriteCondition('CompleteMultipartUpload', input, objects.find(bucket, upload.described.key));
        const digests = Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex')));
        const bytes = Buffer.concat(parts.map((part) => this.#blobs.read(part.blob)));
        if (input.MpuObjectSize !== undefined && Number(input.MpuObjectSize) !== bytes.length) {
          throw new AwsError(
            'InvalidRequest',
            "The provided 'x-amz-mp-object-size' header does not match what was computed.",
          );
        }
        const checksum = checksumOfAll(upload, parts, bytes, givenChecksum(input));
        const object = objects.put(bucket, {
          ...upload.described,
          bytes,
          etag: `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`,
          parts: parts.map(({ size }) => size),
          checksum,
        });
        this.#forget(upload);
        announce(bucket, { kind: 'uploaded', object, call });
        return {
          Location: `${context.endpoint()}/${bucket.name}/${encodeURIComponent(object.key).replaceAll('%2F', '/')}`,
          Bucket: bucket.name,
          Key: object.key,
          ETag: object.etag,
          ...checksumMembers(checksum),
          ...versionMember(object),
        };
      },

      AbortMultipartUpload: (input) => {
        this.#forget(this.#get(input.UploadId, input.Bucket, input.Key));
      },
    };
  }

  of(bucket: string): Upload[] {
    return this.#uploads.values().filter((upload) => upload.bucket === bucket);
  }

  usedBlobs(): string[] {
    return this.#uploads.values().flatMap((upload) => Object.values(upload.parts).map((part) => part.blob));
  }

  #get(id: string, bucket: string, key: string): Upload {
    const upload = this.#uploads.get(id);
    if (!upload || upload.bucket !== bucket || upload.described.key !== key) {
      throw new AwsError(
        'NoSuchUpload',
        'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.',
        { status: 404, fields: { UploadId: id } },
      );
    }
    return upload;
  }

  /** Gives up an upload; nothing where there is none. */
  abandon(id: string): void {
    const upload = this.#uploads.get(id);
    if (upload) this.#forget(upload);
  }

  #putPart(input: PartInput, bytes: Buffer, given?: Checksum): Part {
    const upload = this.#get(input.UploadId, input.Bucket, input.Key);
    const number = Number(input.PartNumber);
    if (!Number.isInteger(number) || number < 1 || number > 10_000) {
      throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
    }
    const algorithm = upload.checksum?.algorithm;
    if (given && algorithm && given.algorithm !== algorithm) {
      throw new AwsError(
        'InvalidRequest',
        `Checksum Type mismatch occurred, expected checksum Type: ${algorithm.toLowerCase()}, actual checksum Type: ${given.algorithm.toLowerCase()}`,
      );
    }
    const own = algorithm && { algorithm, value: checksumOf(algorithm, bytes), type: 'FULL_OBJECT' as const };
    const part: Part = {
      blob: this.#blobs.write(bytes),
      size: bytes.length,
      md5: createHash('md5').update(bytes).digest('hex'),
      modifiedAt: this.#context.clock.now(),
      checksum: given ?? own,
    };
    const before = upload.parts[number];
    this.#uploads.set(upload.id, { ...upload, parts: { ...upload.parts, [number]: part } });
    if (before) this.#drop([before]);
    return part;
  }

  #forget(upload: Upload): void {
    this.#uploads.delete(upload.id);
    this.#drop(Object.values(upload.parts));
  }

  #drop(parts: readonly Part[]): void {
    // As with objects: not before the store has forgotten them.
    this.#context.store.durable().then(
      () => {
        for (const part of parts) this.#blobs.remove(part.blob);
      },
      () => {},
    );
  }
}

const PART_MEMBERS = ['Bucket', 'Key', 'UploadId', 'PartNumber'];

type PartInput = {
  readonly Bucket: string;
  readonly Key: string;
  readonly UploadId: string;
  readonly PartNumber: unknown;
};

/** Of a part, the checksum has no type. */
function partChecksum({ checksum }: Part): Record<string, string> {
  return checksum ? { [memberOf(checksum.algorithm)]: checksum.value } : {};
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html */
function wantedChecksum(input: { ChecksumAlgorithm?: string; ChecksumType?: string }): Upload['checksum'] {
  if (input.ChecksumAlgorithm === undefined) return undefined;
  const algorithm = algorithmNamed(input.ChecksumAlgorithm);
  const type = input.ChecksumType ?? (algorithm === 'CRC64NVME' ? 'FULL_OBJECT' : 'COMPOSITE');
  const possible = algorithm.startsWith('SHA') ? ['COMPOSITE'] : algorithm === 'CRC64NVME' ? ['FULL_OBJECT'] : TYPES;
  if (!possible.includes(type)) {
    throw new AwsError(
      'InvalidRequest',
      `The ${type} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    );
  }
  return { algorithm, type: type as Checksum['type'] };
}

const TYPES = ['FULL_OBJECT', 'COMPOSITE'];

/** Compared with the one that the caller expects, if any. */
function checksumOfAll(
  { checksum: wanted }: Upload,
  parts: readonly Part[],
  bytes: Buffer,
  given: Checksum | undefined,
): Checksum | undefined {
  const checksum =
    wanted &&
    combinedChecksum(
      wanted,
      parts.map((part) => part.checksum!.value),
      bytes,
    );
  // Only the checksum of all bytes can be told without a word at the beginning of the upload.
  const found =
    given && (checksum?.algorithm === given.algorithm ? checksum.value : checksumOf(given.algorithm, bytes));
  if (given && given.value.replace(/-\d+$/, '') !== found?.replace(/-\d+$/, '')) {
    throw new AwsError('BadDigest', `The ${given.algorithm} you specified did not match the calculated checksum.`);
  }
  return checksum ?? given;
}

type ChosenPart = Readonly<Record<string, unknown>> & { readonly PartNumber: unknown; readonly ETag?: string };

function chosenParts(upload: Upload, chosen: readonly ChosenPart[]): Part[] {
  if (chosen.length === 0) throw new AwsError('MalformedXML', 'You must specify at least one part');
  const numbers = chosen.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  }
  return chosen.map((one, index) => {
    const { ETag } = one;
    const number = numbers[index]!;
    const part = upload.parts[number];
    const given = givenChecksum(one);
    const other = part?.checksum && given?.algorithm === part.checksum.algorithm && given.value !== part.checksum.value;
    if (!part || other || (ETag !== undefined && ETag.replaceAll('"', '').replaceAll('&quot;', '') !== part.md5)) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    }
    if (index < chosen.length - 1 && part.size < MIN_PART) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size', {
        fields: { ETag: part.md5, MinSizeAllowed: MIN_PART, ProposedSize: part.size, PartNumber: number },
      });
    }
    return part;
  });
}
