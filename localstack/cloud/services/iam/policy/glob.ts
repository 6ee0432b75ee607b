/** Whether a text matches a pattern in which `*` stands for any characters and `?` for exactly one. */
export type Matcher = (text: string) => boolean;

/** Stand in a pattern for the characters themselves, which are no wildcards there. Private use: no text has them. */
const LITERAL: Readonly<Record<string, string>> = { '*': '\uE000', '?': '\uE001' };

/** `text` as a part of a pattern that only matches itself. */
export const literally = (text: string): string => text.replace(/[*?]/g, (wildcard) => LITERAL[wildcard]!);

export function glob(pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matcher {
  if (pattern === '*') return () => true;
  if (!/[*?\uE000\uE001]/.test(pattern)) {
    if (!options.ignoreCase) return (text) => text === pattern;
    const wanted = pattern.toLowerCase();
    return (text) => text.toLowerCase() === wanted;
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
    .replaceAll('\uE000', '\\*')
    .replaceAll('\uE001', '\\?');
  const expression = new RegExp(`^${source}$`, options.ignoreCase ? 'is' : 's');
  return (text) => expression.test(text);
}
