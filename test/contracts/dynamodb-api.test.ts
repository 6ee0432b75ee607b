import { afterAll, describe } from '@jest/globals';
import { type Cloud, startCloud } from '../../localstack/cloud/cloud';
import { dynamoDbApiContract } from './dynamodb-api.contract';

let cloud: Cloud | undefined;
afterAll(() => cloud?.stop());

/** With `DYNAMODB_ENDPOINT`, whatever answers there (DynamoDB Local, LocalStack) is held to the same contract. */
describe('DynamoDB over HTTP', () => {
  dynamoDbApiContract(async () => {
    const given = process.env.DYNAMODB_ENDPOINT;
    if (!given) cloud = await startCloud({ port: 0 });
    return {
      endpoint: given ?? (cloud as Cloud).endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    };
  });
});
