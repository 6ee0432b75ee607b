/** Headers that are kept with an object and come back with it: the member's name in the SDK, and the header. */
export const KEPT_HEADERS: readonly (readonly [member: string, header: string])[] = [
  ['ContentType', 'content-type'],
  ['ContentEncoding', 'content-encoding'],
  ['ContentDisposition', 'content-disposition'],
  ['ContentLanguage', 'content-language'],
  ['CacheControl', 'cache-control'],
  ['Expires', 'expires'],
  ['ServerSideEncryption', 'x-amz-server-side-encryption'],
  ['SSEKMSKeyId', 'x-amz-server-side-encryption-aws-kms-key-id'],
  ['BucketKeyEnabled', 'x-amz-server-side-encryption-bucket-key-enabled'],
];

/** What a GET may ask to be told instead of what is kept: the member, what it stands for, and the query parameter. */
export const RESPONSE_HEADERS: readonly (readonly [member: string, kept: string, parameter: string])[] = [
  'ContentType',
  'ContentEncoding',
  'ContentDisposition',
  'ContentLanguage',
  'CacheControl',
  'Expires',
].map((kept) => [`Response${kept}`, kept, `response-${kept.replace(/(?<=.)[A-Z]/g, '-$&').toLowerCase()}`]);

const KEPT_MEMBERS = KEPT_HEADERS.map(([member]) => member);

/** Members of PutObject, CopyObject and CreateMultipartUpload that describe the new object. */
export const DESCRIBING_MEMBERS = [...KEPT_MEMBERS, 'Metadata', 'Tagging', 'ACL', 'StorageClass', 'ChecksumAlgorithm'];

/** The kept headers in an SDK-shaped input. */
export function headersOf(input: Readonly<Record<string, unknown>>): Record<string, string> {
  const headers: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const [member, header] of KEPT_HEADERS) {
    if (input[member] !== undefined) headers[header] = String(input[member]);
  }
  return headers;
}

/** And back. */
export function membersOf(headers: Readonly<Record<string, string>>): Record<string, string> {
  const members: Record<string, string> = {};
  for (const [member, header] of KEPT_HEADERS) {
    if (headers[header] !== undefined) members[member] = headers[header];
  }
  return members;
}

/** Tags as `PutObject` takes them: in the form of a URL's query. */
export const parseTagging = (tagging: string | undefined): Record<string, string> =>
  Object.fromEntries(new URLSearchParams(tagging ?? ''));
