import { InvalidPattern } from './invalid-pattern';

/** Jackson quotes this much of the source in its messages. */
const QUOTED_SOURCE = 500;

/** A JSON text whose places and mistakes are told as Jackson (2.16 to 2.20) tells them. */
export class JsonSource {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  /** The mistake `message`, found at `offset` (the character before which the column is). */
  error(message: string, offset: number): InvalidPattern {
    return new InvalidPattern(`${message}\n at ${this.location(offset)}`, { whileReading: true });
  }

  /** A character that cannot stand where it stands. */
  unexpected(offset: number, expected: string, where = ''): InvalidPattern {
    return this.unexpectedChar(this.text[offset] as string, offset, expected, where);
  }

  unexpectedChar(char: string, offset: number, expected: string, where = ''): InvalidPattern {
    return this.error(`Unexpected character (${describe(char)})${where}: ${expected}`, offset);
  }

  location(offset: number): string {
    const lines = this.text.slice(0, Math.max(offset, 0)).split(/\r\n|\r|\n/);
    const column = offset < 0 ? 0 : (lines[lines.length - 1] as string).length + 1;
    return `[Source: (String)${this.#quoted()}; line: ${lines.length}, column: ${column}]`;
  }

  #quoted(): string {
    const left = this.text.length - QUOTED_SOURCE;
    // Line breaks stay as they are.
    const shown = this.text.slice(0, QUOTED_SOURCE).replace(/[^\P{Cc}\n\r]/gu, (char) => {
      return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
    });
    return `"${shown}"${left > 0 ? `[truncated ${left} chars]` : ''}`;
  }
}

/** A character as Jackson names it in messages. */
export function describe(char: string): string {
  const code = char.charCodeAt(0);
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return `(CTRL-CHAR, code ${code})`;
  // Half a surrogate pair cannot be written.
  const shown = code >= 0xd800 && code < 0xe000 ? '?' : char;
  return `'${shown}' (code ${code}${code > 255 ? ` / 0x${code.toString(16)}` : ''})`;
}
