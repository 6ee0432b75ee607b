import { XMLParser } from 'fast-xml-parser';
import { AwsError } from '../../core/aws-error';

/** How S3 writes lists, by the member's name in the SDK: the name of each element, and whether a parent holds them. */
type ListNames = Readonly<Record<string, { readonly element: string; readonly wrapped?: true }>>;

const LISTS: ListNames = {
  Rules: { element: 'Rule' },
  Transitions: { element: 'Transition' },
  NoncurrentVersionTransitions: { element: 'NoncurrentVersionTransition' },
  Tags: { element: 'Tag' },
  TagSet: { element: 'Tag', wrapped: true },
  Objects: { element: 'Object' },
  Parts: { element: 'Part' },
  Buckets: { element: 'Bucket', wrapped: true },
  Versions: { element: 'Version' },
  DeleteMarkers: { element: 'DeleteMarker' },
  Errors: { element: 'Error' },
  Uploads: { element: 'Upload' },
  Events: { element: 'Event' },
  FilterRules: { element: 'FilterRule' },
  QueueConfigurations: { element: 'QueueConfiguration' },
  LambdaFunctionConfigurations: { element: 'CloudFunctionConfiguration' },
  TopicConfigurations: { element: 'TopicConfiguration' },
  CORSRules: { element: 'CORSRule' },
  AllowedHeaders: { element: 'AllowedHeader' },
  AllowedMethods: { element: 'AllowedMethod' },
  AllowedOrigins: { element: 'AllowedOrigin' },
  ExposeHeaders: { element: 'ExposeHeader' },
};

const MEMBERS = new Map(
  Object.entries(LISTS).map(([member, { element, wrapped }]) => [wrapped ? member : element, member]),
);

const parser = new XMLParser({
  parseTagValue: false,
  ignoreAttributes: true,
  trimValues: false,
  ignoreDeclaration: true,
  removeNSPrefix: true,
});

/** The content of the root element of an XML body, in the form of the SDK. Throws `MalformedXML`. */
export function parseXml(body: Buffer, root: string): Record<string, unknown> {
  let document: Record<string, unknown>;
  try {
    document = parser.parse(body) as Record<string, unknown>;
  } catch {
    throw malformed();
  }
  if (document[root] === undefined) throw malformed();
  return fromElements(document[root]) as Record<string, unknown>;
}

function fromElements(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromElements);
  const result: Record<string, unknown> = {};
  for (const [name, child] of Object.entries(value)) {
    // White space between elements.
    if (name === '#text') continue;
    const member = MEMBERS.get(name);
    const list = member === undefined ? undefined : LISTS[member];
    if (!member || !list) result[name] = fromElements(child);
    else if (list.wrapped) {
      const items = typeof child === 'object' && child !== null ? (child as Record<string, unknown>)[list.element] : [];
      result[member] = [items ?? []].flat().map(fromElements);
    } else result[member] = [child].flat().map(fromElements);
  }
  return result;
}

/** An answer: the root element with S3's namespace. Lists become repeated elements, dates ISO 8601. */
export function toXmlDocument(root: string, value: object): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root} xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${content(value)}</${root}>`;
}

function content(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  if (typeof value !== 'object' || value === null) return escapeText(String(value));
  return Object.entries(value)
    .filter(([, child]) => child !== undefined && child !== null)
    .map(([name, child]) => {
      if (!Array.isArray(child)) return `<${name}>${content(child)}</${name}>`;
      const list = LISTS[name];
      const items = child
        .map((item) => `<${list?.element ?? name}>${content(item)}</${list?.element ?? name}>`)
        .join('');
      return list?.wrapped ? `<${name}>${items}</${name}>` : items;
    })
    .join('');
}

const escapeText = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#xD;');

const malformed = () =>
  new AwsError(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema',
  );
