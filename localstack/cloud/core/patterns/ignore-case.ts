type Part = 'whole' | 'prefix' | 'suffix';

/** `equals-ignore-case`, alone or inside `prefix` and `suffix`. */
export type CaseTest = {
  readonly kind: 'ignore-case';
  readonly part: Part;
  readonly text: string;
  readonly lower: string;
  readonly upper: string;
  /** For texts that are more than letters, digits and signs of ASCII. */
  readonly expression: RegExp | undefined;
};

/**
 * Ruler compares each character with its own upper and lower case (never the pattern folded as a whole): `ß` in a
 * pattern takes `SS`, but `s` does not take `ſ`.
 */
export function ignoreCase(part: Part, text: string): CaseTest {
  // A quote at the ends may be meant for the quotes around a value, see value-test.ts.
  const plain = /^[\p{ASCII}]*$/u.test(text) && !text.startsWith('"') && !text.endsWith('"');
  const lower = text.toLowerCase();
  const upper = text.toUpperCase();
  return { kind: 'ignore-case', part, text, lower, upper, expression: plain ? undefined : expressionOf(part, text) };
}

export function equalsIgnoringCase({ part, lower, upper, expression }: CaseTest, value: string): boolean {
  if (expression) return expression.test(value);
  if (value.length < upper.length || (part === 'whole' && value.length > upper.length)) return false;
  const shown = part === 'suffix' ? value.slice(value.length - upper.length) : value.slice(0, upper.length);
  // Both, because other characters than ASCII's have an ASCII upper case, or an ASCII lower case.
  return shown.toUpperCase() === upper && shown.toLowerCase() === lower;
}

function expressionOf(part: Part, text: string): RegExp {
  const chars = text.split('').map((char) => {
    return `(?:${[...new Set([char.toLowerCase(), char.toUpperCase()])].map(quote).join('|')})`;
  });
  const whole = (some: readonly string[]) => `^${some.join('')}$`;
  if (part === 'whole') return new RegExp(whole(chars));
  if (part === 'prefix') {
    return new RegExp(`^${chars.join('')}${text.endsWith('"') ? `|${whole(chars.slice(0, -1))}` : ''}`);
  }
  return new RegExp(`${chars.join('')}$${text.startsWith('"') ? `|${whole(chars.slice(1))}` : ''}`);
}

const quote = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
