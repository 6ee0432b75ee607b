import { isDeepStrictEqual } from 'node:util';
import { brokenAt } from '../../../functions/adapters/hash-chain';
import { type Entry, identity, type Ledger, RESERVATIONS, type Violation } from './ledger';
import { judge } from './model';

/** Versions 1..n, a sound chain, no event twice, and each event said by somebody and allowed at its place. */
export function checkStreams(ledger: Ledger): Violation[] {
  return [...ledger.streams()].flatMap(([stream, entries]) => {
    const found: Violation[] = [];
    const wrong = (promise: string, what: string) => found.push({ promise, stream, what });
    const versions = entries.map(({ recorded }) => recorded.version);
    if (versions.some((version, index) => version !== index + 1))
      wrong('versions are 1..n', `it has versions ${versions.join(', ')}`);
    const broken = brokenAt(entries.map(({ recorded }) => recorded));
    if (broken !== undefined) wrong('the hash chain is sound', `it breaks at version ${broken}`);
    const seen = new Map<string, number>();
    for (const [index, entry] of entries.entries()) {
      const { version, source, id, type } = entry.recorded;
      const key = identity(stream, source, id);
      if (seen.has(key))
        wrong('no event twice', `${id} of ${source} stands at versions ${seen.get(key)} and ${version}`);
      seen.set(key, version);
      const unsaid = notSaid(entry);
      if (unsaid) wrong('nothing extra', `version ${version}, ${type} ${id} of ${source}: ${unsaid}`);
      const before = ledger.states(stream)[index];
      const judgement = before && judge(before, entry.said);
      if (judgement && judgement.is !== 'next')
        wrong(
          'only what is allowed',
          `version ${version}, ${type} ${id}, is ${shown(judgement)} behind version ${index}`,
        );
      if (entry.command?.onVersion !== undefined && entry.command.onVersion !== version - 1)
        wrong('If-Match', `version ${version} was asked for on version ${entry.command.onVersion} only`);
    }
    return found;
  });
}

/** Why nobody can have said this event; undefined when somebody has. */
function notSaid({ recorded, put, command }: Entry): string | undefined {
  if (recorded.source === RESERVATIONS) return undefined;
  const saying = put?.event ?? command;
  if (!saying) return 'nobody has put it';
  if (saying.stream !== recorded.stream || saying.type !== recorded.type)
    return `it was said as ${saying.type} of ${saying.stream}`;
  if (put && put.event.malformed.length > 0) return `its ${put.event.malformed.join(', ')} cannot be accepted`;
  // Personal data are sealed in the table.
  if (recorded.stream.startsWith('user#')) return undefined;
  const { reservations: _, ...data } = recorded.data;
  return isDeepStrictEqual(data, { ...saying.data }) ? undefined : `its data are ${JSON.stringify(data)}`;
}

export const shown = (judgement: { readonly is: string; readonly fields?: readonly string[] }): string =>
  judgement.fields ? `${judgement.is} (${judgement.fields.join(', ')})` : judgement.is;
