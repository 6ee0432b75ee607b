import type { JsonObject } from '../../application/json';
import { isJsonType, type MediaType, unquoted } from '../../application/media-type';
import type { Problem } from '../../application/ports';
import { problem } from '../../application/problem';

/** What a request in binary mode says, and the headers that cannot be read. */
export type BinaryEvent = { readonly event: JsonObject; readonly problems: readonly Problem[] };

const PREFIX = 'ce-';

/** Where each attribute of an event in binary mode is found: what a problem with it is named by. */
export function headerOf(attribute: string): string {
  if (attribute === 'data' || attribute === 'data_base64') return 'body';
  return attribute === 'datacontenttype' ? 'content-type' : `${PREFIX}${attribute}`;
}

export const isCloudEventHeader = (name: string): boolean => name.startsWith(PREFIX);

/** HTTP protocol binding 1.0.2, section 3.1: attributes in `ce-` headers, their type in `content-type`, data in the body. */
export function binaryEvent(
  headers: Readonly<Record<string, string>>,
  type: MediaType | undefined,
  body: Uint8Array,
): BinaryEvent {
  const problems: Problem[] = [];
  const attributes: [string, unknown][] = [];
  for (const [header, value] of Object.entries(headers)) {
    if (!isCloudEventHeader(header)) continue;
    const name = header.slice(PREFIX.length);
    const text = decoded(value);
    if (headerOf(name) !== header) problems.push(problem(header, value, `${headerOf(name)} instead of this header`));
    else if (text === undefined) problems.push(problem(header, value, ENCODED));
    else attributes.push([name, text]);
  }
  const contentType = headers['content-type'];
  if (contentType !== undefined) attributes.push(['datacontenttype', contentType]);
  if (body.length > 0) {
    const data = dataOf(body, type);
    if (data) attributes.push(data);
    else problems.push(problem('body', textOf(body), type ? `JSON, as ${type.essence} says` : UNDECLARED));
  }
  return { event: Object.fromEntries(attributes), problems };
}

const ENCODED = 'printable ASCII, anything else percent-encoded in UTF-8 (a % too, as %25)';
const UNDECLARED = 'JSON, or a content-type that says what it is';

/**
 * Section 3.1.3.2: out of double quotes, then one round of percent-decoding. Characters that have to be encoded and are
 * not are refused, since nobody knows their encoding; a space is taken, as older versions of the binding sent it.
 */
function decoded(value: string): string | undefined {
  if (/[^\x20-\x7e]/.test(value)) return undefined;
  if (value.startsWith('"') && !/^"(?:[^"\\]|\\.)*"$/.test(value)) return undefined;
  try {
    return decodeURIComponent(unquoted(value));
  } catch {
    return undefined;
  }
}

/** The member of the JSON format that has the bytes: JSON as it is, text as text, anything else in base64. */
function dataOf(body: Uint8Array, type: MediaType | undefined): [string, unknown] | undefined {
  const text = textOf(body);
  if (!type || isJsonType(type)) {
    try {
      return text === undefined ? undefined : ['data', JSON.parse(text)];
    } catch {
      return undefined;
    }
  }
  if (type.essence.startsWith('text/') && text !== undefined) return ['data', text];
  return ['data_base64', Buffer.from(body).toString('base64')];
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return undefined;
  }
}
