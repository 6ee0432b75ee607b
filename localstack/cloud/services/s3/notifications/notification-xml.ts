/** Members whose elements have other names: `[element, member]`. */
const NAMES: readonly (readonly [element: string, member: string])[] = [
  ['CloudFunction', 'LambdaFunctionArn'],
  ['Queue', 'QueueArn'],
  ['Topic', 'TopicArn'],
  ['S3Key', 'Key'],
];
const MEMBERS = new Map(NAMES);
const ELEMENTS = new Map(NAMES.map(([element, member]) => [member, element]));

/** A notification configuration as it was parsed, with the names of the SDK. */
export const notificationFromXml = (parsed: object): object => {
  const renamed = rename(parsed, MEMBERS) as Record<string, unknown>;
  // An empty element is parsed as an empty text.
  return renamed.EventBridgeConfiguration === undefined ? renamed : { ...renamed, EventBridgeConfiguration: {} };
};

/** And back. */
export const notificationToXml = (configuration: object): object => rename(configuration, ELEMENTS) as object;

function rename(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => rename(item, names));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [names.get(name) ?? name, rename(child, names)]),
  );
}
