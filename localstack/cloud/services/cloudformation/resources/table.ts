import { isCustomResource } from '../template/template';
import { dynamoDbGlobalTable } from './dynamodb-global-table';
import { dynamoDbTable } from './dynamodb-table';
import { eventsArchive } from './events-archive';
import { eventsEventBus } from './events-event-bus';
import { eventsEventBusPolicy } from './events-event-bus-policy';
import { eventsRule } from './events-rule';
import type { ResourceHandler } from './handler';
import { iamManagedPolicy } from './iam-managed-policy';
import { iamPolicy } from './iam-policy';
import { iamRole } from './iam-role';
import { iamRolePolicy } from './iam-role-policy';
import { kmsAlias } from './kms-alias';
import { kmsKey } from './kms-key';
import { lambdaAlias } from './lambda-alias';
import { lambdaEventInvokeConfig } from './lambda-event-invoke-config';
import { lambdaEventSourceMapping } from './lambda-event-source-mapping';
import { lambdaFunction } from './lambda-function';
import { lambdaLayerVersion } from './lambda-layer-version';
import { lambdaPermission } from './lambda-permission';
import { lambdaUrl } from './lambda-url';
import { lambdaVersion } from './lambda-version';
import { logsLogGroup } from './logs-log-group';
import { logsLogStream } from './logs-log-stream';
import { logsResourcePolicy } from './logs-resource-policy';
import { logsSubscriptionFilter } from './logs-subscription-filter';
import { nestedStack } from './nested-stack';
import { cdkMetadata, ecrRepository } from './recorded';
import { s3Bucket } from './s3-bucket';
import { s3BucketPolicy } from './s3-bucket-policy';
import { schedulerSchedule } from './scheduler-schedule';
import { schedulerScheduleGroup } from './scheduler-schedule-group';
import { secretsManagerResourcePolicy } from './secretsmanager-resource-policy';
import { secretsManagerSecret } from './secretsmanager-secret';
import { snsSubscription } from './sns-subscription';
import { snsTopic } from './sns-topic';
import { snsTopicInlinePolicy, snsTopicPolicy } from './sns-topic-policy';
import { sqsQueue } from './sqs-queue';
import { sqsQueueInlinePolicy, sqsQueuePolicy } from './sqs-queue-policy';
import { ssmParameter } from './ssm-parameter';
import { waitCondition, waitConditionHandle } from './wait-condition';

/** Every resource type that templates may have. To add one: write its handler, name it here and in the parity table. */
export const RESOURCE_HANDLERS: ReadonlyMap<string, ResourceHandler> = new Map([
  ['AWS::CDK::Metadata', cdkMetadata],
  ['AWS::CloudFormation::Stack', nestedStack],
  ['AWS::CloudFormation::WaitCondition', waitCondition],
  ['AWS::CloudFormation::WaitConditionHandle', waitConditionHandle],
  ['AWS::DynamoDB::GlobalTable', dynamoDbGlobalTable],
  ['AWS::DynamoDB::Table', dynamoDbTable],
  ['AWS::ECR::Repository', ecrRepository],
  ['AWS::Events::Archive', eventsArchive],
  ['AWS::Events::EventBus', eventsEventBus],
  ['AWS::Events::EventBusPolicy', eventsEventBusPolicy],
  ['AWS::Events::Rule', eventsRule],
  ['AWS::IAM::ManagedPolicy', iamManagedPolicy],
  ['AWS::IAM::Policy', iamPolicy],
  ['AWS::IAM::Role', iamRole],
  ['AWS::IAM::RolePolicy', iamRolePolicy],
  ['AWS::Lambda::Alias', lambdaAlias],
  ['AWS::KMS::Alias', kmsAlias],
  ['AWS::KMS::Key', kmsKey],
  ['AWS::Lambda::EventInvokeConfig', lambdaEventInvokeConfig],
  ['AWS::Lambda::EventSourceMapping', lambdaEventSourceMapping],
  ['AWS::Lambda::Function', lambdaFunction],
  ['AWS::Lambda::LayerVersion', lambdaLayerVersion],
  ['AWS::Lambda::Permission', lambdaPermission],
  ['AWS::Lambda::Url', lambdaUrl],
  ['AWS::Lambda::Version', lambdaVersion],
  ['AWS::Logs::LogGroup', logsLogGroup],
  ['AWS::Logs::LogStream', logsLogStream],
  ['AWS::Logs::ResourcePolicy', logsResourcePolicy],
  ['AWS::Logs::SubscriptionFilter', logsSubscriptionFilter],
  ['AWS::S3::Bucket', s3Bucket],
  ['AWS::S3::BucketPolicy', s3BucketPolicy],
  ['AWS::Scheduler::Schedule', schedulerSchedule],
  ['AWS::Scheduler::ScheduleGroup', schedulerScheduleGroup],
  ['AWS::SecretsManager::ResourcePolicy', secretsManagerResourcePolicy],
  ['AWS::SecretsManager::Secret', secretsManagerSecret],
  ['AWS::SNS::Subscription', snsSubscription],
  ['AWS::SNS::Topic', snsTopic],
  ['AWS::SNS::TopicInlinePolicy', snsTopicInlinePolicy],
  ['AWS::SNS::TopicPolicy', snsTopicPolicy],
  ['AWS::SQS::Queue', sqsQueue],
  ['AWS::SQS::QueueInlinePolicy', sqsQueueInlinePolicy],
  ['AWS::SQS::QueuePolicy', sqsQueuePolicy],
  ['AWS::SSM::Parameter', ssmParameter],
]);

/** Those, and custom resources of whatever type name. */
export class ResourceTypes extends Map<string, ResourceHandler> {
  readonly #custom: ResourceHandler;

  constructor(custom: ResourceHandler) {
    super(RESOURCE_HANDLERS);
    this.#custom = custom;
  }

  override get(type: string): ResourceHandler | undefined {
    return isCustomResource(type) ? this.#custom : super.get(type);
  }
}
