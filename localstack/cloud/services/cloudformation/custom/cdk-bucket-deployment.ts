import { strToU8, zipSync } from 'fflate';
import type { Properties } from '../resources/handler';

/** How the logical id of CDK's one function for `Custom::CDKBucketDeployment` begins in every stack. It is Python. */
const LOGICAL_ID = 'CustomCDKBucketDeployment8693BB64968944B69AAFB0CC9EB8756C';

/** How CDK describes its layer with the AWS CLI, which that function runs. */
const CLI_LAYER = '/opt/awscli/aws';

/** Loaded by the function, never by the cloud itself. */
const CLIENT = '@aws-sdk/client-s3';

/**
 * The same function for Node: same requests, same objects, same answers. `aws s3 sync` uploads what was unpacked just now
 * in any case; content types are those that it guesses from names.
 */
const FOR_NODE = `'use strict';
const { randomUUID } = require('node:crypto');
const { basename, extname } = require('node:path');
const { inflateRawSync } = require('node:zlib');
const { S3 } = require(${JSON.stringify(CLIENT)});
`.concat(String.raw`
const s3 = new S3({});
const SYSTEM_METADATA = {
  'acl': 'ACL', 'cache-control': 'CacheControl', 'content-disposition': 'ContentDisposition', 'content-encoding': 'ContentEncoding',
  'content-language': 'ContentLanguage', 'content-type': 'ContentType', 'expires': 'Expires', 'sse': 'ServerSideEncryption',
  'sse-kms-key-id': 'SSEKMSKeyId', 'storage-class': 'StorageClass', 'website-redirect': 'WebsiteRedirectLocation',
};
const TYPES = {
  avif: 'image/avif', css: 'text/css', csv: 'text/csv', gif: 'image/gif', htm: 'text/html', html: 'text/html',
  ico: 'image/vnd.microsoft.icon', jpeg: 'image/jpeg', jpg: 'image/jpeg', js: 'text/javascript', json: 'application/json',
  md: 'text/markdown', mjs: 'text/javascript', mp3: 'audio/mpeg', mp4: 'video/mp4', pdf: 'application/pdf', png: 'image/png',
  svg: 'image/svg+xml', txt: 'text/plain', wasm: 'application/wasm', webm: 'video/webm',
  webmanifest: 'application/manifest+json', webp: 'image/webp', xml: 'text/xml', zip: 'application/zip',
};

exports.handler = async (event, context) => {
  const { RequestType, StackId, RequestId, LogicalResourceId, ResourceProperties: props, OldResourceProperties: old } = event;
  const PhysicalResourceId = RequestType === 'Create' ? 'aws.cdk.s3deployment.' + randomUUID() : event.PhysicalResourceId;
  let Status = 'SUCCESS';
  let Reason = 'See the details in CloudWatch Log Stream: ' + context.logStreamName;
  let Data = {};
  try {
    const place = placeOf(props);
    const retain = (props.RetainOnDelete || 'true') === 'true';
    if (RequestType === 'Delete') {
      if (!retain && !(await isOwned(place, props.DestinationBucketKeyPrefix))) await remove(place, await listed(place));
    } else {
      const before = RequestType === 'Update' && old ? placeOf(old) : place;
      const moved = before.Bucket !== place.Bucket || before.Prefix !== place.Prefix;
      if (moved && !retain) await remove(before, await listed(before));
      await deploy(props, place);
    }
    if (props.DistributionId) throw new Error('The service "cloudfront" is not implemented by the local cloud');
    Data = {
      DestinationBucketArn: props.DestinationBucketArn,
      SourceObjectKeys: (props.OutputObjectKeys || 'true') === 'true' ? props.SourceObjectKeys : [],
    };
    if (props.OutputObjectVersionIds === 'true') Data.SourceObjectVersionIds = RequestType === 'Delete' ? [] : await versions(props, place);
  } catch (error) {
    console.error('Failed to deploy to the bucket', error);
    Status = 'FAILED';
    Reason = error.message;
  }
  const answer = { Status, Reason, PhysicalResourceId: PhysicalResourceId || context.logStreamName, StackId, RequestId, LogicalResourceId, NoEcho: false, Data };
  try {
    await fetch(event.ResponseURL, { method: 'PUT', body: JSON.stringify(answer), headers: { 'content-type': '' } });
  } catch (error) {
    // Who swaps the content without CloudFormation leaves no address.
    console.error('unable to send the answer to CloudFormation', error);
  }
};

function placeOf({ DestinationBucketName: Bucket, DestinationBucketKeyPrefix: prefix = '' }) {
  return { Bucket, Prefix: prefix === '' || prefix === '/' ? '' : prefix.replace(/\/?$/, '/') };
}

async function deploy(props, place) {
  const files = new Map();
  for (const [index, Key] of props.SourceObjectKeys.entries()) {
    const { Body } = await s3.getObject({ Bucket: props.SourceBucketNames[index], Key });
    const source = Buffer.from(await Body.transformToByteArray());
    const markers = (props.SourceMarkers || [])[index] || {};
    const config = (props.SourceMarkersConfig || [])[index] || {};
    if (props.Extract === 'false') files.set(basename(Key), source);
    else for (const [name, bytes] of unzip(source)) files.set(name, filledIn(bytes, markers, config));
  }
  const taken = filter(props);
  const metadata = metadataOf(props);
  for (const [name, Body] of files) {
    if (!taken(name)) continue;
    const ContentType = TYPES[extname(name).slice(1).toLowerCase()];
    await s3.putObject({ Bucket: place.Bucket, Key: place.Prefix + name, Body, ...(ContentType && { ContentType }), ...metadata });
  }
  if ((props.Prune || 'true').toLowerCase() !== 'true') return;
  const stale = (await listed(place)).filter((key) => {
    const name = key.slice(place.Prefix.length);
    return !files.has(name) && taken(name);
  });
  await remove(place, stale);
}

async function listed({ Bucket, Prefix }) {
  const keys = [];
  let ContinuationToken;
  do {
    const page = await s3.listObjectsV2({ Bucket, Prefix, ContinuationToken });
    for (const { Key } of page.Contents || []) keys.push(Key);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  return keys;
}

async function remove({ Bucket }, keys) {
  for (const Key of keys) await s3.deleteObject({ Bucket, Key });
}

/** Content of a bucket that another deployment fills stays. */
async function isOwned({ Bucket }, prefix) {
  const tag = 'aws-cdk:cr-owned' + (prefix && prefix !== '/' ? ':' + prefix : '');
  try {
    const { TagSet } = await s3.getBucketTagging({ Bucket });
    return TagSet.some(({ Key }) => Key.startsWith(tag));
  } catch {
    return false;
  }
}

async function versions({ SourceObjectKeys }, { Bucket, Prefix }) {
  const ids = [];
  for (const key of SourceObjectKeys) {
    try {
      ids.push((await s3.headObject({ Bucket, Key: Prefix + basename(key) })).VersionId || '');
    } catch (error) {
      if (error.$metadata?.httpStatusCode !== 404) throw error;
      ids.push('');
    }
  }
  return ids;
}

function metadataOf({ UserMetadata = {}, SystemMetadata = {} }) {
  const user = Object.entries(UserMetadata).map(([name, value]) => [name.toLowerCase(), value]);
  const metadata = user.length > 0 ? { Metadata: Object.fromEntries(user) } : {};
  for (const [name, value] of Object.entries(SystemMetadata)) {
    const member = SYSTEM_METADATA[name.toLowerCase()];
    if (!member) throw new Error('The system metadata ' + name + ' is not implemented by the local cloud');
    metadata[member] = member === 'Expires' ? new Date(value) : value;
  }
  return metadata;
}

/** Of the patterns that match, the last counts: first those that exclude, then those that include. */
function filter({ Exclude = [], Include = [] }) {
  const rules = [...Exclude.map((glob) => [pattern(glob), false]), ...Include.map((glob) => [pattern(glob), true])];
  return (name) => rules.reduce((taken, [matches, says]) => (matches.test(name) ? says : taken), true);
}

function pattern(glob) {
  const parts = glob.match(/\[!?\]?[^\]]*\]|[^]/g) || [];
  const source = parts.map((part) => {
    if (part === '*') return '[^]*';
    if (part === '?') return '[^]';
    if (part.length > 1) return '[' + part.slice(1, -1).replace(/\\/g, '\\\\').replace(/^!/, '^') + ']';
    return part.replace(/[.*+?^$(){}|[\]\\]/, '\\$&');
  });
  return new RegExp('^' + source.join('') + '$');
}

/** Values of the stack take the places that their markers have kept, byte by byte. */
function filledIn(bytes, markers, config) {
  const found = Object.entries(markers);
  if (found.length === 0) return bytes;
  const latin1 = (text) => Buffer.from(text, 'utf8').toString('latin1');
  const text = found.reduce(
    (text, [marker, value]) => text.replaceAll(latin1(marker), () => latin1(encoded(marker, value, config))),
    bytes.toString('latin1'),
  );
  return Buffer.from(text, 'latin1');
}

function encoded(marker, value, { jsonEscape = 'false', markerEncodings = {} }) {
  const encoding = markerEncodings[marker] || (jsonEscape.toLowerCase() === 'true' ? 'UNQUOTED_JSON_VALUE' : 'LITERAL');
  const json = JSON.stringify(value);
  switch (encoding) {
    case 'LITERAL':
      return value;
    case 'JSON_VALUE':
      return json;
    case 'UNQUOTED_JSON_VALUE':
      return json.startsWith('"') ? json.slice(1, -1) : json;
    case 'YAML_STRING':
      return /^[A-Za-z][A-Za-z0-9._-]*$/.test(value) && !/^(y|n|yes|no|true|false|on|off|null)$/i.test(value) ? value : json;
    default:
      throw new Error('Unknown marker encoding: ' + encoding);
  }
}

/** Files by name, by the zip's central directory. */
function* unzip(zip) {
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
  if (end < 0) throw new Error('File is not a zip file');
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const length = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + length);
    const local = zip.readUInt32LE(at + 42);
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const bytes = zip.subarray(start, start + zip.readUInt32LE(at + 20));
    if (!name.endsWith('/')) yield [name, zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes];
    at += 46 + length + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
}
`);

/** The properties of a function as it is made here: the one that fills buckets is replaced by the same one for Node. */
export function deploymentForNode(properties: Properties, logicalId: string): Properties {
  if (!logicalId.startsWith(LOGICAL_ID) || !String(properties.Runtime).startsWith('python')) return properties;
  const { Layers: _, ...rest } = properties;
  return { ...rest, Runtime: 'nodejs22.x', Code: { ZipFile: FOR_NODE } };
}

/** The layer that the function in Python needs is there, and empty. */
export function withoutCli(properties: Properties): Properties {
  if (properties.Description !== CLI_LAYER) return properties;
  const empty = zipSync({ 'nodejs/package.json': strToU8('{}') });
  return { ...properties, Content: { ZipFile: Buffer.from(empty).toString('base64') } };
}
