import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Cloud, startCloud } from '../../../localstack/cloud/cloud';
import type { ResourceHandler } from '../../../localstack/cloud/services/cloudformation/resources/handler';
import { RESOURCE_HANDLERS } from '../../../localstack/cloud/services/cloudformation/resources/table';
import { recreation } from '../../../localstack/cloud/services/cloudformation/stacks/replacement';
import { types } from './resource-schemas.json';

type Schema = Readonly<
  Record<'properties' | 'createOnly' | 'conditional' | 'required' | 'attributes', readonly string[]>
>;

const schemas: Readonly<Record<string, Schema>> = types;
const known = (type: string): ResourceHandler => {
  const handler = RESOURCE_HANDLERS.get(type);
  if (!handler) throw new Error(`${type} has no handler`);
  return handler;
};

/** Where the documentation of the types says more than their schemas. */
const MORE_THAN_THE_SCHEMA: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudFormation::WaitCondition': ['Count', 'Handle', 'Timeout'],
  'AWS::DynamoDB::GlobalTable': ['KeySchema', 'LocalSecondaryIndexes'],
  'AWS::DynamoDB::Table': ['KeySchema', 'LocalSecondaryIndexes'],
};

describe.each(Object.entries(schemas))('%s is what its schema says', (type, schema) => {
  const handler = known(type);

  test('every property is honoured or refused by name', () => {
    const all = [...handler.properties, ...(handler.refused ?? [])].sort();
    if (handler.refused) expect(all).toEqual([...schema.properties].sort());
    else expect(schema.properties).toEqual(expect.arrayContaining([...all]));
    expect(handler.required ?? schema.required).toEqual(expect.arrayContaining([...schema.required]));
  });

  test('the same properties need a new resource', () => {
    const always = [...handler.properties].filter((name) => recreation(handler, name) === 'Always').sort();
    const more = MORE_THAN_THE_SCHEMA[type] ?? [];
    const expected = schema.createOnly.filter((name) => handler.properties.includes(name));
    expect(always).toEqual([...new Set([...expected, ...more])].sort());
    for (const name of schema.conditional.filter((each) => !more.includes(each))) {
      if (handler.properties.includes(name)) expect(recreation(handler, name)).toBe('Conditionally');
    }
  });
});

describe('Ref and GetAtt', () => {
  let cloud: Cloud;
  beforeAll(async () => {
    cloud = await startCloud({ port: 0 });
  });
  afterAll(() => cloud.stop());

  const trust = {
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: ['lambda.amazonaws.com', 'scheduler.amazonaws.com'] },
      Action: 'sts:AssumeRole',
    },
  };
  const allow = (Action: string) => ({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action, Resource: '*' }],
  });
  const att = (name: string, attribute = 'Arn') => ({ 'Fn::GetAtt': [name, attribute] });
  const one: Record<string, { Type: string; Properties: object }> = {
    Table: {
      Type: 'AWS::DynamoDB::Table',
      Properties: {
        AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
        BillingMode: 'PAY_PER_REQUEST',
        StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
      },
    },
    Repository: { Type: 'AWS::ECR::Repository', Properties: {} },
    Bus: { Type: 'AWS::Events::EventBus', Properties: { Name: 'every-type' } },
    Archive: { Type: 'AWS::Events::Archive', Properties: { SourceArn: att('Bus') } },
    BusPolicy: {
      Type: 'AWS::Events::EventBusPolicy',
      Properties: {
        EventBusName: { Ref: 'Bus' },
        StatementId: 'mine',
        Statement: {
          Effect: 'Allow',
          Principal: { AWS: { Ref: 'AWS::AccountId' } },
          Action: 'events:PutEvents',
          Resource: att('Bus'),
        },
      },
    },
    Rule: {
      Type: 'AWS::Events::Rule',
      Properties: { EventBusName: { Ref: 'Bus' }, EventPattern: { source: ['shop'] } },
    },
    ManagedPolicy: { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument: allow('s3:GetObject') } },
    Role: { Type: 'AWS::IAM::Role', Properties: { AssumeRolePolicyDocument: trust } },
    Policy: {
      Type: 'AWS::IAM::Policy',
      Properties: { PolicyName: 'inline', PolicyDocument: allow('sqs:*'), Roles: [{ Ref: 'Role' }] },
    },
    Function: {
      Type: 'AWS::Lambda::Function',
      Properties: {
        Runtime: 'nodejs24.x',
        Handler: 'index.handler',
        Role: att('Role'),
        Code: { ZipFile: 'exports.handler = async () => {}' },
      },
    },
    InvokeConfig: {
      Type: 'AWS::Lambda::EventInvokeConfig',
      Properties: { FunctionName: { Ref: 'Function' }, Qualifier: '$LATEST', MaximumRetryAttempts: 0 },
    },
    Permission: {
      Type: 'AWS::Lambda::Permission',
      Properties: {
        FunctionName: { Ref: 'Function' },
        Action: 'lambda:InvokeFunction',
        Principal: 'events.amazonaws.com',
      },
    },
    Url: { Type: 'AWS::Lambda::Url', Properties: { TargetFunctionArn: att('Function'), AuthType: 'NONE' } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: {} },
    Mapping: {
      Type: 'AWS::Lambda::EventSourceMapping',
      Properties: { FunctionName: { Ref: 'Function' }, EventSourceArn: att('Queue') },
    },
    Logs: { Type: 'AWS::Logs::LogGroup', Properties: {} },
    Bucket: { Type: 'AWS::S3::Bucket', Properties: {} },
    Group: { Type: 'AWS::Scheduler::ScheduleGroup', Properties: {} },
    Schedule: {
      Type: 'AWS::Scheduler::Schedule',
      Properties: {
        FlexibleTimeWindow: { Mode: 'OFF' },
        ScheduleExpression: 'rate(1 day)',
        State: 'DISABLED',
        Target: { Arn: att('Function'), RoleArn: att('Role') },
      },
    },
    Topic: { Type: 'AWS::SNS::Topic', Properties: {} },
    Subscription: {
      Type: 'AWS::SNS::Subscription',
      Properties: { TopicArn: { Ref: 'Topic' }, Protocol: 'sqs', Endpoint: att('Queue') },
    },
    TopicPolicy: {
      Type: 'AWS::SNS::TopicPolicy',
      Properties: {
        Topics: [{ Ref: 'Topic' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sns:Publish', Resource: { Ref: 'Topic' } }],
        },
      },
    },
    QueuePolicy: {
      Type: 'AWS::SQS::QueuePolicy',
      Properties: {
        Queues: [{ Ref: 'Queue' }],
        PolicyDocument: {
          Version: '2012-10-17',
          Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: att('Queue') }],
        },
      },
    },
    Parameter: { Type: 'AWS::SSM::Parameter', Properties: { Type: 'String', Value: 'v' } },
  };

  test('yield every attribute that the schemas have', async () => {
    const outputs: Record<string, { Value: unknown }> = {};
    for (const [logicalId, { Type }] of Object.entries(one)) {
      outputs[`${logicalId}Ref`] = { Value: { Ref: logicalId } };
      const { attributes, properties } = schemas[Type]!;
      // Not those of a property that is refused.
      const honoured = attributes.filter((name) => {
        const [property = ''] = name.split('.');
        return !properties.includes(property) || known(Type).properties.includes(property);
      });
      for (const name of honoured) {
        outputs[`${logicalId}${name.replaceAll('.', '')}`] = { Value: { 'Fn::Sub': `\${${logicalId}.${name}}` } };
      }
    }
    const call = (operation: string, input: object) =>
      cloud.registry.call('cloudformation', operation, { StackName: 'every-type', ...input }, cloud.rootCall());
    await call('CreateStack', {
      TemplateBody: JSON.stringify({ Resources: one, Outputs: outputs }),
      Capabilities: ['CAPABILITY_NAMED_IAM'],
    });
    const { StackEvents } = await call('DescribeStackEvents', {});
    const reasons = StackEvents.filter((e: Record<string, string>) => e.ResourceStatus?.endsWith('_FAILED'));
    expect(reasons.map((e: Record<string, string>) => `${e.LogicalResourceId}: ${e.ResourceStatusReason}`)).toEqual([]);
    const { Stacks } = await call('DescribeStacks', {});
    const values = Object.fromEntries(
      Stacks[0].Outputs.map((o: Record<string, string>) => [o.OutputKey, o.OutputValue]),
    );
    expect(Object.keys(values).sort()).toEqual(Object.keys(outputs).sort());
    expect(Object.values(values)).not.toContain('');
    expect(values).toMatchObject({
      QueueRef: expect.stringMatching(/^http:.*every-type-Queue-/),
      QueueArn: expect.stringMatching(/^arn:aws:sqs:us-east-1:000000000000:every-type-Queue-/),
      RuleRef: expect.stringMatching(/^every-type\|every-type-Rule-/),
      ManagedPolicyRef: expect.stringMatching(/^arn:aws:iam::000000000000:policy\//),
      FunctionSnapStartResponseApplyOn: 'None',
      LogsArn: expect.stringMatching(/:\*$/),
    });
    await call('DeleteStack', {});
    await expect(call('DescribeStacks', {})).rejects.toThrow('Stack with id every-type does not exist');
  });
});
