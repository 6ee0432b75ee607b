import { parentPort, workerData } from 'node:worker_threads';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';

/** A worker thread that makes SDK calls for some seconds and reports how many. */
const { endpoint, seconds } = workerData as { endpoint: string; seconds: number };
const client = new DynamoDBClient({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' },
});
const item = {
  stream: { S: 'order#018f0000-0000-7000-8000-000000000000' },
  version: { N: '1' },
  id: { S: '018f0000-0000-7000-8000-000000000001' },
  type: { S: 'OrderConfirmed' },
  data: { M: { orderId: { S: '018f0000-0000-7000-8000-000000000000' } } },
  hash: { S: 'x'.repeat(43) },
  prevHash: { S: 'x'.repeat(43) },
};

async function run(): Promise<void> {
  const put = () =>
    client.send(
      new PutItemCommand({
        TableName: 'events',
        Item: item,
        ConditionExpression: 'attribute_not_exists(#s)',
        ExpressionAttributeNames: { '#s': 'stream' },
      }),
    );
  await put();
  let calls = 0;
  const end = performance.now() + seconds * 1000;
  const lane = async () => {
    while (performance.now() < end) {
      await put();
      calls++;
    }
  };
  await Promise.all([lane(), lane(), lane(), lane()]);
  parentPort!.postMessage(calls);
  client.destroy();
}

void run();
