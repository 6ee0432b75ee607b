import type { Properties } from './handler';

/** These members of `properties`, as far as they are given. */
export function pick(properties: Properties, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    names.filter((name) => properties[name] !== undefined).map((name) => [name, properties[name]]),
  );
}

/** Whether any of these properties differs. */
export function differ(a: Properties, b: Properties, names: readonly string[]): boolean {
  return names.some((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

/** A policy document or another JSON text, which templates may give either way. */
export const jsonText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** Templates may say `"true"` and `"5"` where APIs want a boolean and a number. */
export const asBoolean = (value: unknown): boolean => String(value) === 'true';

/** Every `"true"`, `"false"` and numeral among the leaves named `names` in its own type. */
export function typed(value: unknown, numbers: readonly string[], booleans: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => typed(item, numbers, booleans));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => {
      if (typeof member === 'string' && numbers.includes(name) && member !== '') return [name, Number(member)];
      if (typeof member === 'string' && booleans.includes(name)) return [name, member === 'true'];
      return [name, typed(member, numbers, booleans)];
    }),
  );
}
