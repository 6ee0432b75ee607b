import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { AwsError } from '../../core/aws-error';
import { crc32, crc32c, crc64nvme } from './crc';

const digest = (algorithm: string) => (bytes: Buffer) => createHash(algorithm).update(bytes).digest();

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html */
const ALGORITHMS = {
  CRC32: crc32,
  CRC32C: crc32c,
  CRC64NVME: crc64nvme,
  SHA1: digest('sha1'),
  SHA256: digest('sha256'),
};

export type ChecksumAlgorithm = keyof typeof ALGORITHMS;
export const CHECKSUM_ALGORITHMS = Object.keys(ALGORITHMS) as ChecksumAlgorithm[];

/** `COMPOSITE`: of an upload in parts, the checksum of the parts' checksums. */
export type Checksum = {
  readonly algorithm: ChecksumAlgorithm;
  /** Base64; a composite one has the number of parts behind it, `…-3`. */
  readonly value: string;
  readonly type: 'FULL_OBJECT' | 'COMPOSITE';
};

/** `ChecksumCRC32` and so on, as the SDK calls them. */
export const CHECKSUM_MEMBERS = CHECKSUM_ALGORITHMS.map(memberOf);
export const CHECKSUM_HEADERS: readonly (readonly [member: string, header: string])[] = CHECKSUM_ALGORITHMS.map(
  (algorithm) => [memberOf(algorithm), headerOf(algorithm)],
);

export function memberOf(algorithm: ChecksumAlgorithm): string {
  return `Checksum${algorithm}`;
}

function headerOf(algorithm: ChecksumAlgorithm): string {
  return `x-amz-checksum-${algorithm.toLowerCase()}`;
}

export const checksumOf = (algorithm: ChecksumAlgorithm, bytes: Buffer): string =>
  ALGORITHMS[algorithm](bytes).toString('base64');

/** Throws `InvalidRequest` for the name of an algorithm that S3 does not know. */
export function algorithmNamed(name: string): ChecksumAlgorithm {
  const algorithm = CHECKSUM_ALGORITHMS.find((known) => known === name.toUpperCase());
  if (!algorithm) throw new AwsError('InvalidRequest', 'Checksum algorithm provided is unsupported.');
  return algorithm;
}

/** The checksum that a request gives of its body, if any. */
export function givenChecksum(input: Readonly<Record<string, unknown>>): Checksum | undefined {
  const algorithm = CHECKSUM_ALGORITHMS.find((name) => input[memberOf(name)] !== undefined);
  return algorithm && { algorithm, value: String(input[memberOf(algorithm)]), type: 'FULL_OBJECT' };
}

/** As members of a result. */
export const checksumMembers = (checksum: Checksum | undefined): Record<string, string> =>
  checksum ? { [memberOf(checksum.algorithm)]: checksum.value, ChecksumType: checksum.type } : {};

/**
 * Compares a body with every digest that its headers give: `Content-MD5`, `x-amz-content-sha256`, `x-amz-checksum-…`.
 * Throws `BadDigest`, `InvalidDigest`, `XAmzContentSHA256Mismatch` or `InvalidRequest`.
 */
export function verifyBody(headers: IncomingHttpHeaders, body: Buffer): void {
  const md5 = headers['content-md5'];
  if (md5 !== undefined) {
    if (Buffer.from(String(md5), 'base64').length !== 16) {
      throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.');
    }
    if (digest('md5')(body).toString('base64') !== md5) {
      throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.');
    }
  }
  const sha256 = String(headers['x-amz-content-sha256'] ?? '');
  if (/^[0-9a-f]{64}$/.test(sha256) && digest('sha256')(body).toString('hex') !== sha256) {
    throw new AwsError(
      'XAmzContentSHA256Mismatch',
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  const given = CHECKSUM_ALGORITHMS.filter((algorithm) => headers[headerOf(algorithm)] !== undefined);
  if (given.length > 1) {
    throw new AwsError(
      'InvalidRequest',
      'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    );
  }
  for (const algorithm of given) {
    const wanted = String(headers[headerOf(algorithm)]);
    const found = ALGORITHMS[algorithm](body);
    if (Buffer.from(wanted, 'base64').length !== found.length) {
      throw new AwsError('InvalidRequest', `Value for ${headerOf(algorithm)} header is invalid.`);
    }
    if (found.toString('base64') !== wanted) {
      throw new AwsError('BadDigest', `The ${algorithm} you specified did not match the calculated checksum.`);
    }
  }
}

/** The checksum of an object that was uploaded in parts, from the parts' own or from all bytes. */
export function combinedChecksum(
  { algorithm, type }: Pick<Checksum, 'algorithm' | 'type'>,
  parts: readonly string[],
  bytes: Buffer,
): Checksum {
  if (type === 'FULL_OBJECT') return { algorithm, type, value: checksumOf(algorithm, bytes) };
  const joined = Buffer.concat(parts.map((part) => Buffer.from(part, 'base64')));
  return { algorithm, type, value: `${checksumOf(algorithm, joined)}-${parts.length}` };
}
