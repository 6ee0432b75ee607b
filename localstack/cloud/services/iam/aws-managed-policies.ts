import { PUBLISHED_DOCUMENTS } from './aws-managed-documents';
import type { ManagedPolicy } from './state';

type Published = {
  readonly name: string;
  readonly path: string;
  readonly version: string;
  readonly statements: readonly object[];
};

type Document = (typeof PUBLISHED_DOCUMENTS)[number];

/** Managed policies that AWS publishes and that stacks like CDK's attach, with AWS's own documents. */
const PUBLISHED: readonly Published[] = [
  {
    name: 'AdministratorAccess',
    path: '/',
    version: 'v1',
    statements: [{ Action: '*', Effect: 'Allow', Resource: '*' }],
  },
  {
    name: 'PowerUserAccess',
    path: '/',
    version: 'v12',
    statements: [
      { Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' },
      {
        Action: [
          'account:GetAccountInformation',
          'account:GetGovCloudAccountInformation',
          'account:GetPrimaryEmail',
          'account:ListRegions',
          'iam:CreateServiceLinkedRole',
          'iam:DeleteServiceLinkedRole',
          'iam:ListRoles',
          'organizations:DescribeEffectivePolicy',
          'organizations:DescribeOrganization',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  {
    name: 'AWSLambdaBasicExecutionRole',
    path: '/service-role/',
    version: 'v1',
    statements: [
      { Action: ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents'], Effect: 'Allow', Resource: '*' },
    ],
  },
  {
    name: 'AWSLambdaVPCAccessExecutionRole',
    path: '/service-role/',
    version: 'v3',
    statements: [
      {
        Action: [
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
          'ec2:CreateNetworkInterface',
          'ec2:DescribeNetworkInterfaces',
          'ec2:DescribeSubnets',
          'ec2:DeleteNetworkInterface',
          'ec2:AssignPrivateIpAddresses',
          'ec2:UnassignPrivateIpAddresses',
        ],
        Effect: 'Allow',
        Resource: '*',
        Sid: 'AWSLambdaVPCAccessExecutionPermissions',
      },
    ],
  },
  {
    name: 'AWSLambdaDynamoDBExecutionRole',
    path: '/service-role/',
    version: 'v1',
    statements: [
      {
        Action: [
          'dynamodb:DescribeStream',
          'dynamodb:GetRecords',
          'dynamodb:GetShardIterator',
          'dynamodb:ListStreams',
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  {
    name: 'AWSLambdaSQSQueueExecutionRole',
    path: '/service-role/',
    version: 'v1',
    statements: [
      {
        Action: [
          'sqs:ReceiveMessage',
          'sqs:DeleteMessage',
          'sqs:GetQueueAttributes',
          'logs:CreateLogGroup',
          'logs:CreateLogStream',
          'logs:PutLogEvents',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  {
    name: 'AWSXRayDaemonWriteAccess',
    path: '/',
    version: 'v2',
    statements: [
      {
        Action: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:GetSamplingStatisticSummaries',
        ],
        Effect: 'Allow',
        Resource: ['*'],
        Sid: 'AWSXRayDaemonWriteAccess',
      },
    ],
  },
  {
    name: 'AWSXrayWriteOnlyAccess',
    path: '/',
    version: 'v2',
    statements: [
      {
        Action: [
          'xray:PutTraceSegments',
          'xray:PutTelemetryRecords',
          'xray:GetSamplingRules',
          'xray:GetSamplingTargets',
          'xray:GetSamplingStatisticSummaries',
        ],
        Effect: 'Allow',
        Resource: ['*'],
      },
    ],
  },
  {
    name: 'AWSCloudFormationReadOnlyAccess',
    path: '/',
    version: 'v7',
    statements: [
      {
        Action: [
          'cloudformation:Describe*',
          'cloudformation:BatchDescribe*',
          'cloudformation:EstimateTemplateCost',
          'cloudformation:Get*',
          'cloudformation:List*',
          'cloudformation:ValidateTemplate',
          'cloudformation:Detect*',
        ],
        Effect: 'Allow',
        Resource: '*',
      },
    ],
  },
  {
    name: 'CloudWatchLambdaInsightsExecutionRolePolicy',
    path: '/',
    version: 'v1',
    statements: [
      { Action: 'logs:CreateLogGroup', Effect: 'Allow', Resource: '*' },
      {
        Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        Effect: 'Allow',
        Resource: 'arn:aws:logs:*:*:log-group:/aws/lambda-insights:*',
      },
    ],
  },
  // AWS's document names 2,700 actions; these are the ones of services that could be here.
  {
    name: 'ReadOnlyAccess',
    path: '/',
    version: 'v182',
    statements: [
      {
        Effect: 'Allow',
        Action: [
          'cloudformation:BatchDescribeTypeConfigurations',
          'cloudformation:Describe*',
          'cloudformation:Detect*',
          'cloudformation:Estimate*',
          'cloudformation:Get*',
          'cloudformation:List*',
          'cloudformation:ValidateTemplate',
          'cloudwatch:Describe*',
          'cloudwatch:GenerateQuery',
          'cloudwatch:GenerateQueryResultsSummary',
          'cloudwatch:Get*',
          'cloudwatch:List*',
          'dynamodb:BatchGet*',
          'dynamodb:Describe*',
          'dynamodb:Get*',
          'dynamodb:List*',
          'dynamodb:PartiQLSelect',
          'dynamodb:Query',
          'dynamodb:Scan',
          'ecr:BatchCheck*',
          'ecr:BatchGet*',
          'ecr:Describe*',
          'ecr:Get*',
          'ecr:List*',
          'events:Describe*',
          'events:List*',
          'events:Test*',
          'iam:Generate*',
          'iam:Get*',
          'iam:List*',
          'iam:Simulate*',
          'kms:Describe*',
          'kms:Get*',
          'kms:List*',
          'lambda:Get*',
          'lambda:List*',
          'logs:Describe*',
          'logs:FilterLogEvents',
          'logs:Get*',
          'logs:ListAggregateLogGroupSummaries',
          'logs:ListAnomalies',
          'logs:ListEntitiesForLogGroup',
          'logs:ListIntegrations',
          'logs:ListLogAnomalyDetectors',
          'logs:ListLogDeliveries',
          'logs:ListLogGroupsForEntity',
          'logs:ListLogGroupsForQuery',
          'logs:ListScheduledQueries',
          'logs:ListSourcesForS3TableIntegration',
          'logs:ListTagsForResource',
          'logs:ListTagsLogGroup',
          'logs:StartLiveTail',
          'logs:StartQuery',
          'logs:StopLiveTail',
          'logs:StopQuery',
          'logs:TestMetricFilter',
          'pipes:DescribePipe',
          'pipes:ListPipes',
          'pipes:ListTagsForResource',
          's3:DescribeJob',
          's3:Get*',
          's3:List*',
          'scheduler:GetSchedule',
          'scheduler:GetScheduleGroup',
          'scheduler:ListScheduleGroups',
          'scheduler:ListSchedules',
          'scheduler:ListTagsForResource',
          'secretsmanager:Describe*',
          'secretsmanager:GetResourcePolicy',
          'secretsmanager:List*',
          'sns:Check*',
          'sns:Get*',
          'sns:List*',
          'sqs:Get*',
          'sqs:List*',
          'sqs:Receive*',
          'ssm:Describe*',
          'ssm:Get*',
          'ssm:List*',
          'sts:GetAccessKeyInfo',
          'sts:GetCallerIdentity',
          'sts:GetSessionToken',
          'xray:BatchGet*',
          'xray:CancelTraceRetrieval',
          'xray:Get*',
          'xray:ListResourcePolicies',
          'xray:ListRetrievedTraces',
          'xray:ListTagsForResource',
          'xray:StartTraceRetrieval',
        ],
        Resource: '*',
      },
    ],
  },
];

const documents: readonly Document[] = [
  ...PUBLISHED.map(({ name, path, version, statements }): Document => {
    return [name, path, version, JSON.stringify({ Version: '2012-10-17', Statement: statements })];
  }),
  ...PUBLISHED_DOCUMENTS,
];

export const AWS_MANAGED_POLICIES: ReadonlyMap<string, ManagedPolicy> = new Map(
  documents.map(([name, path, version, document]) => {
    const arn = `arn:aws:iam::aws:policy${path}${name}`;
    const policy: ManagedPolicy = {
      arn,
      name,
      path,
      id: `ANPA${name.toUpperCase().slice(0, 17)}`,
      versions: [{ id: version, document, createdAt: 0 }],
      defaultVersion: version,
      tags: {},
      createdAt: 0,
      updatedAt: 0,
    };
    return [arn, policy];
  }),
);
