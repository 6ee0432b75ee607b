import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below a directory. */
export function filesBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Where any of the texts stands in any of the files, in whatever form a program may have written it: `<file>: <text> as <form>`. */
export function foundIn(files: readonly string[], texts: readonly string[]): string[] {
  const wanted = texts.flatMap((text) => formsOf(text).map(([form, bytes]) => ({ name: `${text} as ${form}`, bytes })));
  return files.flatMap((file) => {
    const content = readFileSync(file);
    return wanted.filter(({ bytes }) => content.includes(bytes)).map(({ name }) => `${file}: ${name}`);
  });
}

export function formsOf(text: string): readonly (readonly [form: string, bytes: Buffer])[] {
  const bytes = Buffer.from(text);
  const jsonEscaped = [...text].map(escaped).join('');
  return [
    ['UTF-8', bytes],
    ['UTF-16', Buffer.from(text, 'utf16le')],
    ['UTF-16, big-endian', Buffer.from(text, 'utf16le').swap16()],
    ['Latin-1', Buffer.from(text, 'latin1')],
    ['JSON, escaped', Buffer.from(jsonEscaped)],
    ['JSON in JSON, escaped', Buffer.from(jsonEscaped.replaceAll('\\', '\\\\'))],
    ['percent-encoded', Buffer.from(encodeURIComponent(text))],
    ['hexadecimal', Buffer.from(bytes.toString('hex'))],
    ...base64Forms(bytes, 'base64'),
    ...base64Forms(bytes, 'base64url'),
  ];
}

/** What base64 makes of bytes depends on how many stand before them; the characters at the edges also on what these are. */
function base64Forms(bytes: Buffer, form: 'base64' | 'base64url') {
  return [0, 1, 2].map((before) => {
    const encoded = Buffer.concat([Buffer.alloc(before), bytes])
      .toString(form)
      .replaceAll('=', '');
    const first = Math.ceil((before * 8) / 6);
    const whole = Math.floor(((before + bytes.length) * 8) / 6);
    return [`${form}, ${before} bytes in`, Buffer.from(encoded.slice(first, whole))] as const;
  });
}

const escaped = (char: string): string =>
  char < '\u0080' ? char : [...char].map((one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
