import type { ProjectionFinding } from '../../application/verify/findings';
import { FEED } from '../../application/verify/judge-feed';
import { columns } from './columns';

/** What puts right what a verification of projections has found: commands to type, each once. */
export function nextSteps(findings: readonly ProjectionFinding[]): readonly string[] {
  const steps = new Map<string, string>();
  const late = findings.filter(isLate);
  const views = late.filter(({ projection }) => projection !== FEED);
  const feed = late.filter(({ projection }) => projection === FEED);
  const stuck = findings.find(({ kind }) => kind === 'faulted');
  if (stuck) steps.set('orderstream redrive --all --dry-run', 'what is faulted, through the folds of today');
  if (views.length > 0)
    steps.set(`orderstream catch-up --projector views --since ${earliest(views)}`, 'what is behind or missing');
  if (feed.length > 0)
    steps.set(`orderstream catch-up --projector feed --since ${earliest(feed)}`, 'what the feed lacks or has wrong');
  for (const { projection, kind } of findings)
    if (projection !== FEED && (kind === 'differs' || kind === 'orphan'))
      steps.set(`orderstream projection rebuild ${projection}`, 'what differs, or has no events');
  for (const { stream, kind } of findings)
    if (kind === 'ahead' || kind === 'unreadable')
      steps.set(`orderstream verify '${stream}'`, 'events seem to be gone');
  const lines = [...steps].map(([command, why]) => [`  ${command}`, why]);
  const orphans = findings.some(({ projection, kind }) => projection === FEED && kind === 'orphan');
  return [
    ...(lines.length > 0 ? ['', columns(lines)] : []),
    ...(orphans
      ? ['', 'A row of the feed without an event was put there by hand: delete it by hand (pk event#<id>)']
      : []),
  ];
}

/** The feed puts each row whole, so that late and wrong are one. */
const isLate = ({ projection, kind }: ProjectionFinding): boolean =>
  kind === 'behind' || kind === 'missing' || (projection === FEED && kind === 'differs');

const earliest = (findings: readonly ProjectionFinding[]): string =>
  findings.map(({ since = '' }) => since).sort()[0] ?? '';
