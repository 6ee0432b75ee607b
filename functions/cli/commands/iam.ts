import type { FunctionGrants, Grant, GrantUse } from '../../application/grants';
import { type Command, Refusal } from '../command';
import { table } from '../format/columns';

export const iam: readonly Command[] = [
  {
    name: 'iam report',
    summary: 'what each function may do, what of it it has done in this run, and what it was denied',
    words: ['[<function>]'],
    options: { unused: { help: 'only grants that were never used, and denials' } },
    notes: [
      'By the notes that the local cloud takes of every call of a role since it was started or reset. A grant that was never',
      'used is a candidate to remove; but it is only as unneeded as the run was thorough. Exit code 1: calls were denied.',
    ],
    prepare({ words: [only], switches }) {
      return async ({ grants, stage }) => {
        const report = await grants.report(stage);
        if (!report)
          throw new Refusal(
            'which grants are used is noted by the local cloud alone (npm start). At AWS: the unused access findings of IAM Access Analyzer, or aws iam generate-service-last-accessed-details',
          );
        const functions =
          only === undefined ? report.functions : report.functions.filter((one) => one.function === only);
        if (functions.length === 0)
          throw new Refusal(
            report.functions.length === 0
              ? `stage ${stage} has no functions: npm start deploys them`
              : `there is no function "${only}"; there are: ${report.functions.map((one) => one.function).join(', ')}`,
          );
        const parts = [granted(functions, switches.has('unused')), others(functions), denied(functions)];
        return {
          text: [...parts.filter((part) => part !== ''), summary(functions, report.since)].join('\n\n'),
          json: { since: report.since, functions: functions.map(judged) },
          bad: functions.some((one) => one.denied.length > 0),
        };
      };
    },
  },
];

const isUnused = ({ used }: Grant): boolean => used.length === 0;

const judged = (one: FunctionGrants) => ({
  ...one,
  granted: one.granted.map((grant) => ({ ...grant, unused: isUnused(grant) })),
});

/** One line for each resource: what was done there, how often, and what never was. */
function granted(functions: readonly FunctionGrants[], onlyUnused: boolean): string {
  const rows = functions.flatMap(({ function: name, granted }) => {
    const resources = new Map<string, Grant[]>();
    for (const grant of granted) {
      const on = `${serviceOf(grant.action)} ${short(grant.resource)}`;
      resources.set(on, [...(resources.get(on) ?? []), grant]);
    }
    return [...resources]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([on, grants]) => {
        const unused = grants.filter(isUnused).map(nameOf).sort().join(', ');
        const used = grants.filter((grant) => !isUnused(grant));
        return { unused, row: [name, on, used.map(shownUse).sort().join(', '), unused] };
      })
      .filter(({ unused }) => !onlyUnused || unused !== '')
      .map(({ row: [name = '', on = '', used = '', unused = ''] }) => {
        if (onlyUnused) return [name, on, unused];
        return [name, on, [used, unused && `never ${unused}`].filter((part) => part !== '').join('; ')];
      });
  });
  if (rows.length === 0) return '';
  return table([{ title: 'function' }, { title: 'on' }, { title: onlyUnused ? 'never used' : 'used' }], once(rows));
}

/** `PutItem 12`; a wildcard with what it was used for, which could stand in its place: `* 3 (GetItem, PutItem)`. */
function shownUse(grant: Grant): string {
  const { action, resource, used } = grant;
  const wild = [
    ...(isWild(action) ? used.map((use) => nameOf(use)) : []),
    ...(isWild(resource) ? used.map((use) => short(use.resource)) : []),
  ];
  const few = [...new Set(wild)];
  const only = few.length > 5 ? `${few.slice(0, 5).join(', ')}, … ${few.length} in all` : few.join(', ');
  return `${nameOf(grant)} ${used.reduce((sum, { count }) => sum + count, 0)}${only === '' ? '' : ` (${only})`}`;
}

const isWild = (pattern: string): boolean => /[*?]|^all but/.test(pattern);
const serviceOf = (action: string): string => /^[\w-]+(?=:)/.exec(action)?.[0] ?? '*';
const nameOf = ({ action }: { readonly action: string }): string => action.replace(/^[\w-]+:/, '');

function others(functions: readonly FunctionGrants[]): string {
  const rows = functions.flatMap(({ function: name, otherwise }) => otherwise.map((use) => [name, ...cells(use)]));
  if (rows.length === 0) return '';
  return `allowed by other policies, or by such as have been changed since\n${table(USES, once(rows))}`;
}

function denied(functions: readonly FunctionGrants[]): string {
  const rows = functions.flatMap(({ function: name, denied }) =>
    denied.map((use) => [name, ...cells(use), JSON.stringify(use.statement)]),
  );
  if (rows.length === 0) return '';
  return `denied\n${table([...USES, { title: 'what would allow it' }], once(rows))}`;
}

const USES = [{ title: 'function' }, { title: 'action' }, { title: 'on' }, { title: 'calls', right: true }] as const;

const cells = ({ action, resource, count }: GrantUse): string[] => [action, short(resource), `${count}`];

function summary(functions: readonly FunctionGrants[], since: string): string {
  const all = functions.flatMap(({ granted }) => granted);
  const unused = all.filter(isUnused).length;
  const advice = unused === 0 ? '' : '; those could be removed, if this run has exercised all that the functions do';
  return `since ${since}: ${unused} of ${all.length} grants never used${advice}`;
}

/** A name that stands above its rows need not stand in each of them. */
const once = (rows: readonly string[][]): string[][] =>
  rows.map(([name = '', ...rest], i) => [name === rows[i - 1]?.[0] ? '' : name, ...rest]);

/** Names that CloudFormation makes: stack, logical id (of CDK, with eight digits of its own), twelve random characters. */
const MADE_NAME = /(?:[A-Za-z0-9]+-)+([A-Za-z0-9]+?)(?:[0-9A-F]{8})?-[A-Z0-9]{12}(?![A-Z0-9])/;

/** Without what is the same in all ARNs of a deployment, and made names as their author called the resource. */
const short = (resource: string): string =>
  resource.replace(/^arn:aws[a-z-]*:[^:]*:[^:]*:[^:]*:/, '').replace(MADE_NAME, '$1');
