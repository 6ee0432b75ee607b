import type { AttributeValue } from '@aws-sdk/client-dynamodb';

type Key = Record<string, AttributeValue>;

/** DynamoDB's own `LastEvaluatedKey` as text that can be kept: base64url of its JSON. */
export const textOfKey = (key: Key): string => Buffer.from(JSON.stringify(key)).toString('base64url');
export const keyInText = (text: string): Key => JSON.parse(Buffer.from(text, 'base64url').toString()) as Key;
