import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type App, CustomResource, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import { Code, type FunctionProps, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SnsDestination as LambdaSnsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import { Bucket, EventType } from 'aws-cdk-lib/aws-s3';
import { SnsDestination } from 'aws-cdk-lib/aws-s3-notifications';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { SnsPublish } from 'aws-cdk-lib/aws-scheduler-targets';
import { FilterOrPolicy, SubscriptionFilter, Topic } from 'aws-cdk-lib/aws-sns';
import { LambdaSubscription, SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { deployApp, destroyStacks } from '../../support/small-app';
import { SnsCloud, topicArn } from './sns-cloud';

let cloud: SnsCloud;
beforeAll(async () => {
  cloud = await SnsCloud.start();
});
afterAll(() => cloud.stop());

const deploy = (name: string, build: (stack: Stack) => void) =>
  deployApp(cloud.cloud, (app: App) =>
    build(new Stack(app, name, { env: { account: '000000000000', region: 'us-east-1' } })),
  );

const inline = (stack: Stack, id: string, body: string, more: Partial<FunctionProps> = {}) =>
  new LambdaFunction(stack, id, {
    functionName: id,
    runtime: Runtime.NODEJS_22_X,
    handler: 'index.handler',
    code: Code.fromInline(`exports.handler = async (event) => { ${body} };`),
    timeout: Duration.seconds(10),
    ...more,
  });

/** What a function has logged of what it was sent, as JSON. */
async function logged(name: string): Promise<unknown[]> {
  await cloud.cloud.idle();
  const { events } = await cloud.call('logs', 'FilterLogEvents', { logGroupName: `/aws/lambda/${name}` });
  return (events as { message: string }[])
    .map(({ message }) => /GOT (.*)$/m.exec(message)?.[1])
    .flatMap((json) => (json === undefined ? [] : [JSON.parse(json)]));
}

const raw = { rawMessageDelivery: true };

test('a topic fans out to filtered queues and a function', async () => {
  await deploy('FanOut', (stack) => {
    const topic = new Topic(stack, 'Topic', { topicName: 'fan-out', displayName: 'Fan-out' });
    const dead = new Queue(stack, 'Dead', { queueName: 'dead' });
    const kind = SubscriptionFilter.stringFilter({ allowlist: ['placed'], matchPrefixes: ['order-'] });
    const filtered = new Queue(stack, 'Filtered', { queueName: 'filtered' });
    topic.addSubscription(new SqsSubscription(filtered, { ...raw, filterPolicy: { kind }, deadLetterQueue: dead }));
    const byBody = new Queue(stack, 'ByBody', { queueName: 'by-body' });
    const state = FilterOrPolicy.filter(SubscriptionFilter.stringFilter({ allowlist: ['paid'] }));
    const filterPolicyWithMessageBody = { order: FilterOrPolicy.policy({ state }) };
    topic.addSubscription(new SqsSubscription(byBody, { ...raw, filterPolicyWithMessageBody }));
    const fn = inline(stack, 'on-message', "console.log('GOT ' + JSON.stringify(event))");
    topic.addSubscription(new LambdaSubscription(fn));
  });
  const MessageAttributes = { kind: { DataType: 'String', StringValue: 'order-placed' } };
  await cloud.publish('fan-out', 'by attribute', { MessageAttributes, Subject: 'Hello' });
  await cloud.publish('fan-out', '{"order":{"state":"paid"}}');
  expect(await cloud.bodies('filtered')).toEqual(['by attribute']);
  expect(await cloud.bodies('by-body')).toEqual(['{"order":{"state":"paid"}}']);
  const events = await logged('on-message');
  expect(events).toHaveLength(2);
  expect(events).toContainEqual({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: expect.stringMatching(/:fan-out:[0-9a-f-]+$/),
        Sns: {
          Type: 'Notification',
          MessageId: expect.any(String),
          TopicArn: topicArn('fan-out'),
          Subject: 'Hello',
          Message: 'by attribute',
          Timestamp: expect.any(String),
          SignatureVersion: '1',
          Signature: expect.any(String),
          SigningCertUrl: expect.any(String),
          UnsubscribeUrl: expect.any(String),
          MessageAttributes: { kind: { Type: 'String', Value: 'order-placed' } },
        },
      },
    ],
  });
  const way = cloud.cloud.controls.trace
    .find('by attribute')
    .map(({ service, operation }) => `${service}:${operation}`);
  expect(way).toEqual(expect.arrayContaining(['sns:Deliver', 'lambda:Invoke']));

  await deploy('FanOut', (stack) => {
    const topic = new Topic(stack, 'Topic', { topicName: 'fan-out' });
    new Queue(stack, 'Dead', { queueName: 'dead' });
    const filtered = new Queue(stack, 'Filtered', { queueName: 'filtered' });
    topic.addSubscription(new SqsSubscription(filtered, raw));
  });
  await cloud.publish('fan-out', 'unfiltered');
  expect(await cloud.bodies('filtered')).toEqual(['unfiltered']);
  const { Subscriptions } = await cloud.sns('ListSubscriptions', {});
  expect(Subscriptions).toHaveLength(1);
  await destroyStacks(cloud.cloud, 'FanOut');
  expect(await cloud.sns('ListTopics', {})).toEqual({ Topics: [] });
}, 30_000);

test('other services publish to topics that let them', async () => {
  await deploy('Publishers', (stack) => {
    const topic = (name: string) => {
      const made = new Topic(stack, name, { topicName: name });
      made.addSubscription(new SqsSubscription(new Queue(stack, `${name}-queue`, { queueName: name }), raw));
      return made;
    };
    const target = new SnsTopic(topic('by-rule'), { message: RuleTargetInput.fromEventPath('$.detail.text') });
    new Rule(stack, 'Rule', { eventPattern: { source: ['shop'] }, targets: [target] });
    const onFailure = new LambdaSnsDestination(topic('by-destination'));
    inline(stack, 'failing', "throw new Error('no')", { retryAttempts: 0, onFailure });
    inline(stack, 'dead-lettered', "throw new Error('no')", {
      retryAttempts: 0,
      deadLetterTopic: topic('by-function'),
    });
    const bucket = new Bucket(stack, 'Bucket', { bucketName: 'announcing', removalPolicy: RemovalPolicy.DESTROY });
    bucket.addEventNotification(EventType.OBJECT_CREATED, new SnsDestination(topic('by-bucket')));
    new Schedule(stack, 'Schedule', {
      schedule: ScheduleExpression.rate(Duration.hours(1)),
      target: new SnsPublish(topic('by-schedule'), { input: ScheduleTargetInput.fromText('tick') }),
    });
  });
  const Entries = [{ Source: 'shop', DetailType: 'd', Detail: '{"text":"placed"}' }];
  await cloud.call('events', 'PutEvents', { Entries });
  const { registry } = cloud.cloud;
  for (const name of ['failing', 'dead-lettered']) {
    const { principal } = cloud.cloud.rootCall();
    registry.peer('lambda').enqueue(`arn:aws:lambda:us-east-1:000000000000:function:${name}`, '{"a":1}', principal);
  }
  await cloud.call('s3', 'PutObject', { Bucket: 'announcing', Key: 'k', Body: Buffer.from('v') });
  await cloud.cloud.idle();
  expect(await cloud.bodies('by-rule')).toEqual(['"placed"']);
  expect(JSON.parse((await cloud.bodies('by-destination'))[0]!)).toMatchObject({
    requestContext: { condition: 'RetriesExhausted' },
    requestPayload: { a: 1 },
  });
  const [letter] = await cloud.take('by-function');
  expect(letter).toMatchObject({
    Body: '{"a":1}',
    MessageAttributes: { ErrorCode: { DataType: 'Number', StringValue: '200' }, ErrorMessage: { StringValue: 'no' } },
  });
  const [asked, put] = await cloud.bodies('by-bucket');
  expect(JSON.parse(asked!)).toMatchObject({ Event: 's3:TestEvent' });
  expect(JSON.parse(put!)).toMatchObject({ Records: [{ eventSource: 'aws:s3', s3: { object: { key: 'k' } } }] });
  expect(await cloud.bodies('by-schedule')).toEqual(['tick']);
  await cloud.call('s3', 'DeleteObject', { Bucket: 'announcing', Key: 'k' });
  await destroyStacks(cloud.cloud, 'Publishers');
}, 30_000);

/** Publishes as the SDK does, signed with the credentials of the function's role: there is no client of SNS here. */
const PUBLISH = `
  const { createHash, createHmac } = require('node:crypto');
  const { AWS_ENDPOINT_URL: url, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
  const body = new URLSearchParams({ Action: 'Publish', Version: '2010-03-31', ...event }).toString();
  const time = new Date().toISOString().replace(/[-:]|\\.\\d+/g, '');
  const scope = [time.slice(0, 8), 'us-east-1', 'sns', 'aws4_request'];
  const sha256 = (text) => createHash('sha256').update(text).digest('hex');
  const signed = 'host;x-amz-date';
  const canonical = ['POST', '/', '', 'host:' + new URL(url).host, 'x-amz-date:' + time, '', signed, sha256(body)].join('\\n');
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\\n');
  const key = scope.reduce((key, part) => createHmac('sha256', key).update(part).digest(), 'AWS4' + secret);
  const signature = createHmac('sha256', key).update(text).digest('hex');
  const response = await fetch(url, {
    method: 'POST',
    body,
    headers: {
      'x-amz-date': time,
      'x-amz-security-token': token,
      authorization: 'AWS4-HMAC-SHA256 Credential=' + [id, ...scope].join('/') + ', SignedHeaders=' + signed + ', Signature=' + signature,
    },
  });
  return [response.status, await response.text()];`;

test('a function publishes to a topic that it was granted, and to no other', async () => {
  await deploy('Granted', (stack) => {
    const granted = new Topic(stack, 'granted', { topicName: 'granted' });
    granted.addSubscription(new SqsSubscription(new Queue(stack, 'Queue', { queueName: 'granted' }), raw));
    new Topic(stack, 'other', { topicName: 'other' });
    granted.grantPublish(inline(stack, 'publishing', PUBLISH));
  });
  const publish = async (topic: string): Promise<[status: number, text: string]> => {
    const arn = 'arn:aws:lambda:us-east-1:000000000000:function:publishing';
    const input = JSON.stringify({ TopicArn: topicArn(topic), Message: 'from a function' });
    return JSON.parse((await cloud.cloud.registry.peer('lambda').invoke(arn, input)).payload);
  };
  expect(await publish('granted')).toEqual([200, expect.stringContaining('<PublishResult><MessageId>')]);
  expect(await cloud.bodies('granted')).toEqual(['from a function']);
  const [status, refusal] = await publish('other');
  expect(status).toBe(403);
  expect(refusal).toContain('<Code>AuthorizationError</Code>');
  expect(refusal).toContain(`is not authorized to perform: SNS:Publish on resource: ${topicArn('other')}`);
  const way = cloud.cloud.controls.trace
    .find('from a function')
    .map(({ service, operation }) => `${service}:${operation}`);
  expect(way).toEqual(expect.arrayContaining(['sns:Publish', 'sns:Deliver']));
  await destroyStacks(cloud.cloud, 'Granted');
}, 30_000);

test('a custom resource may be behind a topic', async () => {
  await deploy('Behind', (stack) => {
    const topic = new Topic(stack, 'Topic');
    const answer = `
      const request = JSON.parse(event.Records[0].Sns.Message);
      console.log('GOT ' + JSON.stringify([request.RequestType, event.Records[0].Sns.Subject]));
      const { StackId, RequestId, LogicalResourceId } = request;
      const body = { Status: 'SUCCESS', PhysicalResourceId: 'thing', StackId, RequestId, LogicalResourceId };
      await fetch(request.ResponseURL, { method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': '' } });`;
    const subscription = topic.addSubscription(new LambdaSubscription(inline(stack, 'answering', answer)));
    const resource = new CustomResource(stack, 'Thing', { serviceToken: topic.topicArn });
    resource.node.addDependency(subscription);
  });
  const Subject = 'AWS CloudFormation custom resource request';
  expect(await logged('answering')).toEqual([['Create', Subject]]);
  await destroyStacks(cloud.cloud, 'Behind');
  const requests = cloud.cloud.controls.trace
    .latest(1_000)
    .filter(({ service, target }) => service === 'sns' && target.endsWith(':function:answering'));
  expect(requests).toHaveLength(2);
}, 30_000);
