import { list } from './arguments';
import { validationError } from './errors';
import { resolve } from './intrinsics';
import type { Scope } from './scope';
import type { Template, TemplateResource } from './template';

const LOOP = 'Fn::ForEach::';

/**
 * What the transform `AWS::LanguageExtensions` makes of a template before anything else looks at it: every
 * `Fn::ForEach::<name>: [identifier, collection, {key: value}]` gives way to one member per item of its collection, and
 * policies of resources may be functions. `scope`: the template's parameters.
 */
export function withLanguageExtensions(template: Template, scope: Scope): Template {
  if (template.Transform === undefined) return template;
  const expand = (section: unknown) => (section === undefined ? {} : (expandLoops(section, scope) as object));
  const resources = expand(template.Resources) as Record<string, TemplateResource>;
  return {
    ...template,
    ...(template.Conditions && { Conditions: expand(template.Conditions) as Record<string, unknown> }),
    ...(template.Outputs && { Outputs: expand(template.Outputs) as NonNullable<Template['Outputs']> }),
    Resources: Object.fromEntries(
      Object.entries(resources).map(([id, resource]) => [id, withPolicies(resource, scope)]),
    ),
  };
}

function withPolicies(resource: TemplateResource, scope: Scope): TemplateResource {
  const { DeletionPolicy: deletion, UpdateReplacePolicy: replace } = resource ?? {};
  if (typeof deletion !== 'object' && typeof replace !== 'object') return resource;
  return {
    ...resource,
    ...(deletion !== undefined && { DeletionPolicy: resolve(deletion, scope) as string }),
    ...(replace !== undefined && { UpdateReplacePolicy: resolve(replace, scope) as string }),
  };
}

function expandLoops(value: unknown, scope: Scope): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => expandLoops(item, scope));
  const result: Record<string, unknown> = {};
  for (const [key, child] of Object.entries(value)) {
    const members = key.startsWith(LOOP) ? iterations(key, child, scope) : [[key, expandLoops(child, scope)] as const];
    for (const [name, member] of members) {
      if (Object.hasOwn(result, name))
        throw validationError(`Template format error: duplicate key ${name} from ${key}`);
      result[name] = member;
    }
  }
  return result;
}

function iterations(key: string, loop: unknown, scope: Scope): [string, unknown][] {
  const [identifier, collection, body] = list(loop, key, 3, 3);
  if (typeof identifier !== 'string' || typeof body !== 'object' || body === null) {
    throw validationError(`Template error: ${key} must have an identifier, a collection and a fragment`);
  }
  const items = list(resolve(collection, scope), key).map(String);
  return items.flatMap((item) => Object.entries(expandLoops(filled(body, identifier, item), scope) as object));
}

/** `${Id}`, `&{Id}` (only its letters and digits) and `{Ref: Id}` are the item, in keys and values alike. */
function filled(value: unknown, identifier: string, item: string): unknown {
  const fill = (text: string) =>
    text.replaceAll(`\${${identifier}}`, item).replaceAll(`&{${identifier}}`, item.replace(/[^A-Za-z0-9]/g, ''));
  if (typeof value === 'string') return fill(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((child) => filled(child, identifier, item));
  const entries = Object.entries(value);
  if (entries.length === 1 && entries[0]![0] === 'Ref' && entries[0]![1] === identifier) return item;
  return Object.fromEntries(entries.map(([key, child]) => [fill(key), filled(child, identifier, item)]));
}
