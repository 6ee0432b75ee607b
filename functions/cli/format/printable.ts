/**
 * What producers write must not steer the operator's terminal: control characters (escape sequences, line breaks,
 * directions of writing) are shown as `\u` escapes.
 */
export const printable = (text: string): string => text.replace(STEERING, escaped);

/** The same for text of several lines. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

const STEERING = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
