import { createHash } from 'node:crypto';
import { AwsError, refuseUnknown } from '../../core/aws-error';
import { randomName } from '../../core/ids';
import { Records } from '../../core/records';
import type { CloudContext, Operation } from '../../core/service';
import type { Blobs } from './blobs';
import type { Buckets } from './bucket';
import { DESCRIBING_MEMBERS } from './object-headers';
import { checkWriteCondition, describedBy, versionMember } from './object-operations';
import type { NewObject, Objects } from './objects';

type Part = { readonly blob: string; readonly size: number; readonly md5: string; readonly modifiedAt: number };

type Upload = {
  readonly id: string;
  readonly bucket: string;
  readonly described: Omit<NewObject, 'bytes' | 'etag'>;
  readonly startedAt: number;
  readonly parts: Readonly<Record<string, Part>>;
};

/** Every part but the last must be as large, in bytes. */
const MIN_PART = 5 * 1024 * 1024;

/** Uploads in parts, as the SDK and the CLI do them from 5 or 8 MiB on. */
export class MultipartUploads {
  readonly #uploads: Records<Upload>;
  readonly #blobs: Blobs;
  readonly operations: Record<string, Operation>;

  constructor(context: CloudContext, buckets: Buckets, objects: Objects, blobs: Blobs) {
    this.#uploads = new Records(context.store.space('s3-uploads'));
    this.#blobs = blobs;
    this.operations = {
      CreateMultipartUpload: (input) => {
        refuseUnknown('CreateMultipartUpload', input, ['Bucket', 'Key', 'ChecksumType', ...DESCRIBING_MEMBERS]);
        const bucket = buckets.get(input.Bucket);
        const upload: Upload = {
          id: randomName(48),
          bucket: bucket.name,
          described: describedBy('CreateMultipartUpload', bucket, input),
          startedAt: context.clock.now(),
          parts: {},
        };
        this.#uploads.set(upload.id, upload);
        return { Bucket: bucket.name, Key: upload.described.key, UploadId: upload.id };
      },

      UploadPart: (input) => {
        refuseUnknown('UploadPart', input, [
          'Bucket',
          'Key',
          'UploadId',
          'PartNumber',
          'Body',
          'ContentMD5',
          'ChecksumAlgorithm',
        ]);
        const upload = this.#get(input.UploadId, input.Bucket, input.Key);
        const number = Number(input.PartNumber);
        if (!Number.isInteger(number) || number < 1 || number > 10_000) {
          throw new AwsError('InvalidArgument', 'Part number must be an integer between 1 and 10000, inclusive');
        }
        const bytes = input.Body as Buffer;
        const part: Part = {
          blob: this.#blobs.write(bytes),
          size: bytes.length,
          md5: createHash('md5').update(bytes).digest('hex'),
          modifiedAt: context.clock.now(),
        };
        const before = upload.parts[number];
        this.#uploads.set(upload.id, { ...upload, parts: { ...upload.parts, [number]: part } });
        if (before) this.#drop(context, [before]);
        return { ETag: `"${part.md5}"` };
      },

      ListParts: (input) => {
        const upload = this.#get(input.UploadId, input.Bucket, input.Key);
        return {
          Bucket: upload.bucket,
          Key: upload.described.key,
          UploadId: upload.id,
          IsTruncated: false,
          Parts: Object.entries(upload.parts).map(([number, part]) => ({
            PartNumber: number,
            ETag: `"${part.md5}"`,
            Size: part.size,
            LastModified: new Date(part.modifiedAt),
          })),
        };
      },

      ListMultipartUploads: (input) => {
        const { name } = buckets.get(input.Bucket);
        return {
          Bucket: name,
          IsTruncated: false,
          Uploads: this.of(name).map((upload) => ({
            Key: upload.described.key,
            UploadId: upload.id,
            Initiated: new Date(upload.startedAt),
          })),
        };
      },

      CompleteMultipartUpload: (input) => {
        refuseUnknown('CompleteMultipartUpload', input, [
          'Bucket',
          'Key',
          'UploadId',
          'MultipartUpload',
          'IfNoneMatch',
          'IfMatch',
        ]);
        const upload = this.#get(input.UploadId, input.Bucket, input.Key);
        const bucket = buckets.get(upload.bucket);
        const parts = chosenParts(upload, input.MultipartUpload?.Parts ?? []);
        checkWriteCondition(input, objects.find(bucket, upload.described.key));
        const digests = Buffer.concat(parts.map((part) => Buffer.from(part.md5, 'hex')));
        const object = objects.put(bucket, {
          ...upload.described,
          bytes: Buffer.concat(parts.map((part) => this.#blobs.read(part.blob))),
          etag: `"${createHash('md5').update(digests).digest('hex')}-${parts.length}"`,
        });
        this.#forget(context, upload);
        return {
          Location: `/${bucket.name}/${object.key}`,
          Bucket: bucket.name,
          Key: object.key,
          ETag: object.etag,
          ...versionMember(object),
        };
      },

      AbortMultipartUpload: (input) => {
        this.#forget(context, this.#get(input.UploadId, input.Bucket, input.Key));
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

  #forget(context: CloudContext, upload: Upload): void {
    this.#uploads.delete(upload.id);
    this.#drop(context, Object.values(upload.parts));
  }

  #drop(context: CloudContext, parts: readonly Part[]): void {
    // As with objects: not before the store has forgotten them.
    context.store.durable().then(
      () => {
        for (const part of parts) this.#blobs.remove(part.blob);
      },
      () => {},
    );
  }
}

function chosenParts(upload: Upload, chosen: readonly { PartNumber: unknown; ETag?: string }[]): Part[] {
  if (chosen.length === 0) throw new AwsError('MalformedXML', 'You must specify at least one part');
  const numbers = chosen.map(({ PartNumber }) => Number(PartNumber));
  if (numbers.some((number, index) => index > 0 && number <= numbers[index - 1]!)) {
    throw new AwsError(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    );
  }
  return chosen.map(({ ETag }, index) => {
    const number = numbers[index]!;
    const part = upload.parts[number];
    if (!part || (ETag !== undefined && ETag.replaceAll('"', '').replaceAll('&quot;', '') !== part.md5)) {
      throw new AwsError(
        'InvalidPart',
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
      );
    }
    if (index < chosen.length - 1 && part.size < MIN_PART) {
      throw new AwsError('EntityTooSmall', 'Your proposed upload is smaller than the minimum allowed size');
    }
    return part;
  });
}
