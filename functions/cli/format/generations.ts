import type { Diff, Difference } from '../../application/rebuild/diff';
import type { GenerationStatus, ProjectionStatus, WorkStatus } from '../../application/rebuild/status';
import { columns, table } from './columns';

/** The generations of some projections, one a line. */
export function generationTable(statuses: readonly ProjectionStatus[]): string {
  return table(
    [
      { title: 'projection' },
      { title: 'generation', right: true },
      { title: 'revision', right: true },
      { title: 'state' },
      { title: 'since' },
      { title: 'work' },
    ],
    statuses.flatMap(({ projection, generations }) =>
      generations.map((one) => [
        projection,
        `${one.number}`,
        one.revision > 0 ? `${one.revision}` : '',
        stateOf(one),
        one.startedAt,
        one.work && (one.state === 'building' || one.state === 'removing') ? workLine(one.work) : builtLine(one),
      ]),
    ),
  );
}

function stateOf({ state, asOf, work }: GenerationStatus): string {
  switch (state) {
    case 'building':
      return `building ${work?.percent ?? 0} %${asOf === undefined ? '' : `, as of ${asOf}`}`;
    case 'removing':
      return 'being removed';
    case 'frozen':
      return `frozen at ${asOf}`;
    default:
      return state;
  }
}

/** How far it has come, how fast, and how long it will take. */
export function workLine({ parts, done, read, about, taken, faulted, perSecond, secondsLeft }: WorkStatus): string {
  if (read === 0 && done === 0) return `${counted(parts, 'part')} waiting for a worker`;
  return [
    `${shown(read)}${about > 0 ? ` of about ${shown(Math.max(about, read))}` : ''} read, ${shown(taken)} taken`,
    ...(perSecond === undefined ? [] : [`${shown(perSecond)}/s`]),
    ...(secondsLeft === undefined ? [] : [`${durationOf(secondsLeft)} left`]),
    ...(faulted > 0 ? [counted(faulted, 'fault')] : []),
    `${done} of ${counted(parts, 'part')} done`,
  ].join(', ');
}

function builtLine({ work }: GenerationStatus): string {
  if (work === undefined) return '';
  const faults = work.faulted > 0 ? `, ${counted(work.faulted, 'fault')}` : '';
  return `of ${counted(work.taken, 'event')}${faults}`;
}

/** What a comparison of two generations has found. */
export function diffText({ counts, fields, samples }: Diff, old: number, fresh: number): string {
  const lines: (readonly [string, number, string])[] = [
    ['equal', counts.equal, ''],
    [
      'different',
      counts.different,
      Object.entries(fields)
        .map(([field, count]) => `${field} ${shown(count)}`)
        .join(', '),
    ],
    ['repaired', counts.repaired, `a fault in ${old}, none in ${fresh}`],
    ['newly faulted', counts.faulted, `a fault in ${fresh}, none in ${old}`],
    [`only in ${old}`, counts['only-in-old'], ''],
    [`only in ${fresh}`, counts['only-in-new'], ''],
    ['apart', counts.apart, 'one has seen more events than the other; is the projection behind?'],
  ];
  const found = lines.filter(([what, count]) => count > 0 || what === 'equal');
  return [
    `rows of generation ${old}, which is live, and ${fresh}:`,
    columns(
      found.map(([what, count, detail]) => [`  ${what}`, shown(count), detail]),
      new Set([1]),
    ),
    ...(samples.length > 0
      ? ['', table([{ title: 'stream' }, { title: 'found' }, { title: 'detail' }], samples.map(sample))]
      : []),
  ].join('\n');
}

function sample({ stream, verdict, fields, old, new: fresh }: Difference): readonly string[] {
  const faults = fresh?.fault ? `version ${fresh.fault.version}: ${fresh.fault.error}` : '';
  const versions = verdict === 'apart' ? `version ${old?.version} and ${fresh?.version}` : '';
  const changes = fields
    .filter((field) => field !== 'fault' && field !== 'version')
    .map((field) => `${field}: ${brief(old, field)} → ${brief(fresh, field)}`);
  const details = verdict === 'different' ? changes : [];
  return [stream, verdict, [versions, faults, ...details].filter((text) => text !== '').join('; ')];
}

/** As much of a value as a line has room for. */
const SHOWN = 40;

function brief(row: object | undefined, field: string): string {
  const text = JSON.stringify((row as Readonly<Record<string, unknown>> | undefined)?.[field]) ?? 'nothing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text;
}

const shown = (count: number): string => count.toLocaleString('en');
const counted = (count: number, noun: string): string => `${shown(count)} ${noun}${count === 1 ? '' : 's'}`;

function durationOf(seconds: number): string {
  if (seconds < 90) return `${seconds} s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3_600).toFixed(1)} h`;
}
