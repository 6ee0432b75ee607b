import type { Envelope } from './envelope';
import { stringifyExact } from './exact-json';
import { atPath, parseJsonPath } from './json-path';
import { type RuleRecord, ruleArn, type Target } from './records';

/** What of a rule its targets may be told. */
export type PayloadRule = Pick<RuleRecord, 'bus' | 'name'>;

/** What a target is sent for an event: the event, or what `Input`, `InputPath` or `InputTransformer` make of it. */
export function payloadFor(target: Target, envelope: Envelope, rule: PayloadRule): string {
  if (target.Input !== undefined) return target.Input;
  if (target.InputPath !== undefined) {
    const steps = parseJsonPath(target.InputPath) ?? [];
    return stringifyExact(atPath(envelope.event, steps) ?? null);
  }
  if (target.InputTransformer) return transform(target.InputTransformer, envelope, rule);
  return envelope.text();
}

const PLACEHOLDER = /<([\w.-]+)>/g;

/** Names that a template may use without a path. */
export const PREDEFINED = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
];

export const placeholdersIn = (template: string): string[] =>
  [...template.matchAll(PLACEHOLDER)].map(([, name]) => name as string);

/**
 * Puts values for the placeholders, as AWS does it. Outside of a string they stand as JSON, and what a path does not
 * find is an empty string in a template that is an object, nothing in another. Inside of a string they stand as text:
 * of objects and arrays a template that is an object gets the bare JSON (which breaks it), another one the JSON without
 * its quotes. The whole event is put as it is everywhere.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */
function transform(
  { InputPathsMap = {}, InputTemplate }: NonNullable<Target['InputTransformer']>,
  envelope: Envelope,
  rule: PayloadRule,
): string {
  const isObject = InputTemplate.trimStart().startsWith('{');
  const shown = (name: string, inString: boolean): string => {
    const path = InputPathsMap[name];
    const value = path === undefined ? undefined : atPath(envelope.event, parseJsonPath(path) ?? []);
    if (path !== undefined) return inString ? insideString(value, isObject) : outsideString(value, isObject);
    if (name.startsWith('aws.events.event') && !name.endsWith('-time')) return wholeEvent(name, envelope);
    const text = JSON.stringify(predefined(name, envelope, rule));
    return inString ? text.slice(1, -1) : text;
  };
  let inString = false;
  let output = '';
  let from = 0;
  for (const match of InputTemplate.matchAll(PLACEHOLDER)) {
    const before = InputTemplate.slice(from, match.index);
    inString = endsInString(before, inString);
    output += before + shown(match[1] as string, inString);
    from = match.index + match[0].length;
  }
  return output + InputTemplate.slice(from);
}

function predefined(name: string, { ingestedAt }: Envelope, rule: PayloadRule): string {
  if (name === 'aws.events.rule-arn') return ruleArn(rule);
  return name === 'aws.events.rule-name' ? rule.name : new Date(ingestedAt).toISOString();
}

function wholeEvent(name: string, envelope: Envelope): string {
  if (name === 'aws.events.event.json') return envelope.text();
  const { detail: _, 'detail-type': detailType, ...rest } = envelope.event;
  // The one name that AWS spells otherwise here.
  return JSON.stringify({ ...rest, detailType });
}

function outsideString(value: unknown, isObject: boolean): string {
  if (value === undefined) return isObject ? '""' : '';
  return stringifyExact(value);
}

function insideString(value: unknown, isObject: boolean): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return JSON.stringify(value).slice(1, -1);
  const json = stringifyExact(value);
  return isObject ? json : json.replaceAll('"', '');
}

function endsInString(text: string, inString: boolean): boolean {
  let inside = inString;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') inside = !inside;
  }
  return inside;
}
