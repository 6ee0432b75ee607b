import { AwsError } from '../../core/aws-error';
import type { HttpReply } from '../../core/http';
import { BUCKET_SETTINGS } from './bucket-settings';
import { CHECKSUM_HEADERS } from './checksums';
import { notificationToXml } from './notifications/notification-xml';
import { KEPT_HEADERS } from './object-headers';
import { toXmlDocument } from './xml';

/** Members of results that are headers. */
const REPLY_HEADERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(KEPT_HEADERS),
  ...Object.fromEntries(CHECKSUM_HEADERS),
  ChecksumType: 'x-amz-checksum-type',
  StorageClass: 'x-amz-storage-class',
  PartsCount: 'x-amz-mp-parts-count',
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
  UploadPartCopy: 'CopyPartResult',
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

/** Operations whose result is one member, and that member the XML document; the others are headers. */
const RESULT_MEMBERS: Readonly<Record<string, string>> = {
  CopyObject: 'CopyObjectResult',
  UploadPartCopy: 'CopyPartResult',
};

/** The answer to an operation, `output` as in the SDK. */
export function encodeReply(operation: string, output: Record<string, unknown>, requestId: string): HttpReply {
  const headers: Record<string, string> = { 'x-amz-request-id': requestId, 'x-amz-id-2': requestId };
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
  if (operation === 'GetBucketAcl' || operation === 'GetObjectAcl') return accessControlList(output, headers);
  if (operation === 'GetBucketNotificationConfiguration') {
    return xml('NotificationConfiguration', notificationToXml(output), headers);
  }
  const root = REPLY_ROOTS[operation];
  if (root) {
    const { VersionId, ...rest } = output;
    if (VersionId !== undefined) headers['x-amz-version-id'] = String(VersionId);
    const member = RESULT_MEMBERS[operation];
    return xml(root, (member ? output[member] : rest) as object, headers);
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

/** The grantee's kind is an attribute, which nothing else of S3 has. */
function accessControlList(output: Record<string, unknown>, headers: Record<string, string>): HttpReply {
  const { ID } = output.Owner as { ID: string };
  return {
    status: 200,
    headers: { ...headers, 'content-type': 'application/xml' },
    body:
      `<?xml version="1.0" encoding="UTF-8"?>\n<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner><ID>${ID}</ID></Owner>` +
      '<AccessControlList><Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser">' +
      `<ID>${ID}</ID></Grantee><Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>`,
  };
}

/** HEAD has no body to say more in: S3 answers only the status, which SDKs name after it. */
export function withoutBody(error: AwsError): AwsError {
  return error.status === 404 ? new AwsError('NotFound', 'Not Found', { status: 404 }) : error;
}
