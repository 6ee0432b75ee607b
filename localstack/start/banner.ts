/** The endpoint, the outputs, and commands to paste. `tryNext` has `{endpoint}` and `{<output>}` in it. */
export function banner(
  endpoint: string,
  outputs: Readonly<Record<string, Readonly<Record<string, string>>>>,
  tryNext: string,
): string {
  const flat: Record<string, string> = { endpoint };
  const lines = [`endpoint  ${endpoint}`];
  for (const [stack, values] of Object.entries(outputs)) {
    lines.push('', stack);
    const width = Math.max(0, ...Object.keys(values).map((key) => key.length));
    for (const [key, value] of Object.entries(values)) {
      flat[key] = value;
      lines.push(`  ${key.padEnd(width)}  ${value}`);
    }
  }
  return `${lines.join('\n')}\n\ntry next:\n\n${fill(tryNext, flat).trimEnd()}\n`;
}

/** Puts values into `{name}` places; a name without a value stays, so that a mistake is seen. */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
