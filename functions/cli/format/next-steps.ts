import { insightsProjection } from '../../application/insights/series';
import { FEED } from '../../application/verify/check-feed';
import type { FindingKind, ProjectionFinding } from '../../application/verify/findings';
import { columns } from './columns';

type Of = 'views' | 'feed' | 'insights';

type Step = {
  readonly of: Of;
  readonly kinds: readonly FindingKind[];
  /** What to type, or, without `why`, what to know. */
  readonly say: (finding: ProjectionFinding, all: readonly ProjectionFinding[]) => string;
  readonly why?: string;
};

const steps: readonly Step[] = [
  {
    ...{ of: 'views', kinds: ['faulted'], why: 'what is faulted, through the folds of today' },
    say: () => 'orderstream redrive --all --dry-run',
  },
  {
    ...{ of: 'views', kinds: ['behind', 'missing'], why: 'what is behind or missing' },
    say: (_, all) => `orderstream catch-up --projector views --since ${earliest(all)}`,
  },
  {
    ...{ of: 'views', kinds: ['differs', 'orphan'], why: 'what differs, or has no events' },
    say: ({ projection }) => `orderstream projection rebuild ${projection}`,
  },
  {
    ...{ of: 'views', kinds: ['ahead', 'unreadable'], why: 'events seem to be gone' },
    say: ({ stream }) => `orderstream verify '${stream}'`,
  },
  {
    ...{ of: 'feed', kinds: ['missing', 'differs'], why: 'what the feed lacks or has wrong; its facts go out again' },
    say: (_, all) => `orderstream catch-up --projector feed --since ${earliest(all)}`,
  },
  {
    ...{ of: 'feed', kinds: ['orphan'] },
    say: () => 'A row of the feed without an event was put there by hand: remove it by hand (pk event#<id>)',
  },
  {
    ...{ of: 'insights', kinds: ['behind'], why: 'what has not been counted; what has been is not counted again' },
    say: () => 'orderstream replay --to insights',
  },
  {
    ...{ of: 'insights', kinds: ['ahead'], why: 'what has been counted too often: no count is ever taken back' },
    say: ({ projection }) => `orderstream projection rebuild ${projection}`,
  },
];

/** What puts right what a verification of projections has found: commands to type, each once, and what no command does. */
export function nextSteps(findings: readonly ProjectionFinding[]): readonly string[] {
  const commands = new Map<string, string>();
  const notes = new Set<string>();
  for (const { of, kinds, say, why } of steps) {
    const met = findings.filter((one) => ofWhat(one) === of && kinds.includes(one.kind));
    for (const finding of met) {
      if (why === undefined) notes.add(say(finding, met));
      else commands.set(say(finding, met), why);
    }
  }
  const lines = [...commands].map(([command, why]) => [`  ${command}`, why]);
  return [...(lines.length > 0 ? ['', columns(lines)] : []), ...[...notes].flatMap((note) => ['', note])];
}

const ofWhat = ({ projection }: ProjectionFinding): Of =>
  projection === FEED ? 'feed' : projection === insightsProjection.name ? 'insights' : 'views';

const earliest = (findings: readonly ProjectionFinding[]): string =>
  findings.map(({ since = '' }) => since).sort()[0] ?? '';
