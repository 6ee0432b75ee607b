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
 * Puts values for the placeholders: as JSON where the template stands outside of a string, as text inside of one. A
 * path that leads nowhere gives nothing at all, as at AWS.
 */
function transform(
  { InputPathsMap = {}, InputTemplate }: NonNullable<Target['InputTransformer']>,
  envelope: Envelope,
  rule: PayloadRule,
): string {
  const lookUp = (name: string): unknown => {
    const path = InputPathsMap[name];
    if (path !== undefined) return atPath(envelope.event, parseJsonPath(path) ?? []);
    return predefined(name, envelope, rule);
  };
  let inString = false;
  let output = '';
  let from = 0;
  for (const match of InputTemplate.matchAll(PLACEHOLDER)) {
    const before = InputTemplate.slice(from, match.index);
    inString = endsInString(before, inString);
    const value = lookUp(match[1] as string);
    output += before + (value === undefined ? '' : inString ? insideString(value) : stringifyExact(value));
    from = match.index + match[0].length;
  }
  return output + InputTemplate.slice(from);
}

function predefined(name: string, { event, ingestedAt }: Envelope, rule: PayloadRule): unknown {
  switch (name) {
    case 'aws.events.rule-arn':
      return ruleArn(rule);
    case 'aws.events.rule-name':
      return rule.name;
    case 'aws.events.event.ingestion-time':
      return new Date(ingestedAt).toISOString();
    case 'aws.events.event': {
      const { detail: _, ...withoutDetail } = event;
      return withoutDetail;
    }
    case 'aws.events.event.json':
      return event;
    default:
      return undefined;
  }
}

const insideString = (value: unknown): string =>
  JSON.stringify(typeof value === 'string' ? value : stringifyExact(value)).slice(1, -1);

function endsInString(text: string, inString: boolean): boolean {
  let inside = inString;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"') inside = !inside;
  }
  return inside;
}
