import { eventTypes } from '../../functions/application/catalogue';
import { checkRecorded } from '../../functions/application/payload-schemas';
import { type Upcaster, upcast, upcasters } from '../../functions/domain/upcasters';
import { type CanUpcast, type Change, compare } from './compare';
import type { Description } from './describe';
import { checkGoldenEvent, type Failure, type GoldenEvent, goldenNameOf } from './golden-events';
import type { Words } from './words';

/** What there is to hold against each other. */
export type Sources = {
  readonly current: Description;
  /** Undefined: nothing has been released yet. */
  readonly released: Description | undefined;
  readonly words: Readonly<Record<string, Words>>;
  /** By name: `OrderCreated.v1`. */
  readonly golden: ReadonlyMap<string, GoldenEvent>;
  readonly steps?: readonly Upcaster[];
};

export type Report = { readonly changes: readonly Change[]; readonly failures: readonly Failure[] };

/** Whether the catalogue may be released, and whether all that was ever stored can still be read. */
export function check({ current, released, words, golden, steps = upcasters }: Sources): Report {
  const canUpcast = pathsOf(steps, current);
  return {
    changes: released ? compare(released, current, canUpcast) : [],
    failures: [
      ...stepFailures(steps, current),
      ...versionFailures(current, released, golden, canUpcast),
      ...[...golden].flatMap(([name, event]) => checkGoldenEvent(name, event) ?? []),
      ...wordFailures(current, words),
    ],
  };
}

export const isReleasable = ({ changes, failures }: Report): boolean =>
  failures.length === 0 && changes.every(({ next }) => next === undefined);

/** Step by step from a version to today's. */
function pathsOf(steps: readonly Upcaster[], { types }: Description): CanUpcast {
  return (type, from) => {
    const today = types[type]?.schemaVersion ?? 0;
    for (let version = from; version < today; version++)
      if (!steps.some((step) => step.type === type && step.from === version)) return false;
    return from <= today;
  };
}

function stepFailures(steps: readonly Upcaster[], { types }: Description): readonly Failure[] {
  const next = 'functions/domain/upcasters.ts, or the schemaVersion in functions/application/catalogue.ts';
  return steps.flatMap(({ type, from }, index) => {
    const subject = `${type} ${from} → ${from + 1}`;
    const today = types[type]?.schemaVersion;
    if (today === undefined) return { subject, what: 'an upcaster of a type that there is not', next };
    if (from >= today) return { subject, what: `an upcaster beyond today's version, ${today}`, next };
    if (steps.findIndex((step) => step.type === type && step.from === from) < index)
      return { subject, what: 'two upcasters of the same version', next };
    return [];
  });
}

/** Every version that may be stored has a path to today's, and once it is released a golden event that takes it. */
function versionFailures(
  { types }: Description,
  released: Description | undefined,
  golden: Sources['golden'],
  canUpcast: CanUpcast,
): readonly Failure[] {
  return Object.entries(types).flatMap(([type, { schemaVersion: today }]) => {
    const stored = released?.types[type]?.schemaVersion ?? 0;
    return Array.from({ length: Math.max(stored, today) }, (_, i) => i + 1).flatMap((version): Failure[] => {
      const subject = goldenNameOf({ type, schemaVersion: version });
      if (!canUpcast(type, version)) {
        // The comparison has said it already.
        if (stored > 0 && today > stored) return [];
        const next = `functions/domain/upcasters.ts: a path to ${today}`;
        return [{ subject, what: 'is stored, and no upcasters lead to the version of today', next }];
      }
      if (version > stored && version === today) return [];
      if (golden.has(subject)) return [];
      return [
        { subject, what: 'has no golden event', next: `test/golden-events/${subject}.json: one as it was stored` },
      ];
    });
  });
}

/** The words say something of every field, and of none that there is not; their examples are valid. */
function wordFailures({ types }: Description, words: Sources['words']): readonly Failure[] {
  return Object.entries(types).flatMap(([type, { fields }]): Failure[] => {
    const said = words[type];
    const failure = (what: string): Failure => ({ subject: type, what, next: `scripts/events/words.ts: ${type}` });
    if (!said) return [failure('has no words')];
    const known = eventTypes.find((name) => name === type);
    const example = known && checkRecorded(known, said.example);
    return [
      ...Object.keys(fields)
        .filter((name) => !said.fields[name])
        .map((name) => failure(`${name} has no meaning`)),
      ...Object.keys(said.fields)
        .filter((name) => !(name in fields))
        .map((name) => failure(`there is no field ${name}`)),
      ...(example && !example.ok
        ? example.problems.map(({ field, expected }) => failure(`the example's ${field} is not ${expected}`))
        : []),
    ];
  });
}

/** The golden events of today's versions: the examples, behind those that have to come before. */
export function goldenEventsOf({ types }: Description, words: Sources['words']): ReadonlyMap<string, GoldenEvent> {
  const stored = (type: string) => ({
    type,
    schemaVersion: types[type]?.schemaVersion ?? 1,
    data: words[type]?.example ?? {},
  });
  return new Map(
    Object.keys(types).map((type) => {
      const event = stored(type);
      return [
        goldenNameOf(event),
        {
          before: (words[type]?.after ?? []).map(stored),
          stored: event,
          expected: upcast(type, event.schemaVersion, event.data),
        },
      ] as const;
    }),
  );
}
