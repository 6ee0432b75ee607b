import { isCustomResource } from '../template/template';
import { dynamoDbTable } from './dynamodb-table';
import { eventsArchive } from './events-archive';
import { eventsEventBus } from './events-event-bus';
import { eventsEventBusPolicy } from './events-event-bus-policy';
import { eventsRule } from './events-rule';
import type { ResourceHandler } from './handler';
import { iamManagedPolicy } from './iam-managed-policy';
import { iamPolicy } from './iam-policy';
import { iamRole } from './iam-role';
import { lambdaEventInvokeConfig } from './lambda-event-invoke-config';
import { lambdaEventSourceMapping } from './lambda-event-source-mapping';
import { lambdaFunction } from './lambda-function';
import { lambdaPermission } from './lambda-permission';
import { lambdaUrl } from './lambda-url';
import { logsLogGroup } from './logs-log-group';
import { cdkMetadata, ecrRepository } from './recorded';
import { s3Bucket } from './s3-bucket';
import { s3BucketPolicy } from './s3-bucket-policy';
import { schedulerSchedule } from './scheduler-schedule';
import { schedulerScheduleGroup } from './scheduler-schedule-group';
import { sqsQueue } from './sqs-queue';
import { sqsQueuePolicy } from './sqs-queue-policy';
import { ssmParameter } from './ssm-parameter';

/** Every resource type that templates may have. To add one: write its handler, name it here and in the parity table. */
export const RESOURCE_HANDLERS: ReadonlyMap<string, ResourceHandler> = new Map([
  ['AWS::CDK::Metadata', cdkMetadata],
  ['AWS::DynamoDB::Table', dynamoDbTable],
  ['AWS::ECR::Repository', ecrRepository],
  ['AWS::Events::Archive', eventsArchive],
  ['AWS::Events::EventBus', eventsEventBus],
  ['AWS::Events::EventBusPolicy', eventsEventBusPolicy],
  ['AWS::Events::Rule', eventsRule],
  ['AWS::IAM::ManagedPolicy', iamManagedPolicy],
  ['AWS::IAM::Policy', iamPolicy],
  ['AWS::IAM::Role', iamRole],
  ['AWS::Lambda::EventInvokeConfig', lambdaEventInvokeConfig],
  ['AWS::Lambda::EventSourceMapping', lambdaEventSourceMapping],
  ['AWS::Lambda::Function', lambdaFunction],
  ['AWS::Lambda::Permission', lambdaPermission],
  ['AWS::Lambda::Url', lambdaUrl],
  ['AWS::Logs::LogGroup', logsLogGroup],
  ['AWS::S3::Bucket', s3Bucket],
  ['AWS::S3::BucketPolicy', s3BucketPolicy],
  ['AWS::Scheduler::Schedule', schedulerSchedule],
  ['AWS::Scheduler::ScheduleGroup', schedulerScheduleGroup],
  ['AWS::SQS::Queue', sqsQueue],
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
