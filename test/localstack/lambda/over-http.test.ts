import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTableCommand,
  DeleteTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutEventsCommand, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam';
import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteFunctionCommand,
  GetFunctionCommand,
  GetFunctionRecursionConfigCommand,
  GetPolicyCommand,
  InvokeCommand,
  LambdaClient,
  ListFunctionsCommand,
  ListTagsCommand,
  PutFunctionEventInvokeConfigCommand,
  TagResourceCommand,
  UntagResourceCommand,
  waitUntilFunctionActiveV2,
} from '@aws-sdk/client-lambda';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { buildSync } from 'esbuild';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import { zip } from './lambda-bench';

let cloud: Cloud;
let lambda: LambdaClient;
let settings: { endpoint: string; region: string; credentials: { accessKeyId: string; secretAccessKey: string } };
let Role: string;

beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  settings = {
    endpoint: cloud.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
  lambda = new LambdaClient(settings);
  const iam = new IAMClient(settings);
  const made = await iam.send(
    new CreateRoleCommand({
      RoleName: 'function',
      AssumeRolePolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
      }),
    }),
  );
  Role = made.Role!.Arn!;
  await iam.send(
    new PutRolePolicyCommand({
      RoleName: 'function',
      PolicyName: 'p',
      PolicyDocument: JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          {
            Effect: 'Allow',
            Action: [
              'dynamodb:*Stream*',
              'dynamodb:GetRecords',
              'dynamodb:GetShardIterator',
              'lambda:ListTags',
              'logs:*',
            ],
            Resource: '*',
          },
        ],
      }),
    }),
  );
});

afterAll(() => cloud.stop());

async function deploy(FunctionName: string, source: string): Promise<string> {
  const { FunctionArn } = await lambda.send(
    new CreateFunctionCommand({
      FunctionName,
      Role,
      Runtime: 'nodejs24.x',
      Handler: 'index.handler',
      Code: { ZipFile: Buffer.from(zip({ 'index.mjs': source }), 'base64') },
    }),
  );
  return FunctionArn!;
}

const text = (payload: Uint8Array | undefined): unknown => JSON.parse(Buffer.from(payload ?? []).toString('utf8'));

test('the life of a function, with the SDK', async () => {
  const arn = await deploy(
    'life',
    'export const handler = async (event, context) => { console.log("hi"); return { event, arn: context.invokedFunctionArn }; };',
  );
  await waitUntilFunctionActiveV2({ client: lambda, maxWaitTime: 5 }, { FunctionName: 'life' });
  const invoked = await lambda.send(new InvokeCommand({ FunctionName: arn, Payload: '{"n":1}', LogType: 'Tail' }));
  expect(invoked).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
  expect(text(invoked.Payload)).toEqual({ event: { n: 1 }, arn });
  expect(Buffer.from(invoked.LogResult!, 'base64').toString('utf8')).toContain('\tINFO\thi\n');
  const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName: 'life' }));
  expect(Configuration).toMatchObject({ FunctionName: 'life', State: 'Active' });
  await lambda.send(new TagResourceCommand({ Resource: arn, Tags: { a: '1', b: '2', c: '3' } }));
  await lambda.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['a'] }));
  await lambda.send(new UntagResourceCommand({ Resource: arn, TagKeys: ['b', 'c'] }));
  expect((await lambda.send(new ListTagsCommand({ Resource: arn }))).Tags).toEqual({});
  expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toHaveLength(1);
  await lambda.send(new DeleteFunctionCommand({ FunctionName: 'life' }));
  await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'life' }))).rejects.toMatchObject({
    name: 'ResourceNotFoundException',
    $metadata: { httpStatusCode: 404 },
    Type: 'User',
  });
});

test('a function error, over the wire', async () => {
  await deploy('fails', 'export const handler = async () => { throw new RangeError("too far"); };');
  const { StatusCode, FunctionError, Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'fails' }));
  expect([StatusCode, FunctionError]).toEqual([200, 'Unhandled']);
  expect(text(Payload)).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far' });
});

test('an operation that is not there is refused by its name', async () => {
  await expect(lambda.send(new GetFunctionRecursionConfigCommand({ FunctionName: 'x' }))).rejects.toMatchObject({
    name: 'NotImplemented',
    message: expect.stringContaining('lambda:GetFunctionRecursionConfig'),
  });
});

describe('who triggers functions', () => {
  test('an event on the bus, and the logs of the function tell of it', async () => {
    const events = new EventBridgeClient(settings);
    const arn = await deploy(
      'on-event',
      'export const handler = async (event) => { console.log("GOT", event["detail-type"], event.detail.n); };',
    );
    const { RuleArn } = await events.send(
      new PutRuleCommand({ Name: 'r', EventPattern: JSON.stringify({ source: ['shop'] }) }),
    );
    await lambda.send(
      new AddPermissionCommand({
        FunctionName: 'on-event',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
        SourceArn: RuleArn,
      }),
    );
    expect(
      JSON.parse((await lambda.send(new GetPolicyCommand({ FunctionName: 'on-event' }))).Policy!).Statement,
    ).toHaveLength(1);
    await events.send(new PutTargetsCommand({ Rule: 'r', Targets: [{ Id: 't', Arn: arn }] }));
    await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'on-event', MaximumRetryAttempts: 0 }));
    await events.send(
      new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'OrderPaid', Detail: '{"n":7}' }] }),
    );
    expect((await cloud.idle()).running).toEqual([]);
    const logs = new CloudWatchLogsClient(settings);
    const found = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/lambda/on-event', filterPattern: 'GOT' }),
    );
    expect(found.events!.map(({ message }) => message!.split('\t').at(-1))).toEqual(['GOT OrderPaid 7\n']);
  });

  test('a table whose stream it reads', async () => {
    const dynamodb = new DynamoDBClient(settings);
    await deploy(
      'on-write',
      'export const handler = async ({ Records }) => { for (const r of Records) console.log("SAW", r.eventName, r.dynamodb.NewImage.id.S, r.eventSourceARN); };',
    );
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'Things',
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
      }),
    );
    const { Table } = await dynamodb.send(new DescribeTableCommand({ TableName: 'Things' }));
    const mapping = await lambda.send(
      new CreateEventSourceMappingCommand({
        FunctionName: 'on-write',
        EventSourceArn: Table!.LatestStreamArn,
        StartingPosition: 'TRIM_HORIZON',
        ParallelizationFactor: 4,
        BisectBatchOnFunctionError: true,
        FunctionResponseTypes: ['ReportBatchItemFailures'],
      }),
    );
    expect(mapping.LastModified).toBeInstanceOf(Date);
    for (let n = 0; n < 10; n++) {
      await dynamodb.send(new PutItemCommand({ TableName: 'Things', Item: { id: { S: `i${n}` } } }));
    }
    expect((await cloud.idle()).running).toEqual([]);
    const logs = new CloudWatchLogsClient(settings);
    const { events } = await logs.send(
      new FilterLogEventsCommand({ logGroupName: '/aws/lambda/on-write', filterPattern: 'SAW' }),
    );
    const saw = events!.map(({ message }) => message!.trim().split('\t').at(-1)!);
    expect(saw.sort()).toEqual(Array.from({ length: 10 }, (_, n) => `SAW INSERT i${n} ${Table!.LatestStreamArn}`));
    await dynamodb.send(new DeleteTableCommand({ TableName: 'Things' }));
    expect((await cloud.idle()).running).toEqual([]);
  });

  test('a request to its URL', async () => {
    await deploy(
      'on-request',
      'export const handler = async (event) => ({ statusCode: 418, headers: { "x-path": event.rawPath }, cookies: ["a=1", "b=2"], body: event.body });',
    );
    const { FunctionUrl } = await lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: 'on-request', AuthType: 'NONE' }),
    );
    expect(FunctionUrl).toMatch(new RegExp(`^${cloud.endpoint}/_lambda-url/[a-z0-9]{32}/$`));
    expect((await fetch(`${FunctionUrl}orders/1`)).status).toBe(403);
    for (const [Action, condition] of [
      ['lambda:InvokeFunctionUrl', { FunctionUrlAuthType: 'NONE' }],
      ['lambda:InvokeFunction', { InvokedViaFunctionUrl: true }],
    ] as const) {
      await lambda.send(
        new AddPermissionCommand({
          FunctionName: 'on-request',
          StatementId: Action.slice(7),
          Action,
          Principal: '*',
          ...condition,
        }),
      );
    }
    const reply = await fetch(`${FunctionUrl}orders/1?x=1`, { method: 'POST', body: 'tea' });
    expect([reply.status, reply.headers.get('x-path'), await reply.text()]).toEqual([418, '/orders/1', 'tea']);
    expect(reply.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
  });
});

test('a function calls the cloud with its own role, and is refused what that does not allow', async () => {
  await deploy(
    'caller',
    `import { createHash, createHmac } from 'node:crypto';
     export const handler = async () => {
       const { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = process.env;
       const hash = (text) => createHash('sha256').update(text).digest('hex');
       const mac = (key, text) => createHmac('sha256', key).update(text).digest();
       const names = 'host;x-amz-date';
       const scope = '20260101/us-east-1/dynamodb/aws4_request';
       const time = '20260101T000000Z';
       const canonical = ['POST', '/', '', 'host:' + new URL(endpoint).host, 'x-amz-date:' + time, '', names, hash('{}')].join('\\n');
       const key = scope.split('/').reduce(mac, 'AWS4' + secret);
       const signature = mac(key, ['AWS4-HMAC-SHA256', time, scope, hash(canonical)].join('\\n')).toString('hex');
       const reply = await fetch(endpoint, {
         method: 'POST',
         headers: {
           'content-type': 'application/x-amz-json-1.0',
           'x-amz-date': time,
           'x-amz-target': 'DynamoDB_20120810.ListTables',
           'x-amz-security-token': token,
           authorization: 'AWS4-HMAC-SHA256 Credential=' + id + '/' + scope + ', SignedHeaders=' + names + ', Signature=' + signature,
         },
         body: '{}',
       });
       return reply.json();
     };`,
  );
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'caller' }));
  expect(text(Payload)).toMatchObject({
    __type: expect.stringContaining('AccessDenied'),
    message: expect.stringContaining('assumed-role/function/caller is not authorized to perform: dynamodb:ListTables'),
  });
});

describe('a function that calls with the SDK in its bundle', () => {
  beforeAll(async () => {
    const bundle = buildSync({
      stdin: {
        contents: `import { LambdaClient, ListTagsCommand } from '@aws-sdk/client-lambda';
          const client = new LambdaClient({ maxAttempts: 1 });
          export const handler = async ({ order }) => {
            console.log('asks for', order);
            return (await client.send(new ListTagsCommand({ Resource: order }))).Tags;
          };`,
        resolveDir: __dirname,
      },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      banner: { js: "import{createRequire}from'module';const require=createRequire(import.meta.url);" },
    });
    await deploy('sdk', bundle.outputFiles[0]!.text);
  });
  afterEach(() => cloud.controls.faults.clear());

  const invoke = (order: string) =>
    lambda.send(new InvokeCommand({ FunctionName: 'sdk', Payload: JSON.stringify({ order }), LogType: 'Tail' }));

  test('the call is a consequence of its invocation, and that one of the call that made it', async () => {
    await invoke('o-77');
    const hops = cloud.controls.trace.find('o-77');
    expect(hops.map(({ operation, by }) => [operation, by])).toEqual([
      ['Invoke', 'root'],
      ['Invoke', 'root'],
      ['ListTags', 'sdk'],
    ]);
    expect(hops.map(({ causes }) => causes)).toEqual([[], [hops[0]!.id], [hops[1]!.id]]);
  });

  test('a fault at the call kills it, and what it printed before is in its log', async () => {
    const rule = { service: 'lambda', operation: 'ListTags', caller: 'sdk', fault: 'crash-before' } as const;
    cloud.controls.faults.plan({ seed: 1, rules: [rule] });
    const { FunctionError, Payload, LogResult } = await invoke('o-78');
    expect(FunctionError).toBe('Unhandled');
    expect(text(Payload)).toMatchObject({ errorMessage: expect.stringMatching(/signal: killed$/) });
    expect(Buffer.from(LogResult!, 'base64').toString('utf8')).toContain('asks for o-78');
  });
});
