/** As the formatter of this project has it: what fits stands on one line. */
const WIDTH = 120;

/** JSON for people. `before`: the columns that are taken to the left, `after`: to the right. */
export function jsonText(value: unknown, indent = '', before = 0, after = 0): string {
  const line = onOneLine(value);
  if (before + line.length + after <= WIDTH || typeof value !== 'object' || value === null) return line;
  const deeper = `${indent}  `;
  const parts = Array.isArray(value)
    ? value.map((item) => `${deeper}${jsonText(item, deeper, deeper.length, 1)}`)
    : entriesOf(value).map(([name, part]) => {
        const key = `${deeper}${JSON.stringify(name)}: `;
        return `${key}${jsonText(part, deeper, key.length, 1)}`;
      });
  const [open, close] = Array.isArray(value) ? '[]' : '{}';
  return `${open}\n${parts.join(',\n')}\n${indent}${close}`;
}

export function onOneLine(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(onOneLine).join(', ')}]`;
  const parts = entriesOf(value).map(([name, part]) => `${JSON.stringify(name)}: ${onOneLine(part)}`);
  return parts.length === 0 ? '{}' : `{ ${parts.join(', ')} }`;
}

const entriesOf = (value: object) => Object.entries(value).filter(([, part]) => part !== undefined);
