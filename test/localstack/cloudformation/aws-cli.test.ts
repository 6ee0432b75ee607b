import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { aws, awsText, describeWithAwsCli } from '../../support/aws-cli';
import { type SmallCloud, smallCloud } from './small-cloud';

const TEMPLATE = `
Parameters:
  Stage: {Type: String, AllowedValues: [dev, prod]}
  Size: {Type: Number, Default: 3}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  Setting:
    Type: AWS::SSM::Parameter
    Properties:
      Name: !Sub /cli/\${Stage}
      Type: String
      Value: !Join ['-', [!Ref Size, !If [IsProd, large, small]]]
Outputs:
  Name:
    Value: !Ref Setting
`;

describeWithAwsCli('aws cloudformation', () => {
  let cloud: SmallCloud;
  let dir: string;
  let file: string;
  beforeAll(async () => {
    cloud = await smallCloud();
    await cloud.call('s3', 'CreateBucket', { Bucket: 'uploads' });
    dir = mkdtempSync(join(tmpdir(), 'template-'));
    file = join(dir, 'template.yaml');
    writeFileSync(file, TEMPLATE);
  });
  afterAll(async () => {
    rmSync(dir, { recursive: true, force: true });
    await cloud.stop();
  });

  const deploy = (...args: string[]) =>
    awsText(cloud.endpoint, 'cloudformation', 'deploy', '--stack-name', 'cli', '--template-file', file, ...args);

  test('validates a template, deploys it, and deploys it again', async () => {
    const { Parameters } = await aws<{ Parameters: { ParameterKey: string }[] }>(
      ...([cloud.endpoint, 'cloudformation', 'validate-template', '--template-body', `file://${file}`] as const),
    );
    expect(Parameters.map(({ ParameterKey }) => ParameterKey)).toEqual(['Stage', 'Size']);

    await deploy('--parameter-overrides', 'Stage=dev', 'Size=5', '--tags', 'team=orders');
    const stack = async () => (await cloud.call('cloudformation', 'DescribeStacks', { StackName: 'cli' })).Stacks[0];
    expect(await stack()).toMatchObject({
      StackStatus: 'CREATE_COMPLETE',
      Outputs: [{ OutputKey: 'Name', OutputValue: '/cli/dev' }],
      Tags: [{ Key: 'team', Value: 'orders' }],
    });

    // Size is not said again: it stays.
    await deploy('--parameter-overrides', 'Stage=prod', '--s3-bucket', 'uploads', '--s3-prefix', 'templates');
    expect((await cloud.call('ssm', 'GetParameter', { Name: '/cli/prod' })).Parameter.Value).toBe('5-large');
    expect((await stack()).StackStatus).toBe('UPDATE_COMPLETE');

    expect(await deploy('--no-fail-on-empty-changeset')).toContain('No changes to deploy. Stack cli is up to date');
    await expect(deploy('--parameter-overrides', 'Stage=test')).rejects.toThrow(
      "Parameter 'Stage' must be one of AllowedValues",
    );
  }, 60_000);
});
