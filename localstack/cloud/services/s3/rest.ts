import { AwsError, notImplemented } from '../../core/aws-error';
import type { HttpReply, HttpRequest } from '../../core/http';
import { BUCKET_SETTINGS } from './bucket-settings';
import { KEPT_HEADERS } from './object-headers';
import { parseXml, toXmlDocument } from './xml';

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
  'GET bucket versions': 'ListObjectVersions',
  'GET bucket uploads': 'ListMultipartUploads',
  'POST bucket delete': 'DeleteObjects',
  'GET bucket list-type': 'ListObjectsV2',
  // Object
  'GET object tagging': 'GetObjectTagging',
  'PUT object tagging': 'PutObjectTagging',
  'DELETE object tagging': 'DeleteObjectTagging',
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
  prefix: 'Prefix',
  delimiter: 'Delimiter',
  'max-keys': 'MaxKeys',
  'continuation-token': 'ContinuationToken',
  'start-after': 'StartAfter',
  'fetch-owner': 'FetchOwner',
  'encoding-type': 'EncodingType',
  marker: 'Marker',
  'key-marker': 'KeyMarker',
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
  'x-amz-object-ownership': 'ObjectOwnership',
  'content-md5': 'ContentMD5',
  'if-match': 'IfMatch',
  'if-none-match': 'IfNoneMatch',
  'if-modified-since': 'IfModifiedSince',
  'if-unmodified-since': 'IfUnmodifiedSince',
  range: 'Range',
};

/** Headers that belong to the signature, the SDK or the transport, or that ask for what is done anyhow. */
const TRANSPORT =
  /^x-amz-(date|content-sha256|security-token|user-agent|checksum-.*|sdk-checksum-algorithm|decoded-content-length|trailer|te|expected-bucket-owner|request-payer|mp-object-size|bucket-region|optional-object-attributes|bypass-governance-retention)$/;

/** Operations that carry an XML body: its root element, and the member that it becomes. */
const BODIES: Readonly<Record<string, readonly [root: string, member: string]>> = {
  CreateBucket: ['CreateBucketConfiguration', 'CreateBucketConfiguration'],
  PutBucketVersioning: ['VersioningConfiguration', 'VersioningConfiguration'],
  PutObjectTagging: ['Tagging', 'Tagging'],
  DeleteObjects: ['Delete', 'Delete'],
  CompleteMultipartUpload: ['CompleteMultipartUpload', 'MultipartUpload'],
  ...Object.fromEntries(
    BUCKET_SETTINGS.map(({ operations, member }) => [operations.put, [member, member] as const] as const),
  ),
};

/** Which operation a request is, and its input as the SDK has it. */
export function decodeRequest(request: HttpRequest): S3Call {
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
  if (operation === 'PutObject' || operation === 'UploadPart') input.Body = request.body;
  else if (operation === 'PutBucketPolicy') input.Policy = request.body.toString('utf8');
  else if (body && request.body.length > 0) input[body[1]] = parseXml(request.body, body[0]);
  return { operation, input };
}

function operationOf({ method, query, headers }: HttpRequest, scope: string): string {
  for (const parameter of query.keys()) {
    const operation = SUBRESOURCES[`${method} ${scope} ${parameter}`];
    if (operation === 'UploadPart' && headers['x-amz-copy-source']) throw notImplemented('s3:UploadPartCopy');
    if (operation) return operation;
  }
  const operation = PLAIN[`${method} ${scope}`];
  if (!operation) throw notImplemented(`s3: ${method} on ${scope}`);
  return operation === 'PutObject' && headers['x-amz-copy-source'] ? 'CopyObject' : operation;
}

function queryInput(query: URLSearchParams, operation: string): Record<string, string> {
  const input: Record<string, string> = {};
  for (const [name, value] of query) {
    const member = QUERY_MEMBERS[name];
    if (member) input[member] = value;
    // `x-id` names the operation in SDK requests; `X-Amz-*` signs a URL.
    else if (name !== 'x-id' && !name.startsWith('X-Amz-') && !isSubresource(name)) {
      throw notImplemented(`s3:${operation}: ?${name}`);
    }
  }
  return input;
}

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
    } else if (name.startsWith('x-amz-meta-')) metadata[name.slice('x-amz-meta-'.length)] = text;
    else if (name.startsWith('x-amz-') && !TRANSPORT.test(name)) throw notImplemented(`s3:${operation}: ${name}`);
  }
  if (Object.keys(metadata).length > 0) input.Metadata = metadata;
  return input;
}

const KEEPS_CONTENT_TYPE = ['PutObject', 'CopyObject', 'CreateMultipartUpload'];

/** Members of results that are headers. */
const REPLY_HEADERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(KEPT_HEADERS),
  ETag: 'etag',
  VersionId: 'x-amz-version-id',
  DeleteMarker: 'x-amz-delete-marker',
  ContentRange: 'content-range',
  AcceptRanges: 'accept-ranges',
  TagCount: 'x-amz-tagging-count',
  BucketRegion: 'x-amz-bucket-region',
  Location: 'location',
};

/** Operations whose results are XML: the root element. */
const REPLY_ROOTS: Readonly<Record<string, string>> = {
  ListBuckets: 'ListAllMyBucketsResult',
  ListObjects: 'ListBucketResult',
  ListObjectsV2: 'ListBucketResult',
  ListObjectVersions: 'ListVersionsResult',
  ListMultipartUploads: 'ListMultipartUploadsResult',
  ListParts: 'ListPartsResult',
  DeleteObjects: 'DeleteResult',
  CopyObject: 'CopyObjectResult',
  CreateMultipartUpload: 'InitiateMultipartUploadResult',
  CompleteMultipartUpload: 'CompleteMultipartUploadResult',
  GetBucketVersioning: 'VersioningConfiguration',
  GetObjectTagging: 'Tagging',
};

const NO_CONTENT = [
  'DeleteBucket',
  'DeleteObject',
  'DeleteObjectTagging',
  'AbortMultipartUpload',
  'DeleteBucketPolicy',
];

export function encodeReply(operation: string, output: Record<string, unknown>, requestId: string): HttpReply {
  const headers: Record<string, string> = { 'x-amz-request-id': requestId };
  const setting = BUCKET_SETTINGS.find(({ operations }) => operations.get === operation);
  if (setting) return xml(setting.member, output[setting.member] as object, headers);
  if (operation === 'GetBucketLocation') {
    return {
      status: 200,
      headers: { ...headers, 'content-type': 'application/xml' },
      body: `<?xml version="1.0" encoding="UTF-8"?>\n<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${output.LocationConstraint}</LocationConstraint>`,
    };
  }
  if (operation === 'GetBucketPolicy') {
    return { status: 200, headers: { ...headers, 'content-type': 'application/json' }, body: String(output.Policy) };
  }
  const root = REPLY_ROOTS[operation];
  if (root) {
    if (output.VersionId !== undefined) headers['x-amz-version-id'] = String(output.VersionId);
    return xml(root, operation === 'CopyObject' ? (output.CopyObjectResult as object) : output, headers);
  }
  for (const [member, header] of Object.entries(REPLY_HEADERS)) {
    if (output[member] !== undefined) headers[header] = String(output[member]);
  }
  if (output.LastModified instanceof Date) headers['last-modified'] = output.LastModified.toUTCString();
  for (const [name, value] of Object.entries((output.Metadata as Record<string, string>) ?? {})) {
    headers[`x-amz-meta-${name}`] = value;
  }
  // A HEAD has the length of what a GET would bring.
  if (operation === 'HeadObject') headers['content-length'] = String(output.ContentLength);
  const noContent = NO_CONTENT.includes(operation) || BUCKET_SETTINGS.some((s) => s.operations.delete === operation);
  return {
    status: noContent ? 204 : output.ContentRange === undefined ? 200 : 206,
    headers,
    body: (output.Body as Buffer | undefined) ?? '',
  };
}

const xml = (root: string, value: object, headers: Record<string, string>): HttpReply => ({
  status: 200,
  headers: { ...headers, 'content-type': 'application/xml' },
  body: toXmlDocument(root, value),
});

/** HEAD has no body to say more in: S3 answers only the status, which SDKs name after it. */
export function withoutBody(error: AwsError): AwsError {
  return error.status === 404 ? new AwsError('NotFound', 'Not Found', { status: 404 }) : error;
}
