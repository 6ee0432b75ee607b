import type { ProjectionFinding } from '../../application/verify/findings';
import { FEED } from '../../application/verify/judge-feed';
import {
  type VerifiedProjections,
  type VerifyProjectionsProgress,
  verifiable,
  verifyProjections,
} from '../../application/verify-projections';
import { type Command, UsageError } from '../command';
import { table } from '../format/columns';
import { nextSteps } from '../format/next-steps';
import { checkStream } from '../values';

/** As much of a value as a table has room for. */
const SHOWN = 40;

export const projectionVerify: Command = {
  name: 'projection verify',
  summary: 'whether the read models are what the recorded events come to',
  words: ['[<name>]'],
  options: {
    stream: { value: '<stream>', help: 'only what this stream has to do with' },
    generation: { value: '<n>', help: 'of one projection: another copy than the one that readers see' },
  },
  notes: [
    'Folds every stream anew and compares each row with it, field by field; of the feed, each event with its row. Names rows',
    'that differ, are behind, ahead, missing or faulted, and those that are there without an event (orphan).',
    'Both tables are read once: a read unit for 4 KB of Events, half a one for 4 KB of Views, and as much again for their rows.',
  ],
  prepare({ words: [name], options: { stream, generation } }) {
    if (stream !== undefined) checkStream(stream);
    const number = generation === undefined ? undefined : generationIn(generation, name);
    return async ({ verifyProjections: ports }, terminal) => {
      const names = verifiable(ports.projections);
      if (name !== undefined && !names.includes(name))
        throw new UsageError(`there is no projection "${name}"; one of ${names.join(', ')}`);
      const asked = {
        ...(name !== undefined && { names: [name] }),
        ...(stream !== undefined && { stream }),
        ...(number !== undefined && { generation: number }),
      };
      const verified = await verifyProjections(ports, asked, (progress) => terminal.progress(shown(progress)));
      const ok = verified.findings.length === 0;
      return { text: textOf(verified), json: { ok, ...verified }, ...(!ok && { bad: true }) };
    };
  },
};

function generationIn(text: string, name: string | undefined): number {
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new UsageError(`--generation is "${text}"; a number: 1, 2 …`);
  if (name === undefined || name === FEED)
    throw new UsageError('--generation is of one projection: orderstream projection verify <name> --generation <n>');
  return Number(text);
}

function textOf({ events, streams, rows, findings, stopped }: VerifiedProjections): string {
  const read = `${counted(events, 'event')} of ${counted(streams, 'stream')}, ${counted(rows, 'row')}`;
  if (findings.length === 0) return `${read}: every row is what its events come to`;
  const wrong = stopped ? `more than ${counted(findings.length - 1, 'row')}` : counted(findings.length, 'row');
  return [
    table(
      [
        { title: 'projection' },
        { title: 'stream' },
        { title: 'version', right: true },
        { title: 'found' },
        { title: 'detail' },
      ],
      findings.map((one) => [one.projection, one.stream, `${one.version}`, one.kind, detailOf(one)]),
    ),
    '',
    `${read}: ${wrong} not as they should be${stopped ? ', and it was read no further' : ''}`,
    ...nextSteps(findings),
  ].join('\n');
}

function detailOf({ kind, newest, id, fields, fault, since }: ProjectionFinding): string {
  const wrong = fields?.map(({ field, expected, found }) => `${field} is ${brief(found)}, expected ${brief(expected)}`);
  const details = [
    ...(id === undefined ? [] : [`event ${id}`]),
    ...(fault ? [`version ${fault.version}: ${fault.error}, since ${fault.since}`] : []),
    ...(id === undefined && (kind === 'behind' || kind === 'ahead' || kind === 'missing')
      ? [`the stream is at ${newest}`]
      : []),
    ...(since === undefined ? [] : [`recorded ${since}`]),
    ...(kind === 'unreadable' ? ['the stream has a hole'] : []),
    ...(kind === 'orphan' && id === undefined ? ['the stream has no events'] : []),
    ...(wrong ?? []),
  ];
  return details.join('; ');
}

function brief(value: unknown): string {
  if (value === undefined) return 'missing';
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

const shown = ({ doing, events, of, streams, findings }: VerifyProjectionsProgress): string =>
  `${doing}: ${counted(events, 'event')} of about ${Math.max(of, events).toLocaleString('en')}, ${counted(streams, 'stream')}${findings > 0 ? `, ${findings} found` : ''}`;

const counted = (count: number, noun: string): string =>
  `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
