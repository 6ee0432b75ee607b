import type { Template } from './template';

/** The `primaryIdentifier` of CloudFormation's own resource schemas, of the types that the cloud knows. */
const IDENTIFIERS: Readonly<Record<string, readonly string[]>> = {
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::DynamoDB::GlobalTable': ['TableName'],
  'AWS::DynamoDB::Table': ['TableName'],
  'AWS::Events::Archive': ['ArchiveName'],
  'AWS::Events::EventBus': ['Name'],
  'AWS::Events::EventBusPolicy': ['EventBusName', 'StatementId'],
  'AWS::Events::Rule': ['Arn'],
  'AWS::IAM::Group': ['GroupName'],
  'AWS::IAM::InstanceProfile': ['InstanceProfileName'],
  'AWS::IAM::ManagedPolicy': ['PolicyArn'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::IAM::User': ['UserName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::KMS::Key': ['KeyId'],
  'AWS::Lambda::Alias': ['AliasArn'],
  'AWS::Lambda::EventInvokeConfig': ['FunctionName', 'Qualifier'],
  'AWS::Lambda::EventSourceMapping': ['Id'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Lambda::LayerVersion': ['LayerVersionArn'],
  'AWS::Lambda::Permission': ['FunctionName', 'Id'],
  'AWS::Lambda::Url': ['FunctionArn'],
  'AWS::Lambda::Version': ['FunctionArn'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::S3::Bucket': ['BucketName'],
  'AWS::S3::BucketPolicy': ['Bucket'],
  'AWS::SNS::Subscription': ['Arn'],
  'AWS::SNS::Topic': ['TopicArn'],
  'AWS::SNS::TopicInlinePolicy': ['TopicArn'],
  'AWS::SNS::TopicPolicy': ['Id'],
  'AWS::SQS::Queue': ['QueueUrl'],
  'AWS::SQS::QueuePolicy': ['Id'],
  'AWS::SSM::Parameter': ['Name'],
  'AWS::Scheduler::Schedule': ['Name'],
  'AWS::Scheduler::ScheduleGroup': ['Name'],
  'AWS::SecretsManager::Secret': ['Id'],
};

type Summary = { ResourceType: string; LogicalResourceIds: string[]; ResourceIdentifiers: readonly string[] };

/** What identifies the template's resources to somebody who imports them, by type. */
export function resourceIdentifiers(template: Template): Summary[] {
  const summaries = new Map<string, Summary>();
  for (const [logicalId, { Type: type }] of Object.entries(template.Resources)) {
    const identifiers = IDENTIFIERS[type];
    if (!identifiers) continue;
    const summary = summaries.get(type) ?? {
      ResourceType: type,
      LogicalResourceIds: [],
      ResourceIdentifiers: identifiers,
    };
    summary.LogicalResourceIds.push(logicalId);
    summaries.set(type, summary);
  }
  return [...summaries.values()];
}
