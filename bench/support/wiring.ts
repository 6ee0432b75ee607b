import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { AddPermissionCommand, CreateEventSourceMappingCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { ClientSettings } from './small-functions';

/** A rule on the default bus that takes what fits `pattern` to a function. */
export async function ruleToFunction(
  settings: ClientSettings,
  { rule, pattern, functionArn }: { readonly rule: string; readonly pattern: object; readonly functionArn: string },
): Promise<void> {
  const [bus, lambda] = [new EventBridgeClient(settings), new LambdaClient(settings)];
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: functionArn,
      StatementId: rule,
      Action: 'lambda:InvokeFunction',
      Principal: 'events.amazonaws.com',
    }),
  );
  await bus.send(new PutRuleCommand({ Name: rule, EventPattern: JSON.stringify(pattern) }));
  await bus.send(new PutTargetsCommand({ Rule: rule, Targets: [{ Id: 'function', Arn: functionArn }] }));
  bus.destroy();
  lambda.destroy();
}

/** A table with the key `id` whose stream a function reads from its beginning. */
export async function tableToFunction(
  settings: ClientSettings,
  {
    table,
    functionArn,
    batchSize,
  }: { readonly table: string; readonly functionArn: string; readonly batchSize: number },
): Promise<void> {
  const dynamodb = new DynamoDBClient(settings);
  const { TableDescription } = await dynamodb.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
      StreamSpecification: { StreamEnabled: true, StreamViewType: 'NEW_IMAGE' },
    }),
  );
  dynamodb.destroy();
  await sourceToFunction(settings, { EventSourceArn: TableDescription!.LatestStreamArn!, functionArn, batchSize });
}

/** A mapping that takes a queue or a stream (from its beginning) to a function. */
export async function sourceToFunction(
  settings: ClientSettings,
  given: { readonly EventSourceArn: string; readonly functionArn: string; readonly batchSize: number },
): Promise<void> {
  const { EventSourceArn, functionArn, batchSize } = given;
  const lambda = new LambdaClient(settings);
  await lambda.send(
    new CreateEventSourceMappingCommand({
      FunctionName: functionArn,
      EventSourceArn,
      BatchSize: batchSize,
      ...(EventSourceArn.includes(':dynamodb:') ? { StartingPosition: 'TRIM_HORIZON' as const } : {}),
    }),
  );
  lambda.destroy();
}
