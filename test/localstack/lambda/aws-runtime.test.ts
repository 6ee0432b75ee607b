import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { strToU8, zipSync } from 'fflate';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloud({ port: 0 });
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  const all = { Effect: 'Allow', Action: '*', Resource: '*' };
  const document = (statement: object) => JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
  await call('iam', 'CreateRole', { RoleName: 'r', AssumeRolePolicyDocument: document(trust) });
  await call('iam', 'PutRolePolicy', { RoleName: 'r', PolicyName: 'all', PolicyDocument: document(all) });
  await call('s3', 'CreateBucket', { Bucket: 'bucket' });
  await call('s3', 'PutObject', { Bucket: 'bucket', Key: 'a.txt', Body: Buffer.from('from here') });
});
afterAll(() => cloud.stop());

// biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
const call = (service: string, operation: string, input: object): Promise<any> =>
  cloud.registry.call(service, operation, input, cloud.rootCall());

let made = 0;
async function run(files: Record<string, string>, event: object = {}) {
  const zip = zipSync(Object.fromEntries(Object.entries(files).map(([name, source]) => [name, strToU8(source)])));
  const FunctionName = `f${++made}`;
  const { FunctionArn } = await call('lambda', 'CreateFunction', {
    FunctionName,
    Runtime: 'nodejs22.x',
    Handler: 'index.handler',
    Role: 'arn:aws:iam::000000000000:role/r',
    Timeout: 20,
    Code: { ZipFile: Buffer.from(zip).toString('base64') },
  });
  const { payload, functionError } = await cloud.registry.peer('lambda').invoke(FunctionArn, JSON.stringify(event));
  return { functionError, answer: JSON.parse(payload) };
}

describe('a host of AWS is the cloud, for a function that', () => {
  const GET = `
    const get = (module, url) => new Promise((resolve, reject) => {
      module.get(url, (response) => {
        let text = '';
        response.on('data', (chunk) => { text += chunk; });
        response.on('end', () => resolve(response.statusCode + ' ' + text));
      }).on('error', reject);
    });
  `;
  test.each([
    [
      'speaks https',
      `${GET} exports.handler = () => get(require('https'), 'https://bucket.s3.us-east-1.amazonaws.com/_localstack/health');`,
    ],
    [
      'speaks http',
      `${GET} exports.handler = () => get(require('http'), 'http://sqs.eu-west-1.api.aws/_localstack/health');`,
    ],
    [
      'fetches',
      "exports.handler = async () => { const r = await fetch('https://some.lambda-url.us-east-1.on.aws/_localstack/health'); return r.status + ' ' + await r.text(); };",
    ],
  ])('%s', async (_, source) => {
    const { answer } = await run({ 'index.js': source });
    expect(answer).toMatch(/^200 .*"s3"/s);
  });

  test('gives its SDK client the endpoint of AWS', async () => {
    const { answer } = await run({
      'index.mjs': `
        import { S3Client, GetObjectCommand } from '@aws-sdk/client-s3';
        const s3 = new S3Client({ endpoint: 'https://s3.us-east-1.amazonaws.com' });
        export const handler = async () => {
          const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'bucket', Key: 'a.txt' }));
          return Body.transformToString();
        };`,
    });
    expect(answer).toBe('from here');
  });

  test('connects by itself', async () => {
    const { answer } = await run({
      'index.mjs': `
        import { connect } from 'tls';
        export const handler = () => new Promise((resolve, reject) => {
          const socket = connect(443, 'sqs.us-east-1.amazonaws.com', { servername: 'sqs.us-east-1.amazonaws.com' }, () => {
            resolve(socket.remoteAddress + ':' + socket.remotePort);
            socket.end();
          });
          socket.on('error', reject);
        });`,
    });
    expect(answer).toBe(`127.0.0.1:${cloud.port}`);
  });
});

describe("what AWS's runtime has besides Node", () => {
  test('is there for both kinds of modules, and a bundle that has its own keeps it', async () => {
    const esm = "import { SQSClient } from '@aws-sdk/client-sqs'; export const handler = async () => typeof SQSClient;";
    expect((await run({ 'index.mjs': esm })).answer).toBe('function');
    const cjs =
      "const { SQSClient } = require('@aws-sdk/client-sqs'); exports.handler = async () => String(SQSClient);";
    const own = { 'node_modules/@aws-sdk/client-sqs/index.js': "exports.SQSClient = 'own';" };
    expect((await run({ 'index.js': cjs, ...own })).answer).toBe('own');
  });

  test('and is not installed here harms only a function that uses it, which says how to get it', async () => {
    const source = `
      const { GlueClient } = require('@aws-sdk/client-glue');
      exports.handler = async ({ use }) => (use ? new GlueClient({}) : 'unused');`;
    expect((await run({ 'index.js': source })).answer).toBe('unused');
    const used = await run({ 'index.js': source }, { use: true });
    expect(used.answer.errorMessage).toBe(
      "@aws-sdk/client-glue is not installed here, although AWS's runtime has it: npm install -D @aws-sdk/client-glue",
    );
  });

  test('and is not installed here cannot be imported by an ES module', async () => {
    const { answer } = await run({
      'index.mjs': "import '@aws-sdk/client-glue'; export const handler = async () => 1;",
    });
    expect(answer.errorType).toBe('Runtime.ImportModuleError');
    expect(answer.errorMessage).toContain('npm install -D @aws-sdk/client-glue');
  });
});
