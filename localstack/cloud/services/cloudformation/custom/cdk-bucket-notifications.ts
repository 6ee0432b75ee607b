import type { Properties } from '../resources/handler';

/** How CDK describes its function for `Custom::S3BucketNotifications`, which is Python. */
const DESCRIPTION = 'AWS CloudFormation handler for "Custom::S3BucketNotifications" resources (@aws-cdk/aws-s3)';

/** Loaded by the function, never by the cloud itself. */
const CLIENT = '@aws-sdk/client-s3';

/** The same function for Node: same requests, same calls to S3, same answers. */
const FOR_NODE = `'use strict';
const { createHash } = require('node:crypto');
const { S3 } = require(${JSON.stringify(CLIENT)});

const s3 = new S3({});
const KINDS = ['TopicConfigurations', 'QueueConfigurations', 'LambdaFunctionConfigurations'];

exports.handler = async (event, context) => {
  let fault = '';
  try {
    const { BucketName: Bucket, NotificationConfiguration: wanted, Managed, SkipDestinationValidation } = event.ResourceProperties;
    const managed = (Managed || 'true').toLowerCase() === 'true';
    const skip = (SkipDestinationValidation || 'false').toLowerCase() === 'true';
    const configuration = managed ? (event.RequestType === 'Delete' ? {} : wanted) : await merged(event, Bucket, wanted);
    await s3.putBucketNotificationConfiguration({
      Bucket,
      NotificationConfiguration: configuration,
      ...(skip && { SkipDestinationValidation: true }),
    });
  } catch (error) {
    console.error('Failed to put bucket notification configuration', error);
    fault = 'Error: ' + error.message + '. ';
  }
  const { StackId, RequestId, LogicalResourceId, PhysicalResourceId = LogicalResourceId } = event;
  const body = JSON.stringify({
    Status: fault ? 'FAILED' : 'SUCCESS',
    Reason: fault + 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
    PhysicalResourceId,
    StackId,
    RequestId,
    LogicalResourceId,
    NoEcho: false,
  });
  await fetch(event.ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
};

/** What others have configured stays: what this stack has made bears its id. */
async function merged({ StackId, RequestType, OldResourceProperties }, Bucket, wanted) {
  const { EventBridgeConfiguration, ...existing } = await s3.getBucketNotificationConfiguration({ Bucket });
  const idOf = (notification) => StackId + '-' + createHash('sha1').update(text({ ...notification, Id: '' })).digest('hex');
  const old = (OldResourceProperties && OldResourceProperties.NotificationConfiguration) || {};
  const configuration = {};
  for (const kind of KINDS) {
    const mine = (old[kind] || []).map(idOf);
    const foreign = (existing[kind] || []).filter((notification) => {
      if (RequestType === 'Create') return true;
      if (RequestType === 'Delete') return !notification.Id.startsWith(StackId + '-');
      return !mine.includes(idOf(notification));
    });
    const own = RequestType === 'Delete' ? [] : (wanted[kind] || []).map((notification) => ({ ...notification, Id: idOf(notification) }));
    if (foreign.length + own.length > 0) configuration[kind] = [...foreign, ...own];
  }
  const bridge = (RequestType !== 'Delete' && wanted.EventBridgeConfiguration) || EventBridgeConfiguration;
  if (bridge) configuration.EventBridgeConfiguration = bridge;
  return configuration;
}

/** JSON in which neither the order of members matters, nor that of filter rules, nor how their names are written. */
function text(value) {
  return JSON.stringify(value, (key, child) => {
    if (key === 'FilterRules') {
      return child
        .map(({ Name, Value }) => ({ Name: Name.toLowerCase(), Value }))
        .sort((a, b) => (a.Name < b.Name ? -1 : 1));
    }
    if (typeof child !== 'object' || child === null || Array.isArray(child)) return child;
    return Object.fromEntries(Object.entries(child).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
`;

/** The properties of a function as it is made here: the one for the notifications of buckets is replaced by the same one for Node. */
export function notificationsForNode(properties: Properties): Properties {
  const { Description, Runtime, Code } = properties;
  const known =
    Description === DESCRIPTION &&
    String(Runtime).startsWith('python') &&
    String(Code?.ZipFile).includes('put_bucket_notification_configuration');
  return known ? { ...properties, Runtime: 'nodejs22.x', Code: { ZipFile: FOR_NODE } } : properties;
}
