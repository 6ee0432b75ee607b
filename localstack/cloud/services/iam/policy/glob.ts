/** Whether a text matches a pattern in which `*` stands for any characters and `?` for exactly one. */
export type Matcher = (text: string) => boolean;

export function glob(pattern: string, options: { readonly ignoreCase?: boolean } = {}): Matcher {
  if (pattern === '*') return () => true;
  if (!/[*?]/.test(pattern)) {
    if (!options.ignoreCase) return (text) => text === pattern;
    const wanted = pattern.toLowerCase();
    return (text) => text.toLowerCase() === wanted;
  }
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const expression = new RegExp(`^${source}$`, options.ignoreCase ? 'is' : 's');
  return (text) => expression.test(text);
}
