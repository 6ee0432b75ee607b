/** Attributes by name; a value that is empty takes the attribute away. */
export function withAttributes(
  before: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, string>>,
): Record<string, string> {
  return Object.fromEntries(Object.entries({ ...before, ...changes }).filter(([, value]) => value !== ''));
}

/** Whether each of `wanted` is as it is in `present`. */
export const agrees = (present: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([name, value]) => (present[name] ?? '') === value);
