import type { CloudContext } from './core/service';
import { createCloudFormation } from './services/cloudformation';
import { createDynamoDb } from './services/dynamodb';
import { createEvents } from './services/events';
import { createIam } from './services/iam';
import { createKms } from './services/kms';
import { createLambda } from './services/lambda';
import { createLogs } from './services/logs';
import { createS3 } from './services/s3';
import { createScheduler } from './services/scheduler';
import { createSecretsManager } from './services/secretsmanager';
import { createSns } from './services/sns';
import { createSqs } from './services/sqs';
import { createSsm } from './services/ssm';
import { createSts } from './services/sts';

/** Every service of this cloud. To add one: make it in `services/<name>/` and name it here. */
export function addServices(context: CloudContext): void {
  const { registry, environments } = context;
  const iam = createIam(context);
  registry.add(iam.service, iam.peer);
  registry.add(createSts(context));
  const kms = createKms(context);
  registry.add(kms.service, kms.peer);
  registry.add(createSecretsManager(context));
  const s3 = createS3(context);
  registry.add(s3.service, s3.peer);
  registry.add(createSsm(context));
  const logs = createLogs(context);
  registry.add(logs.service, logs.peer);
  // More shards mean more, smaller batches side by side, which a laptop's few cores do not carry.
  const dynamodb = createDynamoDb(context, { shards: 1 });
  registry.add(dynamodb.service, dynamodb.peer);
  registry.add(dynamodb.streams);
  const sqs = createSqs(context);
  registry.add(sqs.service, sqs.peer);
  const sns = createSns(context);
  registry.add(sns.service, sns.peer);
  const events = createEvents(context);
  registry.add(events.service, events.peer);
  // Behind everything that it calls, so that what it takes up at the start finds them there.
  const lambda = createLambda(
    context,
    environments === undefined
      ? {}
      : { maxEnvironmentsPerFunction: environments, maxEnvironments: Math.max(6, 4 * environments) },
  );
  registry.add(lambda.service, lambda.peer);
  registry.add(createScheduler(context));
  const cloudformation = createCloudFormation(context);
  registry.add(cloudformation.service, cloudformation.peer);
}
