import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { assetOf, type SmallStack } from './small-assembly';

/** A stack with the function `answer`, which says its answer, logs it, and is where hotswapping looks for it. */
export function oneFunction(answer: string): SmallStack {
  const asset = {
    'index.mjs': `export const handler = async () => { console.log('said ${answer}'); return '${answer}'; };`,
  };
  const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
  return {
    asset,
    resources: {
      Role: {
        Type: 'AWS::IAM::Role',
        Properties: {
          AssumeRolePolicyDocument: { Version: '2012-10-17', Statement: [trust] },
          ManagedPolicyArns: ['arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'],
        },
      },
      Function: {
        Type: 'AWS::Lambda::Function',
        Metadata: { 'aws:asset:path': 'code', 'aws:asset:property': 'Code' },
        Properties: {
          FunctionName: 'answer',
          Code: assetOf(asset),
          Role: { 'Fn::GetAtt': ['Role', 'Arn'] },
          Runtime: 'nodejs22.x',
          Handler: 'index.handler',
        },
      },
    },
  };
}

/** What the function says on the cloud at `endpoint`. */
export async function answerOf(endpoint: string): Promise<string> {
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const client = new LambdaClient({ endpoint, region: 'us-east-1', credentials });
  const { Payload } = await client.send(new InvokeCommand({ FunctionName: 'answer' }));
  client.destroy();
  return JSON.parse(Payload!.transformToString());
}
