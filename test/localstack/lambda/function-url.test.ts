import { createHash, createHmac } from 'node:crypto';
import { LambdaClient } from '@aws-sdk/client-lambda';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { HttpReply, HttpRequest } from '../../../localstack/cloud/core/http';
import { LambdaBench, requestOf } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench().start();
});
afterEach(() => bench.stop());

const ECHO = 'export const handler = async (event) => event;';

/** A function with a URL that everybody may call; answers the URL's id. */
async function deploy(source: string, settings: object = {}): Promise<string> {
  await bench.deploy('f', source);
  const { FunctionUrl } = await bench.run('CreateFunctionUrlConfig', {
    FunctionName: 'f',
    AuthType: 'NONE',
    ...settings,
  });
  await open();
  return /_lambda-url\/([a-z0-9]{32})\/$/.exec(FunctionUrl)![1]!;
}

async function open(): Promise<void> {
  await bench.run('AddPermission', {
    FunctionName: 'f',
    StatementId: 'url',
    Action: 'lambda:InvokeFunctionUrl',
    Principal: '*',
    FunctionUrlAuthType: 'NONE',
  });
  await bench.run('AddPermission', {
    FunctionName: 'f',
    StatementId: 'function',
    Action: 'lambda:InvokeFunction',
    Principal: '*',
    InvokedViaFunctionUrl: true,
  });
}

const ask = async (id: string, request: Partial<HttpRequest> = {}): Promise<HttpReply> =>
  (await bench.peer.handleUrl(id, requestOf(request), bench.call))!;

describe('the event', () => {
  test('has everything of payload format 2.0', async () => {
    const id = await deploy(ECHO);
    const reply = await ask(id, {
      method: 'POST',
      path: '/orders/a%20b',
      rawQuery: 'x=1&y=2&x=3',
      query: new URLSearchParams('x=1&y=2&x=3'),
      headers: {
        host: '127.0.0.1:4566',
        'content-type': 'application/json',
        'user-agent': 'test',
        cookie: 'a=1; b=2',
        connection: 'keep-alive',
      },
      body: Buffer.from('{"n":"ü"}'),
      sourceIp: '10.0.0.1',
    });
    expect(JSON.parse(String(reply.body))).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/orders/a b',
      rawQueryString: 'x=1&y=2&x=3',
      cookies: ['a=1', 'b=2'],
      headers: {
        host: '127.0.0.1:4566',
        'content-type': 'application/json',
        'user-agent': 'test',
        cookie: 'a=1; b=2',
        'x-forwarded-for': '10.0.0.1',
        'x-forwarded-port': '4566',
        'x-forwarded-proto': 'http',
      },
      queryStringParameters: { x: '1,3', y: '2' },
      requestContext: {
        accountId: 'anonymous',
        apiId: id,
        domainName: `${id}.lambda-url.us-east-1.on.aws`,
        domainPrefix: id,
        http: { method: 'POST', path: '/orders/a b', protocol: 'HTTP/1.1', sourceIp: '10.0.0.1', userAgent: 'test' },
        requestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        routeKey: '$default',
        stage: '$default',
        time: '15/Jan/2026:12:00:00 +0000',
        timeEpoch: bench.clock.now(),
      },
      body: '{"n":"ü"}',
      isBase64Encoded: false,
    });
  });

  test('has no body, cookies or query parameters where the request has none', async () => {
    const event = JSON.parse(String((await ask(await deploy(ECHO))).body));
    for (const absent of ['body', 'cookies', 'queryStringParameters']) expect(event).not.toHaveProperty(absent);
  });

  test.each([
    ['application/cloudevents+json; charset=utf-8', false],
    ['text/plain', false],
    ['application/x-www-form-urlencoded', true],
    ['image/png', true],
  ])('a body of type %s as base64: %s', async (type, encoded) => {
    const id = await deploy(ECHO);
    const body = Buffer.from('a=1');
    const event = JSON.parse(String((await ask(id, { method: 'POST', headers: { 'content-type': type }, body })).body));
    expect([event.isBase64Encoded, event.body]).toEqual([encoded, encoded ? body.toString('base64') : 'a=1']);
  });
});

describe('the answer', () => {
  const answer = async (result: string) => ask(await deploy(`export const handler = async () => (${result});`));

  test('an object with a status code describes it', async () => {
    const reply = await answer(
      '{ statusCode: 201, headers: { "Content-Type": "text/html", ETag: "1", "Content-Length": 7 }, cookies: ["a=1", "b=2"], body: "<p>" }',
    );
    expect(reply).toMatchObject({ status: 201, body: '<p>' });
    expect(reply.headers).toMatchObject({ 'content-type': 'text/html', etag: '1', 'set-cookie': ['a=1', 'b=2'] });
    expect(reply.headers).not.toHaveProperty('content-length');
  });

  test('a base64 body is decoded', async () => {
    expect((await answer('{ statusCode: 200, isBase64Encoded: true, body: "AAEC" }')).body).toEqual(
      Buffer.from([0, 1, 2]),
    );
  });

  test('without a status code the result is the body, as JSON', async () => {
    const reply = await answer('{ a: 1 }');
    expect(reply).toMatchObject({ status: 200, body: '{"a":1}' });
    expect(reply.headers).toMatchObject({ 'content-type': 'application/json' });
  });

  test('a text is the body as it is', async () => {
    expect((await answer('"hello"')).body).toBe('hello');
  });

  test.each([
    ['an error', '(() => { throw new Error("x"); })()'],
    ['a status code that is none', '{ statusCode: "abc" }'],
  ])('%s is a 502', async (_what, result) => {
    expect(await answer(result)).toMatchObject({ status: 502, body: 'Internal Server Error' });
  });

  test('throttling is a 429', async () => {
    const id = await deploy(ECHO);
    await bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: 0 });
    expect(await ask(id)).toMatchObject({ status: 429 });
  });
});

test('a URL that is none is nobody', async () => {
  expect(await bench.peer.handleUrl('nothing', requestOf({}), bench.call)).toBeUndefined();
});

test('without the permissions that AWS asks for, even an open URL is forbidden', async () => {
  await bench.deploy('f', ECHO);
  const { FunctionUrl } = await bench.run('CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE' });
  const id = FunctionUrl.split('/').at(-2)!;
  expect(await ask(id)).toMatchObject({ status: 403, body: '{"Message":"Forbidden"}' });
  await open();
  expect(await ask(id)).toMatchObject({ status: 200 });
});

describe('CORS', () => {
  const Cors = {
    AllowOrigins: ['https://shop.example', 'https://*.shop.example'],
    AllowMethods: ['GET', 'POST'],
    AllowHeaders: ['content-type'],
    ExposeHeaders: ['etag'],
    AllowCredentials: true,
    MaxAge: 60,
  };

  test('a preflight is answered without running the function', async () => {
    const id = await deploy(ECHO, { Cors });
    const reply = await ask(id, {
      method: 'OPTIONS',
      headers: { origin: 'https://a.shop.example', 'access-control-request-method': 'POST' },
    });
    expect(reply).toMatchObject({
      status: 200,
      headers: {
        'access-control-allow-origin': 'https://a.shop.example',
        'access-control-allow-methods': 'GET,POST',
        'access-control-allow-headers': 'content-type',
        'access-control-allow-credentials': 'true',
        'access-control-max-age': '60',
      },
    });
    expect(bench.notes).toEqual([]);
  });

  test('the settings of the URL beat the headers of the function', async () => {
    const id = await deploy(
      'export const handler = async () => ({ statusCode: 200, headers: { "Access-Control-Allow-Origin": "*", "x-mine": "1" } });',
      { Cors },
    );
    const reply = await ask(id, { headers: { origin: 'https://shop.example' } });
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': 'https://shop.example',
      'access-control-expose-headers': 'etag',
      'x-mine': '1',
    });
    const other = await ask(id, { headers: { origin: 'https://evil.example' } });
    expect(other.headers).not.toHaveProperty('access-control-allow-origin');
  });

  test('without settings, the function speaks for itself, preflights too', async () => {
    const id = await deploy(
      'export const handler = async (e) => ({ statusCode: 204, headers: { "access-control-allow-origin": "*" } });',
    );
    const reply = await ask(id, { method: 'OPTIONS', headers: { 'access-control-request-method': 'GET' } });
    expect(reply).toMatchObject({ status: 204, headers: { 'access-control-allow-origin': '*' } });
  });
});

describe('AWS_IAM', () => {
  type Keys = { readonly accessKeyId: string; readonly secretAccessKey: string; readonly sessionToken?: string };

  /** A signature made by hand, from the description of SigV4, to have a second opinion. */
  function signed(path: string, body: string, keys: Keys, at: number): Partial<HttpRequest> {
    const date = `${new Date(at).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
    const hash = (text: string) => createHash('sha256').update(text).digest('hex');
    const headers: Record<string, string> = { host: '127.0.0.1:4566', 'x-amz-date': date };
    if (keys.sessionToken) headers['x-amz-security-token'] = keys.sessionToken;
    const names = Object.keys(headers).sort();
    const canonical = [
      'POST',
      path,
      'a=1&b=x%20y',
      ...names.map((n) => `${n}:${headers[n]}`),
      '',
      names.join(';'),
      hash(body),
    ].join('\n');
    const scope = `${date.slice(0, 8)}/us-east-1/lambda/aws4_request`;
    const key = scope
      .split('/')
      .reduce<Buffer>(
        (k, part) => createHmac('sha256', k).update(part).digest(),
        Buffer.from(`AWS4${keys.secretAccessKey}`),
      );
    const signature = createHmac('sha256', key)
      .update(`AWS4-HMAC-SHA256\n${date}\n${scope}\n${hash(canonical)}`)
      .digest('hex');
    return {
      method: 'POST',
      rawQuery: 'b=x%20y&a=1',
      query: new URLSearchParams('b=x%20y&a=1'),
      body: Buffer.from(body),
      headers: {
        ...headers,
        authorization: `AWS4-HMAC-SHA256 Credential=${keys.accessKeyId}/${scope}, SignedHeaders=${names.join(';')}, Signature=${signature}`,
      },
    };
  }

  const roleKeys = async (name: string, actions: string[]): Promise<Keys> => {
    const arn = await bench.role(name, actions);
    return bench.registry.peer('iam').issueCredentials(arn, 'session', 3600);
  };
  const call = (id: string, path: string, keys: Keys, change: Partial<HttpRequest> = {}) =>
    ask(id, { ...signed(`/_lambda-url/${id}${path}`, '{}', keys, bench.clock.now()), path, ...change });
  const deployIam = () =>
    deploy('export const handler = async (e) => e.requestContext.authorizer;', { AuthType: 'AWS_IAM' });
  const BOTH = ['lambda:InvokeFunctionUrl', 'lambda:InvokeFunction'];

  test('a role that may call it gets through, and the function sees who it was', async () => {
    const id = await deployIam();
    const keys = await roleKeys('caller', BOTH);
    const reply = await call(id, '/orders', keys);
    expect(reply.status).toBe(200);
    expect(JSON.parse(String(reply.body))).toEqual({
      iam: {
        accessKey: keys.accessKeyId,
        accountId: '000000000000',
        callerId: 'session',
        cognitoIdentity: null,
        principalOrgId: null,
        userArn: 'arn:aws:sts::000000000000:assumed-role/caller/session',
        userId: 'session',
      },
    });
  });

  describe("signed by the SDK's own signer", () => {
    const PATH = '/orders/a b/ü+(1)';
    const QUERY = { a: '1', 'a-b': 'x y', ab: '=&+' };

    /** The request as Node's HTTP client would send it and the cloud would read it. */
    async function sign(id: string, keys: Keys, region = 'us-east-1'): Promise<Partial<HttpRequest>> {
      const client = new LambdaClient({ region, credentials: keys });
      const signer = await client.config.signer({
        name: 'sigv4',
        signingName: 'lambda',
        signingRegion: region,
        properties: {},
      });
      const path = PATH.split('/').map(encodeURIComponent).join('/');
      const { headers } = await signer.sign(
        {
          method: 'POST',
          protocol: 'http:',
          hostname: '127.0.0.1',
          port: 4566,
          path: `/_lambda-url/${id}${path}`,
          query: QUERY,
          headers: { host: '127.0.0.1:4566', 'content-type': 'application/json' },
          body: '{"n":1}',
        },
        { signingDate: new Date(bench.clock.now()) },
      );
      const rawQuery = Object.entries(QUERY)
        .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
        .join('&');
      return {
        method: 'POST',
        path,
        rawQuery,
        query: new URLSearchParams(rawQuery),
        headers,
        body: Buffer.from('{"n":1}'),
      };
    }

    test('gets through, whatever stands in path and query', async () => {
      const id = await deployIam();
      expect((await ask(id, await sign(id, await roleKeys('caller', BOTH)))).status).toBe(200);
    });

    test.each([
      ['a forged signature', ({ authorization = '' }) => ({ authorization: authorization.replace(/.{4}$/, 'beef') })],
      ["another's key id", ({ authorization = '' }) => ({ authorization: authorization.replace(/=[^/]+/, '=test') })],
      ['a header that was changed', () => ({ 'content-type': 'text/plain' })],
      ['no session token', () => ({ 'x-amz-security-token': undefined })],
    ] as [string, (headers: Record<string, string>) => HttpRequest['headers']][])(
      '%s is forbidden',
      async (_what, change) => {
        const id = await deployIam();
        const request = await sign(id, await roleKeys('caller', BOTH));
        const headers = { ...request.headers, ...change(request.headers as Record<string, string>) };
        expect((await ask(id, { ...request, headers })).status).toBe(403);
      },
    );

    test('a signature for another region is forbidden', async () => {
      const id = await deployIam();
      expect((await ask(id, await sign(id, await roleKeys('caller', BOTH), 'eu-west-1'))).status).toBe(403);
    });
  });

  test('keys of a role are no good without their session token', async () => {
    const id = await deployIam();
    const { sessionToken: _, ...keys } = await roleKeys('caller', BOTH);
    expect((await call(id, '/', keys)).status).toBe(403);
  });

  test('the developer signs with the secret "test"', async () => {
    const id = await deployIam();
    expect((await call(id, '/', { accessKeyId: 'test', secretAccessKey: 'test' })).status).toBe(200);
    expect((await call(id, '/', { accessKeyId: 'test', secretAccessKey: 'guess' })).status).toBe(403);
  });

  test('a role without the permission is forbidden', async () => {
    const id = await deployIam();
    expect(await call(id, '/', await roleKeys('caller', ['s3:*']))).toMatchObject({
      status: 403,
      body: '{"Message":"Forbidden"}',
    });
  });

  test('an unsigned request is forbidden', async () => {
    expect((await ask(await deployIam())).status).toBe(403);
  });

  test('a signature holds for its body, path, query and five minutes only', async () => {
    const id = await deployIam();
    const keys = await roleKeys('caller', BOTH);
    const { query: _, rawQuery: __, ...rest } = signed(`/_lambda-url/${id}/a`, '{}', keys, bench.clock.now());
    expect((await call(id, '/a', keys, { body: Buffer.from('{"more":1}') })).status).toBe(403);
    expect(
      (await ask(id, { ...signed(`/_lambda-url/${id}/a`, '{}', keys, bench.clock.now()), path: '/b' })).status,
    ).toBe(403);
    expect((await ask(id, { ...rest, path: '/a' })).status).toBe(403);
    const old = signed(`/_lambda-url/${id}/a`, '{}', keys, bench.clock.now() - 301_000);
    expect((await ask(id, { ...old, path: '/a' })).status).toBe(403);
    expect((await call(id, '/a', keys)).status).toBe(200);
  });
});

describe('settings', () => {
  test('are created, shown, updated, listed and deleted', async () => {
    await bench.deploy('f', ECHO);
    const created = await bench.run('CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE' });
    expect(created).toMatchObject({
      AuthType: 'NONE',
      InvokeMode: 'BUFFERED',
      FunctionUrl: expect.stringMatching(/^http:\/\/127.0.0.1:4566\/_lambda-url\//),
    });
    await bench.run('UpdateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'AWS_IAM' });
    const shown = await bench.run('GetFunctionUrlConfig', { FunctionName: 'f' });
    expect(shown).toMatchObject({ AuthType: 'AWS_IAM', FunctionUrl: created.FunctionUrl });
    expect((await bench.run('ListFunctionUrlConfigs', { FunctionName: 'f' })).FunctionUrlConfigs).toHaveLength(1);
    await expect(bench.run('CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE' })).rejects.toMatchObject({
      code: 'ResourceConflictException',
    });
    await bench.run('DeleteFunctionUrlConfig', { FunctionName: 'f' });
    await expect(bench.run('GetFunctionUrlConfig', { FunctionName: 'f' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test('response streaming is refused by name', async () => {
    await bench.deploy('f', ECHO);
    await expect(
      bench.run('CreateFunctionUrlConfig', { FunctionName: 'f', AuthType: 'NONE', InvokeMode: 'RESPONSE_STREAM' }),
    ).rejects.toThrow('InvokeMode RESPONSE_STREAM is not implemented');
  });
});
