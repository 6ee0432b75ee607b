import { insightsProjection } from '../../application/insights/series';
import type { Projection } from '../../application/read-models/projection';
import { FEED } from '../../application/verify/check-feed';
import type { ProjectionFinding } from '../../application/verify/findings';
import {
  type VerifiedProjections,
  type VerifyProjectionsProgress,
  verifiable,
  verifyProjections,
} from '../../application/verify-projections';
import { type Command, Refusal, UsageError } from '../command';
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
    stream: { value: '<stream>', help: 'only the rows of this stream' },
    generation: { value: '<n>', help: 'of one projection: another copy than the one that readers see' },
  },
  notes: [
    'Folds every stream anew and compares each row with it, field by field; of the feed, each event with its row; of the',
    'insights, each counter. Names what differs, is behind, ahead, missing, faulted, or there without an event (orphan).',
    'Names: order-summary, user-profile, inventory-level, feed, insights. With --stream, what no event of it leads to is not found.',
    'Reads Events once, Views twice: a read unit for 4 KB of events, and about two for each event in the feed.',
  ],
  prepare({ words: [name], options: { stream, generation } }) {
    if (stream !== undefined) checkStream(stream);
    const number = generation === undefined ? undefined : generationIn(generation, name);
    return async ({ verifyProjections: ports }, terminal) => {
      checkNames(ports.projections, name, stream);
      const asked = {
        ...(name !== undefined && { names: [name] }),
        ...(stream !== undefined && { stream }),
        ...(number !== undefined && { generation: number }),
      };
      const verified = await verifyProjections(ports, asked, (progress) => terminal.progress(shown(progress)));
      if (stream !== undefined && verified.events + verified.findings.length === 0)
        throw new Refusal(`${stream} has no events`);
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

function checkNames(projections: readonly Projection[], name: string | undefined, stream: string | undefined): void {
  const names = verifiable(projections);
  if (name === undefined) return;
  if (!names.includes(name)) throw new UsageError(`there is no projection "${name}"; one of ${names.join(', ')}`);
  if (stream === undefined) return;
  if (name === insightsProjection.name)
    throw new UsageError('insights are of all streams together: leave out --stream');
  const prefix = projections.find((one) => one.name === name)?.prefix ?? '';
  if (!stream.startsWith(prefix)) throw new UsageError(`${name} is not of ${stream}, only of ${prefix}…`);
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
      findings.map((one) => [
        one.projection,
        one.stream,
        isCounter(one) ? '' : `${one.version}`,
        one.kind,
        detailOf(one),
      ]),
    ),
    '',
    `${read}: ${wrong} not as they should be${stopped ? ', and it was read no further' : ''}`,
    ...nextSteps(findings),
  ].join('\n');
}

/** What many streams make together stands at no version. */
const isCounter = ({ projection }: ProjectionFinding): boolean => projection === insightsProjection.name;

function detailOf(finding: ProjectionFinding): string {
  const { kind, newest, id, fields, fault, since } = finding;
  const wrong = fields?.map(({ field, expected, found }) => `${field} is ${brief(found)}, expected ${brief(expected)}`);
  const details = [
    ...(id === undefined ? [] : [`event ${id}`]),
    ...(fault ? [`version ${fault.version}: ${fault.error}, since ${fault.since}`] : []),
    ...(id === undefined && !isCounter(finding) && ['behind', 'ahead', 'missing'].includes(kind)
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
