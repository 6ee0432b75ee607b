import {
  CloudFormationClient,
  GetTemplateSummaryCommand,
  ValidateTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type SmallCloud, smallCloud } from '../small-cloud';

let cloud: SmallCloud;
let client: CloudFormationClient;
beforeAll(async () => {
  cloud = await smallCloud();
  client = new CloudFormationClient(cloud.client());
  await cloud.call('s3', 'CreateBucket', { Bucket: 'templates' });
});
afterAll(async () => {
  client.destroy();
  await cloud.stop();
});

const call = (operation: string, input: object) => cloud.call('cloudformation', operation, input);
const resource = { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'x' } };
const described = {
  Description: 'a shop',
  Metadata: { a: 1 },
  Parameters: {
    Stage: { Type: 'String', Default: 'dev', AllowedValues: ['dev', 'prod'], Description: 'where' },
    Count: { Type: 'Number', Default: 1 },
    Password: { Type: 'String', NoEcho: true },
  },
  Resources: {
    P: resource,
    Q: resource,
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: {} } },
  },
};

describe('templates by themselves', () => {
  test('ValidateTemplate says what it takes to deploy one', async () => {
    const answer = await client.send(new ValidateTemplateCommand({ TemplateBody: JSON.stringify(described) }));
    expect(answer).toMatchObject({
      Description: 'a shop',
      Capabilities: ['CAPABILITY_IAM'],
      CapabilitiesReason: 'The following resource(s) require capabilities: [AWS::IAM::Role]',
    });
    expect(answer.Parameters).toEqual([
      { ParameterKey: 'Stage', DefaultValue: 'dev', NoEcho: false, Description: 'where' },
      { ParameterKey: 'Count', DefaultValue: '1', NoEcho: false },
      { ParameterKey: 'Password', NoEcho: true },
    ]);
  });

  test('GetTemplateSummary says more', async () => {
    const answer = await client.send(new GetTemplateSummaryCommand({ TemplateBody: JSON.stringify(described) }));
    expect(answer).toMatchObject({
      Metadata: '{"a":1}',
      ResourceTypes: ['AWS::SSM::Parameter', 'AWS::IAM::Role'],
      ResourceIdentifierSummaries: [
        { ResourceType: 'AWS::SSM::Parameter', LogicalResourceIds: ['P', 'Q'], ResourceIdentifiers: ['Name'] },
        { ResourceType: 'AWS::IAM::Role', LogicalResourceIds: ['Role'], ResourceIdentifiers: ['RoleName'] },
      ],
    });
    expect(answer.Parameters?.[0]).toMatchObject({
      ParameterType: 'String',
      ParameterConstraints: { AllowedValues: ['dev', 'prod'] },
    });
  });

  test('names of users and groups take the stronger capability', async () => {
    const template = { Resources: { G: { Type: 'AWS::IAM::Group', Properties: { GroupName: 'g' } } } };
    const answer = await call('ValidateTemplate', { TemplateBody: JSON.stringify(template) });
    expect(answer.Capabilities).toEqual(['CAPABILITY_NAMED_IAM']);
  });

  test('GetTemplate gives it as it was written and as it took effect', async () => {
    const loop = { 'Fn::ForEach::L': ['X', ['A', 'B'], { 'P&{X}': resource }] };
    const TemplateBody = JSON.stringify({ Transform: 'AWS::LanguageExtensions', Resources: loop });
    await expect(call('CreateStack', { StackName: 'loop', TemplateBody })).rejects.toThrow(
      'Requires capabilities : [CAPABILITY_AUTO_EXPAND]',
    );
    await call('CreateStack', { StackName: 'loop', TemplateBody, Capabilities: ['CAPABILITY_AUTO_EXPAND'] });
    expect((await call('GetTemplate', { StackName: 'loop' })).TemplateBody).toBe(TemplateBody);
    const processed = await call('GetTemplate', { StackName: 'loop', TemplateStage: 'Processed' });
    expect(JSON.parse(processed.TemplateBody).Resources).toEqual({ PA: resource, PB: resource });
  });
});

describe('where a template comes from', () => {
  const padded = (bytes: number) => {
    const text = JSON.stringify({ Resources: { P: resource } });
    return text + ' '.repeat(bytes - text.length);
  };
  const put = (Key: string, text: string) =>
    cloud.call('s3', 'PutObject', { Bucket: 'templates', Key, Body: Buffer.from(text) });
  const validate = (input: object) => call('ValidateTemplate', input);

  test('a body of 51,200 bytes may be handed over, a larger one has to stand in S3, up to a megabyte', async () => {
    await validate({ TemplateBody: padded(51_200) });
    await expect(validate({ TemplateBody: padded(51_201) })).rejects.toThrow(
      "at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to 51200",
    );
    await put('large.json', padded(1_000_000));
    await validate({ TemplateURL: 'https://templates.s3.us-east-1.amazonaws.com/large.json' });
    await put('larger.json', padded(1_000_001));
    await expect(validate({ TemplateURL: `${cloud.endpoint}/templates/larger.json` })).rejects.toThrow(
      'Template may not exceed 1000000 bytes in size.',
    );
  });

  test.each<[object, string]>([
    [{}, 'Either Template URL or Template Body must be specified.'],
    [{ TemplateBody: '{}', TemplateURL: 'https://x.s3.amazonaws.com/y' }, 'Only one of TemplateBody and TemplateURL'],
    [{ TemplateURL: 's3://templates/x.json' }, 'TemplateURL must be a supported URL.'],
    [{ TemplateURL: 'nowhere' }, 'TemplateURL must be a supported URL.'],
    [{ TemplateURL: 'https://templates.s3.amazonaws.com/gone.json' }, 'S3 error: The specified key does not exist.'],
  ])('%j is refused', async (input, message) => {
    await expect(validate(input)).rejects.toThrow(message);
  });
});

test('the rules of a template judge its parameters before anything is made', async () => {
  const template = {
    Parameters: { Stage: { Type: 'String' }, Size: { Type: 'String' } },
    Rules: {
      Small: {
        RuleCondition: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
        Assertions: [{ Assert: { 'Fn::Contains': [['s', 'm'], { Ref: 'Size' }] }, AssertDescription: 'dev is small' }],
      },
    },
    Resources: { P: resource },
  };
  const create = (StackName: string, Stage: string) =>
    call('CreateStack', {
      StackName,
      TemplateBody: JSON.stringify(template),
      Parameters: Object.entries({ Stage, Size: 'xl' }).map(([ParameterKey, ParameterValue]) => ({
        ParameterKey,
        ParameterValue,
      })),
    });
  await expect(create('judged', 'dev')).rejects.toThrow('dev is small');
  await expect(call('DescribeStacks', { StackName: 'judged' })).rejects.toThrow('does not exist');
  await expect(create('judged', 'prod')).resolves.toHaveProperty('StackId');
});

test.each<[string, object, string]>([
  [
    'a list',
    { Value: { 'Fn::GetAZs': '' } },
    'The Value field of every Outputs member must evaluate to a String and not',
  ],
  ['nothing', { Value: { Ref: 'AWS::NoValue' } }, 'The Value field of every Outputs member must evaluate to a String.'],
  [
    'exported by an odd name',
    { Value: 1, Export: { Name: 'a_b' } },
    'Output O is malformed. The Name field of every Export member must be specified and consist only of alphanumeric',
  ],
  ['exported by the name of a resource', { Value: 1, Export: { Name: { Ref: 'R' } } }, 'Output O is malformed.'],
  [
    'exported by a long name',
    { Value: 1, Export: { Name: 'x'.repeat(257) } },
    'must not be longer than 256 characters',
  ],
])('an output that is %s is refused before anything is made', async (_name, O, message) => {
  const TemplateBody = JSON.stringify({ Resources: { R: resource }, Outputs: { O } });
  await expect(call('CreateStack', { StackName: 'outputs', TemplateBody })).rejects.toThrow(message);
  await expect(call('DescribeStacks', { StackName: 'outputs' })).rejects.toThrow('does not exist');
});

test('a secret parameter is shown as asterisks', async () => {
  const template = { Parameters: { P: { Type: 'String', NoEcho: 'true' } }, Resources: { R: resource } };
  const Parameters = [{ ParameterKey: 'P', ParameterValue: 'hidden' }];
  await call('CreateStack', { StackName: 'noecho', TemplateBody: JSON.stringify(template), Parameters });
  const { Stacks } = await call('DescribeStacks', { StackName: 'noecho' });
  expect(Stacks[0].Parameters).toEqual([{ ParameterKey: 'P', ParameterValue: '****' }]);
});
