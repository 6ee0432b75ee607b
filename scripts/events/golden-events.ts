import { type DomainEvent, domainEvent, inventory, orders, users } from '../../functions/application/aggregates';
import { canonicalJson } from '../../functions/application/canonical-json';
import { canonicalType, catalogueEntry } from '../../functions/application/catalogue';
import { checkRecorded } from '../../functions/application/payload-schemas';
import type { RecordedEvent } from '../../functions/application/recorded-event';
import { upcast } from '../../functions/domain/upcasters';

type Stored = {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: Readonly<Record<string, unknown>>;
};

/** An event as it was stored once, for ever; personal data as they are opened. */
export type GoldenEvent = {
  /** What stood in its stream before it. */
  readonly before: readonly Stored[];
  readonly stored: Stored;
  /** What it is today. */
  readonly expected: Pick<Stored, 'schemaVersion' | 'data'>;
};

/** Something that may not be released, and what to do about it. */
export type Failure = { readonly subject: string; readonly what: string; readonly next: string };

export const goldenNameOf = ({ type, schemaVersion }: Pick<Stored, 'type' | 'schemaVersion'>): string =>
  `${type}.v${schemaVersion}`;

/** Whether a golden event is still read as it should be: upcast, valid today, understood by its decider. */
export function checkGoldenEvent(name: string, golden: GoldenEvent): Failure | undefined {
  const { before, stored, expected } = frozen(golden);
  const failure = (what: string, next: string): Failure => ({ subject: name, what, next });
  const type = canonicalType(stored.type);
  if (type === undefined || type !== stored.type)
    return failure(`no type ${stored.type} in the catalogue`, 'put it back: events of it are stored');
  if (name !== goldenNameOf(stored))
    return failure(`is named after another event than ${goldenNameOf(stored)}`, `call it ${goldenNameOf(stored)}.json`);
  try {
    const today = upcast(stored.type, stored.schemaVersion, stored.data);
    if (canonicalJson(today) !== canonicalJson(expected))
      return failure(
        `becomes ${JSON.stringify(today)}, expected ${JSON.stringify(expected)}`,
        'functions/domain/upcasters.ts, or, for a new version, its `expected`; never its `stored`',
      );
    const { aggregate, schemaVersion, recordedWith } = catalogueEntry(type);
    if (today.schemaVersion !== schemaVersion)
      return failure(
        `becomes version ${today.schemaVersion}, today's is ${schemaVersion}`,
        `functions/domain/upcasters.ts: a path to ${schemaVersion}`,
      );
    const checked = checkRecorded(type, today.data);
    if (!checked.ok) {
      const { field, expected: right } = checked.problems[0] ?? { field: 'data', expected: 'a payload' };
      return failure(`is not valid today: ${field} should be ${right}`, 'functions/domain/upcasters.ts, or the schema');
    }
    const decider = { order: orders, inventory, user: users }[aggregate] as unknown as Decider;
    const history = before.map((event) => domainEvent(event as RecordedEvent));
    const state = history.reduce(decider.evolve, decider.initialState);
    const decision = recordedWith === undefined ? decider.decide(state, checked.event).kind : 'append';
    if (decision !== 'append')
      return failure(`would not be appended today: ${decision}`, `functions/domain/${aggregate}.ts: decide`);
    if (canonicalJson(decider.evolve(state, domainEvent(stored as RecordedEvent))) === canonicalJson(state))
      return failure('changes nothing in the state', `functions/domain/${aggregate}.ts: evolve`);
    return undefined;
  } catch (error) {
    return failure(String(error), 'nothing that reads a stored event may throw');
  }
}

type Decider = {
  readonly initialState: unknown;
  readonly evolve: (state: unknown, event: DomainEvent) => unknown;
  readonly decide: (state: unknown, event: DomainEvent) => { readonly kind: string };
};

/** An upcaster that changes what it is given would change what is stored. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(Object.freeze(value))) frozen(part);
  return value;
}
