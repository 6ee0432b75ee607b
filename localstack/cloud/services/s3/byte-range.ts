import { AwsError } from '../../core/aws-error';

/** Both ends included, counted from 0. */
export type ByteRange = { readonly start: number; readonly end: number };

/** `bytes=a-b`, `bytes=a-` or `bytes=-n`; undefined (the whole object) for anything else, as S3 does. */
export function rangeOf(header: string, size: number): ByteRange | undefined {
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

/** `x-amz-copy-source-range`, which needs both ends within the source. */
export function copyRangeOf(header: string, size: number): ByteRange {
  const match = /^bytes=(\d+)-(\d+)$/.exec(header);
  const range = { start: Number(match?.[1]), end: Number(match?.[2]) };
  if (!match || range.start > range.end) {
    throw new AwsError(
      'InvalidArgument',
      'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy',
      { fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header } },
    );
  }
  if (range.end >= size) {
    throw new AwsError('InvalidArgument', `Range specified is not valid for source object of size: ${size}`, {
      fields: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: header },
    });
  }
  return range;
}

/** Where part `partNumber` stands in an object made of parts of these sizes; an object put whole is its only part. */
export function partRangeOf(partNumber: unknown, size: number, parts: readonly number[] = [size]): ByteRange {
  const number = Number(partNumber);
  const length = parts[number - 1];
  if (length === undefined) {
    throw new AwsError('InvalidPartNumber', 'The requested partnumber is not satisfiable', {
      status: 416,
      fields: { PartNumberRequested: String(partNumber), ActualPartCount: parts.length },
    });
  }
  const start = parts.slice(0, number - 1).reduce((sum, part) => sum + part, 0);
  return { start, end: start + length - 1 };
}
