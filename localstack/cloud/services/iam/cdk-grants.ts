/** The grants of CDK's constructs that give an action; `fn` stands for whoever gets it. The first that fits is meant. */
const GRANTS: readonly (readonly [actions: RegExp, grant: string])[] = [
  [/^dynamodb:(GetRecords|GetShardIterator|DescribeStream|ListStreams)$/, 'table.grantStreamRead(fn)'],
  [/^dynamodb:(GetItem|BatchGetItem|Query|Scan|ConditionCheckItem|DescribeTable)$/, 'table.grantReadData(fn)'],
  [/^dynamodb:(PutItem|UpdateItem|DeleteItem|BatchWriteItem)$/, 'table.grantWriteData(fn)'],
  [/^sqs:(SendMessage|GetQueueUrl|GetQueueAttributes)$/, 'queue.grantSendMessages(fn)'],
  [/^sqs:(ReceiveMessage|DeleteMessage|ChangeMessageVisibility)$/, 'queue.grantConsumeMessages(fn)'],
  [/^sqs:PurgeQueue$/, 'queue.grantPurge(fn)'],
  [/^sns:Publish$/, 'topic.grantPublish(fn)'],
  [/^sns:(Subscribe|ConfirmSubscription)$/, 'topic.grantSubscribe(fn)'],
  [/^events:PutEvents$/, 'bus.grantPutEventsTo(fn)'],
  [/^lambda:InvokeFunctionUrl$/, 'target.grantInvokeUrl(fn)'],
  [/^lambda:InvokeFunction$/, 'target.grantInvoke(fn)'],
  [/^s3:(GetObject|GetObjectVersion|ListBucket)$/, 'bucket.grantRead(fn)'],
  [/^s3:(PutObject|AbortMultipartUpload)$/, 'bucket.grantPut(fn)'],
  [/^s3:DeleteObject$/, 'bucket.grantDelete(fn)'],
  [/^ssm:(GetParameter|GetParameters|GetParameterHistory|DescribeParameters)$/, 'parameter.grantRead(fn)'],
  [/^ssm:PutParameter$/, 'parameter.grantWrite(fn)'],
  [/^secretsmanager:(GetSecretValue|DescribeSecret)$/, 'secret.grantRead(fn)'],
  [/^secretsmanager:(PutSecretValue|UpdateSecret)$/, 'secret.grantWrite(fn)'],
  [/^kms:Decrypt$/, 'key.grantDecrypt(fn)'],
  [/^kms:(Encrypt|ReEncrypt\w+|GenerateDataKey\w*)$/, 'key.grantEncrypt(fn)'],
  [/^logs:(CreateLogStream|PutLogEvents)$/, 'logGroup.grantWrite(fn)'],
  [/^logs:(FilterLogEvents|GetLogEvents|DescribeLogGroups|DescribeLogStreams)$/, 'logGroup.grantRead(fn)'],
  [/^sts:AssumeRole$/, 'role.grantAssumeRole(fn)'],
  [/^iam:PassRole$/, 'role.grantPassRole(fn)'],
];

/** How a CDK app gives an action, where there is an obvious way. */
export const grantFor = (action: string): string | undefined => GRANTS.find(([actions]) => actions.test(action))?.[1];
