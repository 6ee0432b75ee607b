import type { Finding } from '../../application/chain';
import { type VerifyProgress, verifyAll, verifyStream } from '../../application/verify-streams';
import { type Command, Refusal } from '../command';
import { table } from '../format/columns';
import { checkStream } from '../values';

export const verify: Command = {
  name: 'verify',
  summary: 'whether recorded events have been changed, removed or reordered',
  words: ['[<stream>]'],
  notes: [
    'Each event carries the hash of the one before it and its own, over all that is stored of it. Names the first event of',
    'a stream that is wrong: changed, missing, unlinked (it names another predecessor), foreign (no such version). Events',
    'that were removed at the end are missed by the read models, which have seen them.',
    'Without a stream all of them are read, once: half a read unit for 4 KB, and about as much again for the read models.',
  ],
  prepare({ words: [stream] }) {
    if (stream !== undefined) checkStream(stream);
    return async ({ verify }, terminal) => {
      if (stream !== undefined) {
        const { head, finding } = await verifyStream(verify, stream);
        if (!finding && head.version === 0) throw new Refusal(`${stream} has no events`);
        const json = { ok: !finding, stream, head, findings: finding ? [finding] : [] };
        const held = `${stream}: ${counted(head.version, 'event')}, the chain holds\nhead ${head.hash}`;
        return finding ? { text: findingTable([finding]), json, bad: true } : { text: held, json };
      }
      const { streams, events, findings } = await verifyAll(verify, (progress) => terminal.progress(shown(progress)));
      const read = `${counted(events, 'event')} of ${counted(streams, 'stream')}`;
      const json = { ok: findings.length === 0, streams, events, findings };
      return findings.length === 0
        ? { text: `${read}: every chain holds`, json }
        : {
            text: `${findingTable(findings)}\n\n${read}: ${counted(findings.length, 'chain')} broken`,
            json,
            bad: true,
          };
    };
  },
};

const findingTable = (findings: readonly Finding[]): string =>
  table(
    [{ title: 'stream' }, { title: 'version', right: true }, { title: 'found' }, { title: 'detail' }],
    findings.map(({ stream, version, kind, detail }) => [stream, `${version}`, kind, detail]),
  );

const shown = ({ doing, events, streams, findings }: VerifyProgress): string =>
  `${doing}: ${counted(events, 'event')} of ${counted(streams, 'stream')}${findings > 0 ? `, ${findings} broken` : ''}`;

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
