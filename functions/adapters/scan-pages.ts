import { type AttributeValue, type DynamoDBClient, ScanCommand, type ScanCommandInput } from '@aws-sdk/client-dynamodb';

type Item = Record<string, AttributeValue>;

/** The items of one of `of` parts of a table, page by page; 1 MB is read for each. Eventually consistent. */
export async function* scanPages(
  client: DynamoDBClient,
  input: Pick<ScanCommandInput, 'TableName' | 'ProjectionExpression' | 'ExpressionAttributeNames'>,
  segment: number,
  of: number,
): AsyncGenerator<readonly Item[]> {
  let from: Item | undefined;
  do {
    const page: { Items?: Item[]; LastEvaluatedKey?: Item } = await client.send(
      new ScanCommand({ ...input, Segment: segment, TotalSegments: of, ...(from && { ExclusiveStartKey: from }) }),
    );
    yield page.Items ?? [];
    from = page.LastEvaluatedKey;
  } while (from);
}
