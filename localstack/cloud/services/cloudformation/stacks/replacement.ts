import type { ResourceHandler } from '../resources/handler';

type Properties = Readonly<Record<string, unknown>>;

/** Whether a change of a property needs a new resource, as change sets say it. */
export function recreation(handler: ResourceHandler | undefined, name: string): 'Never' | 'Conditionally' | 'Always' {
  if (!handler?.update || handler.createOnly.includes(name)) return 'Always';
  return handler.conditional?.[name] ? 'Conditionally' : 'Never';
}

/** Whether the changes of these properties, together, need a new resource. */
export function needsReplacement(
  handler: ResourceHandler | undefined,
  changed: readonly string[],
  now: Properties,
  before: Properties,
): boolean {
  return changed.some((name) => {
    const how = recreation(handler, name);
    return how === 'Always' || (how === 'Conditionally' && handler!.conditional![name]!(now[name], before[name]));
  });
}
