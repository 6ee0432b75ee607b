/**
 * The endpoint, the outputs, and commands to paste. `tryNext` has `{endpoint}` and `{<output>}` in it; `watched`: what is;
 * `iam`: whether policies are judged.
 */
export function banner(
  endpoint: string,
  outputs: Readonly<Record<string, Readonly<Record<string, string>>>>,
  tryNext: string,
  { watched = [], iam = true }: { readonly watched?: readonly string[]; readonly iam?: boolean } = {},
): string {
  const flat: Record<string, string> = { endpoint };
  const lines = [`endpoint  ${endpoint}`];
  if (watched.length > 0) lines.push(`watching  ${watched.join(', ')}: what is saved runs at once`);
  if (!iam) lines.push('IAM       off: every call passes, and missing grants show at AWS only');
  for (const [stack, values] of Object.entries(outputs)) {
    Object.assign(flat, values);
    // What one stack exports to another is of no use to a person.
    const shown = Object.entries(values).filter(([key]) => !key.startsWith('ExportsOutput'));
    const width = Math.max(0, ...shown.map(([key]) => key.length));
    lines.push('', stack, ...shown.map(([key, value]) => `  ${key.padEnd(width)}  ${value}`));
  }
  return `${lines.join('\n')}\n\ntry next:\n\n${fill(tryNext, flat).trimEnd()}\n`;
}

/** Puts values into `{name}` places; a name without a value stays, so that a mistake is seen. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
