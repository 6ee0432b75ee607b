import { notImplemented } from '../../core/aws-error';
import type { HttpRequest } from '../../core/http';
import { BUCKET_SETTINGS } from './bucket-settings';
import { CHECKSUM_HEADERS, verifyBody } from './checksums';
import { notificationFromXml } from './notifications/notification-xml';
import { KEPT_HEADERS, RESPONSE_HEADERS } from './object-headers';
import { parseXml } from './xml';

/** A request in the words of the API reference. */
export type S3Call = { readonly operation: string; readonly input: Record<string, unknown> };

/** Query parameters that choose an operation; the others are members of its input. */
const SUBRESOURCES: Readonly<Record<string, string>> = {
  // Bucket
  'GET bucket location': 'GetBucketLocation',
  'GET bucket versioning': 'GetBucketVersioning',
  'PUT bucket versioning': 'PutBucketVersioning',
  'GET bucket policy': 'GetBucketPolicy',
  'PUT bucket policy': 'PutBucketPolicy',
  'DELETE bucket policy': 'DeleteBucketPolicy',
  'GET bucket notification': 'GetBucketNotificationConfiguration',
  'PUT bucket notification': 'PutBucketNotificationConfiguration',
  'GET bucket acl': 'GetBucketAcl',
  'PUT bucket acl': 'PutBucketAcl',
  'GET bucket versions': 'ListObjectVersions',
  'GET bucket uploads': 'ListMultipartUploads',
  'POST bucket delete': 'DeleteObjects',
  'GET bucket list-type': 'ListObjectsV2',
  // Object
  'GET object tagging': 'GetObjectTagging',
  'PUT object tagging': 'PutObjectTagging',
  'DELETE object tagging': 'DeleteObjectTagging',
  'GET object acl': 'GetObjectAcl',
  'PUT object acl': 'PutObjectAcl',
  'POST object uploads': 'CreateMultipartUpload',
  'PUT object uploadId': 'UploadPart',
  'GET object uploadId': 'ListParts',
  'POST object uploadId': 'CompleteMultipartUpload',
  'DELETE object uploadId': 'AbortMultipartUpload',
  ...Object.fromEntries(
    BUCKET_SETTINGS.flatMap(({ parameter, operations }) => [
      [`GET bucket ${parameter}`, operations.get],
      [`PUT bucket ${parameter}`, operations.put],
      ...(operations.delete ? [[`DELETE bucket ${parameter}`, operations.delete]] : []),
    ]),
  ),
};

const PLAIN: Readonly<Record<string, string>> = {
  'GET account': 'ListBuckets',
  'GET bucket': 'ListObjects',
  'PUT bucket': 'CreateBucket',
  'HEAD bucket': 'HeadBucket',
  'DELETE bucket': 'DeleteBucket',
  'GET object': 'GetObject',
  'HEAD object': 'HeadObject',
  'PUT object': 'PutObject',
  'DELETE object': 'DeleteObject',
};

const QUERY_MEMBERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(RESPONSE_HEADERS.map(([member, , parameter]) => [parameter, member])),
  'max-buckets': 'MaxBuckets',
  'bucket-region': 'BucketRegion',
  prefix: 'Prefix',
  delimiter: 'Delimiter',
  'max-keys': 'MaxKeys',
  'continuation-token': 'ContinuationToken',
  'start-after': 'StartAfter',
  'fetch-owner': 'FetchOwner',
  'encoding-type': 'EncodingType',
  marker: 'Marker',
  'key-marker': 'KeyMarker',
  'version-id-marker': 'VersionIdMarker',
  'max-uploads': 'MaxUploads',
  'upload-id-marker': 'UploadIdMarker',
  'max-parts': 'MaxParts',
  'part-number-marker': 'PartNumberMarker',
  versionId: 'VersionId',
  uploadId: 'UploadId',
  partNumber: 'PartNumber',
};

const HEADER_MEMBERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(KEPT_HEADERS.map(([member, header]) => [header, member])),
  'x-amz-acl': 'ACL',
  'x-amz-storage-class': 'StorageClass',
  'x-amz-tagging': 'Tagging',
  'x-amz-tagging-directive': 'TaggingDirective',
  'x-amz-metadata-directive': 'MetadataDirective',
  'x-amz-copy-source': 'CopySource',
  'x-amz-copy-source-range': 'CopySourceRange',
  'x-amz-copy-source-if-match': 'CopySourceIfMatch',
  'x-amz-copy-source-if-none-match': 'CopySourceIfNoneMatch',
  'x-amz-copy-source-if-modified-since': 'CopySourceIfModifiedSince',
  'x-amz-copy-source-if-unmodified-since': 'CopySourceIfUnmodifiedSince',
  'x-amz-checksum-algorithm': 'ChecksumAlgorithm',
  'x-amz-checksum-type': 'ChecksumType',
  'x-amz-checksum-mode': 'ChecksumMode',
  'x-amz-mp-object-size': 'MpuObjectSize',
  'x-amz-skip-destination-validation': 'SkipDestinationValidation',
  'x-amz-object-ownership': 'ObjectOwnership',
  'if-match': 'IfMatch',
  'if-none-match': 'IfNoneMatch',
  'if-modified-since': 'IfModifiedSince',
  'if-unmodified-since': 'IfUnmodifiedSince',
  range: 'Range',
};

/** Headers that belong to the signature, the SDK or the transport, that are checked elsewhere, or that ask for what is done anyhow. */
const TRANSPORT =
  /^x-amz-(date|content-sha256|security-token|user-agent|sdk-checksum-algorithm|decoded-content-length|trailer|te|expected-bucket-owner|source-expected-bucket-owner|request-payer|bucket-region|optional-object-attributes|bypass-governance-retention)$/;

/** Operations whose input has the checksum that a header gives; with others it is only compared with the body. */
const KEEPS_CHECKSUM = ['PutObject', 'UploadPart', 'CompleteMultipartUpload'];
const CHECKSUM_MEMBER = new Map(CHECKSUM_HEADERS.map(([member, header]) => [header, member]));

/** Operations that carry an XML body: its root element, and the member that it becomes. */
const BODIES: Readonly<Record<string, readonly [root: string, member: string]>> = {
  CreateBucket: ['CreateBucketConfiguration', 'CreateBucketConfiguration'],
  PutBucketAcl: ['AccessControlPolicy', 'AccessControlPolicy'],
  PutObjectAcl: ['AccessControlPolicy', 'AccessControlPolicy'],
  PutBucketNotificationConfiguration: ['NotificationConfiguration', 'NotificationConfiguration'],
  PutBucketVersioning: ['VersioningConfiguration', 'VersioningConfiguration'],
  PutObjectTagging: ['Tagging', 'Tagging'],
  DeleteObjects: ['Delete', 'Delete'],
  CompleteMultipartUpload: ['CompleteMultipartUpload', 'MultipartUpload'],
  ...Object.fromEntries(
    BUCKET_SETTINGS.map(({ operations, member }) => [operations.put, [member, member] as const] as const),
  ),
};

/** Which operation a request is, and its input as the SDK has it. */
export function decodeRequest(received: HttpRequest): S3Call {
  const request = { ...received, headers: { ...received.headers, ...hoistedHeaders(received) } };
  const [, bucket = '', rest] = /^\/([^/]*)(?:\/(.*))?$/s.exec(request.path) ?? [];
  const key = decodeURIComponent(rest ?? '');
  const scope = bucket === '' ? 'account' : key === '' ? 'bucket' : 'object';
  const operation = operationOf(request, scope);
  const input: Record<string, unknown> = {
    ...(bucket !== '' && { Bucket: decodeURIComponent(bucket) }),
    ...(key !== '' && { Key: key }),
    ...queryInput(request.query, operation),
    ...headerInput(request.headers, operation),
  };
  const body = BODIES[operation];
  // That header of CompleteMultipartUpload is the checksum of the object, not of the list of parts.
  if (operation !== 'CompleteMultipartUpload') verifyBody(request.headers, request.body);
  if (operation === 'PutObject' || operation === 'UploadPart') input.Body = request.body;
  else if (operation === 'PutBucketPolicy') input.Policy = request.body.toString('utf8');
  else if (body && request.body.length > 0) input[body[1]] = parseXml(request.body, body[0]);
  if (operation === 'PutBucketNotificationConfiguration') {
    input.NotificationConfiguration = notificationFromXml(input.NotificationConfiguration as object);
  }
  return { operation, input };
}

/** A presigned URL has the headers that its signer gave among its parameters. */
function hoistedHeaders({ query }: HttpRequest): Record<string, string> {
  const headers: Record<string, string> = {};
  if (!query.has('X-Amz-Signature')) return headers;
  for (const [name, value] of query) {
    if (/^x-amz-/i.test(name) && !/^x-amz-(algorithm|credential|date|expires|signedheaders|signature)$/i.test(name)) {
      headers[name.toLowerCase()] = value;
    }
  }
  return headers;
}

function operationOf({ method, query, headers }: HttpRequest, scope: string): string {
  for (const parameter of query.keys()) {
    const operation = SUBRESOURCES[`${method} ${scope} ${parameter}`];
    if (operation === 'UploadPart' && headers['x-amz-copy-source']) return 'UploadPartCopy';
    if (operation) return operation;
  }
  if (method === 'OPTIONS') return 'Preflight';
  const operation = PLAIN[`${method} ${scope}`];
  if (!operation) throw notImplemented(`s3: ${method} on ${scope}`);
  return operation === 'PutObject' && headers['x-amz-copy-source'] ? 'CopyObject' : operation;
}

function queryInput(query: URLSearchParams, operation: string): Record<string, string> {
  const input: Record<string, string> = {};
  for (const [name, value] of query) {
    const member = QUERY_MEMBERS[name];
    if (member) input[member] = value;
    // `x-id` names the operation in SDK requests; `X-Amz-*` signs a URL, or is a header in it.
    else if (name !== 'x-id' && !/^x-amz-/i.test(name) && !isSubresource(name) && !signsOlder(name, query)) {
      throw notImplemented(`s3:${operation}: ?${name}`);
    }
  }
  return input;
}

/** Version 2 of the signature in a URL. */
const signsOlder = (name: string, query: URLSearchParams) =>
  query.has('AWSAccessKeyId') && ['AWSAccessKeyId', 'Signature', 'Expires'].includes(name);

const SUBRESOURCE_NAMES = new Set(Object.keys(SUBRESOURCES).map((place) => place.split(' ')[2]));
const isSubresource = (name: string) => SUBRESOURCE_NAMES.has(name);

function headerInput(headers: HttpRequest['headers'], operation: string): Record<string, unknown> {
  const input: Record<string, unknown> = {};
  const metadata: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = String(value);
    const member = HEADER_MEMBERS[name];
    if (name === 'content-encoding') {
      const kept = text.split(',').filter((part) => part.trim() !== 'aws-chunked');
      if (kept.length > 0) input.ContentEncoding = kept.join(',').trim();
    } else if (member) {
      // Only operations on objects keep a content type; elsewhere it describes the XML.
      if (member !== 'ContentType' || KEEPS_CONTENT_TYPE.includes(operation)) input[member] = text;
    } else if (CHECKSUM_MEMBER.has(name)) {
      if (KEEPS_CHECKSUM.includes(operation)) input[CHECKSUM_MEMBER.get(name)!] = text;
    } else if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = text;
    else if (name.startsWith('x-amz-') && !TRANSPORT.test(name)) throw notImplemented(`s3:${operation}: ${name}`);
  }
  if (Object.keys(metadata).length > 0) input.Metadata = metadata;
  return input;
}

const KEEPS_CONTENT_TYPE = ['PutObject', 'CopyObject', 'CreateMultipartUpload'];
