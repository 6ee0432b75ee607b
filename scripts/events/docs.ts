import type { Description, Field, TypeDescription } from './describe';
import { onOneLine } from './json-text';
import type { Words } from './words';

const BEGIN = '<!-- begin: written by `npm run events -- docs` -->';
const END = '<!-- end: written by `npm run events -- docs` -->';

/** The text with the catalogue in it, between its markers. */
export function withCatalogue(text: string, description: Description, words: Readonly<Record<string, Words>>): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`the lines "${BEGIN}" and "${END}" are missing`);
  return `${text.slice(0, begin)}${BEGIN}\n\n${catalogueOf(description, words)}\n\n${text.slice(end)}`;
}

function catalogueOf({ types }: Description, words: Readonly<Record<string, Words>>): string {
  const described = Object.entries(types).flatMap(([type, description]) => {
    const said = words[type];
    return said ? [{ type, description, said }] : [];
  });
  const overview = described.map(({ type, description, said }) => [
    `[\`${type}\`](#${type.toLowerCase()})`,
    payloadOf(description),
    said.validWhen,
  ]);
  return [
    table(['type', 'payload', 'valid when'], overview),
    ...described.map(({ type, description, said }) => sectionOf(type, description, said)),
  ].join('\n\n');
}

/** Fields of the payload itself, those that may be left out with a question mark. */
function payloadOf({ fields }: TypeDescription): string {
  const names = Object.entries(fields)
    .filter(([name, { recordedOnly }]) => !/[.[]/.test(name) && !recordedOnly)
    .map(([name, { required }]) => (required ? name : `${name}?`));
  return `\`${names.join(', ')}\``;
}

function sectionOf(type: string, description: TypeDescription, { meaning, fields, example }: Words): string {
  const rows = Object.entries(description.fields).map(([name, field]) => [
    `\`${name}\`${field.required ? '' : '?'}`,
    field.expected.replaceAll('|', '\\|'),
    `${fields[name] ?? ''}${ours(field)}`,
  ]);
  return [
    `### ${type}`,
    `${meaning} Schema version ${description.schemaVersion}. ${namesOf(type, description)}`,
    table(['field', 'is', 'meaning'], rows),
    `\`\`\`json\n${onOneLine(example)}\n\`\`\``,
  ].join('\n\n');
}

const ours = ({ recordedOnly }: Field): string => (recordedOnly ? '; recorded by us, not to be sent' : '');

function namesOf(type: string, { aliases, recordedWith }: TypeDescription): string {
  if (recordedWith !== undefined) return `Nobody puts it: it is recorded with \`${recordedWith}\`.`;
  const others = families(aliases)
    .filter((name) => name !== type)
    .map((name) => `\`${name}\``);
  return others.length === 0 ? 'No other names.' : `Also: ${others.join(', ')}.`;
}

/** Names that differ in spelling only are one, in the spelling of a type. */
function families(names: readonly string[]): readonly string[] {
  const wordOf = (name: string) =>
    name
      .replace(/^com\.example\./, '')
      .replace(/[._]/g, '')
      .toLowerCase();
  const first = new Map<string, string>();
  for (const name of names) if (!first.has(wordOf(name))) first.set(wordOf(name), name);
  return [...first.values()];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
