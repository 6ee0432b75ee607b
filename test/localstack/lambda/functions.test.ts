import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AwsError } from '../../../localstack/cloud/core/aws-error';
import { arnOf, LambdaBench, queueArn, zip } from './lambda-bench';

let bench: LambdaBench;
beforeEach(async () => {
  bench = await new LambdaBench().start();
});
afterEach(() => bench.stop());

const CODE = 'export const handler = async () => "one";';
const OTHER = zip({ 'index.mjs': 'export const handler = async () => "two";' });

describe('create', () => {
  test('answers the configuration with every default', async () => {
    expect(await bench.deploy('f', CODE)).toMatchObject({
      FunctionName: 'f',
      FunctionArn: arnOf('f'),
      Runtime: 'nodejs24.x',
      Role: 'arn:aws:iam::000000000000:role/role-of-f',
      Handler: 'index.handler',
      Timeout: 3,
      MemorySize: 128,
      Description: '',
      Version: '$LATEST',
      State: 'Active',
      LastUpdateStatus: 'Successful',
      PackageType: 'Zip',
      Architectures: ['x86_64'],
      EphemeralStorage: { Size: 512 },
      TracingConfig: { Mode: 'PassThrough' },
      LoggingConfig: { LogFormat: 'Text', LogGroup: '/aws/lambda/f' },
      LastModified: '2026-01-15T12:00:00.000+0000',
      CodeSha256: expect.stringMatching(/^[\w+/]{43}=$/),
    });
  });

  test('takes the code from S3', async () => {
    bench.registry.add(
      { ...bench.service, name: 's3' as const },
      {
        read: (bucket: string, key: string) => {
          if (key !== 'there.zip')
            throw new AwsError('NoSuchKey', 'The specified key does not exist.', { status: 404 });
          return Buffer.from(OTHER, bucket === 'assets' ? 'base64' : 'hex');
        },
      },
    );
    await bench.deploy('f', '', { Code: { S3Bucket: 'assets', S3Key: 'there.zip' } });
    expect((await bench.invoke('f')).payload).toBe('two');
    await expect(
      bench.run('UpdateFunctionCode', { FunctionName: 'f', S3Bucket: 'assets', S3Key: 'gone.zip' }),
    ).rejects.toThrow('Error occurred while GetObject. S3 Error Code: NoSuchKey.');
  });

  test.each([
    ['a second one of the name', {}, 'ResourceConflictException', 'Function already exist: f'],
    [
      'a role that is not there',
      { Role: 'arn:aws:iam::000000000000:role/none' },
      'InvalidParameterValueException',
      'cannot be assumed by Lambda',
    ],
    [
      'a role that does not trust Lambda',
      { Role: 'arn:aws:iam::000000000000:role/distrusts' },
      'InvalidParameterValueException',
      'cannot be assumed by Lambda',
    ],
    ['another runtime', { Runtime: 'python3.13' }, 'NotImplemented', 'the runtime python3.13'],
    ['a container image', { PackageType: 'Image' }, 'NotImplemented', 'container images'],
    [
      'a layer that is not there',
      { Layers: ['arn:aws:lambda:us-east-1:000000000000:layer:l:1'] },
      'InvalidParameterValueException',
      'Layer version arn:aws:lambda:us-east-1:000000000000:layer:l:1 does not exist.',
    ],
    ['a VPC', { VpcConfig: { SubnetIds: ['s'], SecurityGroupIds: ['g'] } }, 'NotImplemented', 'VpcConfig'],
    [
      'active tracing with a role that may not trace',
      { TracingConfig: { Mode: 'Active' }, Role: 'arn:aws:iam::000000000000:role/poor' },
      'InvalidParameterValueException',
      'The provided execution role does not have permissions to call PutTraceSegments on XRAY',
    ],
    [
      'a dead-letter queue with a role that may not send to it',
      { DeadLetterConfig: { TargetArn: queueArn('dead') }, Role: 'arn:aws:iam::000000000000:role/poor' },
      'InvalidParameterValueException',
      'The provided execution role does not have permissions to call SendMessage on SQS',
    ],
    [
      'a way of tracing that is none',
      { TracingConfig: { Mode: 'Off' } },
      'ValidationException',
      "'tracingConfig.mode'",
    ],
    ['a property that nobody knows', { Durability: 'high' }, 'NotImplemented', 'CreateFunction: Durability'],
    [
      'a reserved variable',
      { Environment: { Variables: { AWS_REGION: 'x' } } },
      'InvalidParameterValueException',
      'Reserved keys used in this request: AWS_REGION',
    ],
    [
      'too many variables',
      { Environment: { Variables: { BIG: 'x'.repeat(4096) } } },
      'InvalidParameterValueException',
      '4KB',
    ],
    ['a timeout above 15 minutes', { Timeout: 901 }, 'ValidationException', "'timeout'"],
    ['too little memory', { MemorySize: 64 }, 'ValidationException', "'memorySize'"],
    [
      'what is no zip',
      { Code: { ZipFile: 'AAAA' } },
      'InvalidParameterValueException',
      'Could not unzip uploaded file',
    ],
    ['no code', { Code: {} }, 'InvalidParameterValueException', 'Please provide a source for function code.'],
  ])('refuses %s', async (_what, settings, code, message) => {
    const Role = await bench.role('r');
    await bench.role('poor', ['logs:*']);
    await bench.other('iam', 'CreateRole', {
      RoleName: 'distrusts',
      AssumeRolePolicyDocument:
        '{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}',
    });
    if (Object.keys(settings).length === 0) await bench.deploy('f', CODE, { Role });
    await expect(bench.deploy('f', CODE, { Role, ...settings })).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    });
  });

  test('a zip cannot write outside of its function', async () => {
    await expect(bench.deploy('f', '', { Code: { ZipFile: zip({ '../escape.mjs': 'x' }) } })).rejects.toThrow(
      'outside of itself',
    );
  });
});

describe('names', () => {
  test.each(['f', 'f:$LATEST', '000000000000:function:f', 'arn:aws:lambda:us-east-1:000000000000:function:f'])(
    '%s is the function',
    async (name) => {
      await bench.deploy('f', CODE);
      expect((await bench.invoke(name)).payload).toBe('one');
    },
  );

  test.each(['g', 'f:7', 'f:live', 'arn:aws:lambda:eu-west-1:000000000000:function:f'])(
    '%s is not there',
    async (name) => {
      await bench.deploy('f', CODE);
      await expect(bench.invoke(name)).rejects.toMatchObject({ code: 'ResourceNotFoundException', status: 404 });
    },
  );
});

describe('change and delete', () => {
  test('UpdateFunctionConfiguration changes what is named, and nothing else', async () => {
    await bench.deploy('f', CODE, { Environment: { Variables: { AA: '1' } }, Description: 'old' });
    const updated = await bench.run('UpdateFunctionConfiguration', {
      FunctionName: 'f',
      Timeout: 9,
      Description: 'new',
    });
    expect(updated).toMatchObject({
      Timeout: 9,
      Description: 'new',
      MemorySize: 128,
      Environment: { Variables: { AA: '1' } },
    });
  });

  test('a revision id that is not the latest is refused', async () => {
    const { RevisionId } = await bench.deploy('f', CODE);
    await bench.run('UpdateFunctionConfiguration', { FunctionName: 'f', RevisionId, Timeout: 5 });
    await expect(
      bench.run('UpdateFunctionConfiguration', { FunctionName: 'f', RevisionId, Timeout: 6 }),
    ).rejects.toMatchObject({
      code: 'PreconditionFailedException',
      status: 412,
    });
  });

  test('DryRun of UpdateFunctionCode changes nothing', async () => {
    await bench.deploy('f', CODE);
    await bench.run('UpdateFunctionCode', { FunctionName: 'f', ZipFile: OTHER, DryRun: true });
    expect((await bench.invoke('f')).payload).toBe('one');
  });

  test('a deleted function is gone, and can be made anew', async () => {
    await bench.deploy('f', CODE);
    await bench.invoke('f');
    await bench.run('DeleteFunction', { FunctionName: 'f' });
    await expect(bench.invoke('f')).rejects.toMatchObject({ code: 'ResourceNotFoundException' });
    await bench.deploy('f', '', { Role: 'arn:aws:iam::000000000000:role/role-of-f', Code: { ZipFile: OTHER } });
    expect((await bench.invoke('f')).payload).toBe('two');
  });

  test('functions are there after a restart, with their code', async () => {
    await bench.deploy('f', CODE);
    await bench.crash();
    expect((await bench.invoke('f')).payload).toBe('one');
  });

  test('lists come in pages', async () => {
    for (const name of ['a', 'b', 'c']) await bench.deploy(name, CODE);
    const first = await bench.run('ListFunctions', { MaxItems: 2 });
    const second = await bench.run('ListFunctions', { MaxItems: 2, Marker: first.NextMarker });
    const names = [...first.Functions, ...second.Functions].map(({ FunctionName }) => FunctionName);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(second.NextMarker).toBeUndefined();
  });
});

describe('versions and aliases', () => {
  test('a version stays as it was, an alias moves', async () => {
    await bench.deploy('f', CODE);
    expect(await bench.run('PublishVersion', { FunctionName: 'f' })).toMatchObject({
      Version: '1',
      FunctionArn: `${arnOf('f')}:1`,
    });
    expect(await bench.run('PublishVersion', { FunctionName: 'f' })).toMatchObject({ Version: '1' });
    await bench.run('CreateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '1' });
    await bench.run('UpdateFunctionCode', { FunctionName: 'f', ZipFile: OTHER, Publish: true });
    const results = async () =>
      [await bench.invoke('f:1'), await bench.invoke('f:live'), await bench.invoke('f:2')].map(
        ({ payload }) => payload,
      );
    expect(await results()).toEqual(['one', 'one', 'two']);
    await bench.run('UpdateAlias', { FunctionName: 'f', Name: 'live', FunctionVersion: '2' });
    expect(await results()).toEqual(['one', 'two', 'two']);
    const { Versions } = await bench.run('ListVersionsByFunction', { FunctionName: 'f' });
    expect(Versions.map(({ Version }: { Version: string }) => Version)).toEqual(['$LATEST', '1', '2']);
  });
});

describe('the policy of a function', () => {
  test('statements are added, shown and removed', async () => {
    await bench.deploy('f', CODE);
    const SourceArn = 'arn:aws:events:us-east-1:000000000000:rule/r';
    const { Statement } = await bench.run('AddPermission', {
      FunctionName: 'f',
      StatementId: 's',
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
      SourceArn,
    });
    const statement = {
      Sid: 's',
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'lambda:InvokeFunction',
      Resource: arnOf('f'),
      Condition: { ArnLike: { 'AWS:SourceArn': SourceArn } },
    };
    expect(JSON.parse(Statement)).toEqual(statement);
    const { Policy } = await bench.run('GetPolicy', { FunctionName: 'f' });
    expect(JSON.parse(Policy)).toEqual({ Version: '2012-10-17', Id: 'default', Statement: [statement] });
    await bench.run('RemovePermission', { FunctionName: 'f', StatementId: 's' });
    await expect(bench.run('GetPolicy', { FunctionName: 'f' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });

  test.each([
    ['events.amazonaws.com', { Service: 'events.amazonaws.com' }],
    ['alexa-appkit.amazon.com', { Service: 'alexa-appkit.amazon.com' }],
    ['111122223333', { AWS: 'arn:aws:iam::111122223333:root' }],
  ])('a statement may be for %s', async (Principal, shown) => {
    await bench.deploy('f', CODE);
    const input = { FunctionName: 'f', StatementId: 's', Action: 'lambda:InvokeFunction', Principal };
    expect(JSON.parse((await bench.run('AddPermission', input)).Statement).Principal).toEqual(shown);
  });

  test('a statement id is used once', async () => {
    await bench.deploy('f', CODE);
    const add = () =>
      bench.run('AddPermission', {
        FunctionName: 'f',
        StatementId: 's',
        Action: 'lambda:InvokeFunction',
        Principal: '*',
      });
    await add();
    await expect(add()).rejects.toMatchObject({ code: 'ResourceConflictException', status: 409 });
  });
});

test('reserved concurrency leaves 100 for the others', async () => {
  await bench.deploy('f', CODE);
  const put = (n: number) =>
    bench.run('PutFunctionConcurrency', { FunctionName: 'f', ReservedConcurrentExecutions: n });
  await expect(put(901)).rejects.toThrow('minimum value of [100]');
  await put(900);
  expect(await bench.run('GetFunction', { FunctionName: 'f' })).toMatchObject({
    Concurrency: { ReservedConcurrentExecutions: 900 },
  });
  await bench.run('DeleteFunctionConcurrency', { FunctionName: 'f' });
  expect(await bench.run('GetFunctionConcurrency', { FunctionName: 'f' })).toEqual({});
});

test('what becomes of asynchronous invocations is put, updated, listed and deleted', async () => {
  await bench.deploy('f', CODE);
  await bench.run('PutFunctionEventInvokeConfig', { FunctionName: 'f', MaximumRetryAttempts: 1 });
  await bench.run('UpdateFunctionEventInvokeConfig', { FunctionName: 'f', MaximumEventAgeInSeconds: 60 });
  const expected = {
    FunctionArn: `${arnOf('f')}:$LATEST`,
    MaximumRetryAttempts: 1,
    MaximumEventAgeInSeconds: 60,
    DestinationConfig: { OnSuccess: {}, OnFailure: {} },
  };
  expect(await bench.run('GetFunctionEventInvokeConfig', { FunctionName: 'f' })).toMatchObject(expected);
  const { FunctionEventInvokeConfigs } = await bench.run('ListFunctionEventInvokeConfigs', { FunctionName: 'f' });
  expect(FunctionEventInvokeConfigs).toMatchObject([expected]);
  await bench.run('DeleteFunctionEventInvokeConfig', { FunctionName: 'f' });
  await expect(bench.run('GetFunctionEventInvokeConfig', { FunctionName: 'f' })).rejects.toMatchObject({
    code: 'ResourceNotFoundException',
  });
});

test('tags are added, listed and removed', async () => {
  await bench.deploy('f', CODE, { Tags: { a: '1', b: '2' } });
  await bench.run('TagResource', { Resource: arnOf('f'), Tags: { c: '3' } });
  await bench.run('UntagResource', { Resource: arnOf('f'), tagKeys: ['a', 'b'] });
  expect(await bench.run('ListTags', { Resource: arnOf('f') })).toEqual({ Tags: { c: '3' } });
});
