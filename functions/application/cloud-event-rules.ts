import type { Problem } from '../domain/decision';
import type { JsonObject } from './json';
import { isJsonType, mediaTypeOf } from './media-type';
import { problem } from './problem';
import { instantOf, TIMESTAMP_EXPECTED } from './timestamp';
import { isAbsoluteUri, isUriReference } from './uri';

/** The rules of CloudEvents 1.0.2 and of its JSON format 1.0.2: whoever breaks one has not sent a CloudEvent. */
export function cloudEventProblems(event: JsonObject): Problem[] {
  const names = new Set([...CORE.keys(), ...Object.keys(event)]);
  const problems = [...names].flatMap((name) => {
    if (name === 'data' || name === 'data_base64') return [];
    const expected = breach(name, event[name]);
    return expected === undefined ? [] : [problem(name, event[name], expected)];
  });
  return [...problems, ...dataProblems(event)];
}

/** A null is how the JSON format says that an attribute is not there (section 2.2); of `data` it is a value. */
export const isUnset = (value: unknown): value is null | undefined => value === undefined || value === null;

type Rule = { readonly required?: true; readonly expected: string; readonly holds: (text: string) => boolean };

const WELL_FORMED = 'no control characters, noncharacters or unpaired surrogates in it';
/** What a String may not have in it (section "Type System"). */
const DISALLOWED = /[\p{Cc}\p{Cs}\p{Noncharacter_Code_Point}]/u;

/** Any text as an attribute may have it, with U+FFFD for what it may not have in it. */
export const asAttribute = (value: string): string => value.replace(new RegExp(DISALLOWED, 'gu'), '\ufffd');

const text: Rule = {
  expected: `a text that is not empty, with ${WELL_FORMED}`,
  holds: (value) => value !== '' && !DISALLOWED.test(value),
};

/** The attributes that the specification itself defines; its types are Strings where it says nothing else. */
const CORE: ReadonlyMap<string, Rule> = new Map(
  Object.entries<Rule>({
    specversion: { required: true, expected: '"1.0"', holds: (value) => value === '1.0' },
    id: { ...text, required: true },
    source: {
      required: true,
      expected: 'a URI reference by RFC 3986 that is not empty, such as /shops/berlin',
      holds: (value) => value !== '' && isUriReference(value),
    },
    type: { ...text, required: true },
    subject: text,
    time: { expected: TIMESTAMP_EXPECTED, holds: (value) => instantOf(value) !== undefined },
    datacontenttype: {
      expected: 'a media type by RFC 2046, such as application/json',
      holds: (value) => mediaTypeOf(value) !== undefined,
    },
    dataschema: {
      expected: 'an absolute URI by RFC 3986, section 4.3 (no fragment), such as https://example.com/order.json',
      holds: isAbsoluteUri,
    },
  }),
);

/** Not an extension: an attribute of the specification, or a member of the JSON format. */
export const isCore = (name: string): boolean => CORE.has(name) || name === 'data' || name === 'data_base64';

/** What would be right; undefined: it is. */
function breach(name: string, value: unknown): string | undefined {
  const rule = CORE.get(name);
  if (rule) {
    if (isUnset(value)) return rule.required && rule.expected;
    return typeof value === 'string' && rule.holds(value) ? undefined : rule.expected;
  }
  if (!/^[a-z0-9]+$/.test(name)) return 'another name: those of attributes have lower-case letters and digits only';
  return isUnset(value) || isAttributeValue(value) ? undefined : EXTENSION;
}

const EXTENSION = `true, false, a whole number from -2147483648 to 2147483647, or a text with ${WELL_FORMED}`;

/** Binary, URI and Timestamp are texts in JSON; only who defined an extension knows which of them it is. */
function isAttributeValue(value: unknown): boolean {
  if (typeof value === 'string') return !DISALLOWED.test(value);
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isInteger(value) && value === (value | 0));
}

/** RFC 4648, section 4: no line breaks, and padded. */
const isBase64 = (text: string): boolean => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);

/** JSON format, section 3.1. */
function dataProblems({ data, data_base64: base64, datacontenttype }: JsonObject): Problem[] {
  const type = typeof datacontenttype === 'string' ? mediaTypeOf(datacontenttype) : undefined;
  if (isUnset(base64)) {
    if (data === undefined || typeof data === 'string' || !type || isJsonType(type)) return [];
    return [problem('data', data, `a text, or data_base64: ${type.essence} is not JSON`)];
  }
  if (data !== undefined) return [problem('data_base64', base64, 'data or data_base64, not both')];
  if (typeof base64 !== 'string' || !isBase64(base64))
    return [problem('data_base64', base64, 'base64 by RFC 4648, section 4')];
  const isUtf8 = type?.charset === undefined || type.charset === 'utf-8';
  if (!type || !isJsonType(type) || !isUtf8 || jsonOf(base64) !== undefined) return [];
  return [problem('data_base64', base64, `base64 of JSON in UTF-8, as the datacontenttype ${type.essence} says`)];
}

/** The JSON that a base64 text stands for; undefined: none. */
export function jsonOf(base64: string): { readonly value: unknown } | undefined {
  try {
    const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
    return { value: JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) };
  } catch {
    return undefined;
  }
}
