import type { Description, Field, TypeDescription } from './describe';

/** One difference between the released catalogue and that of the sources. */
export type Change = {
  readonly kind: 'safe' | 'needs upcaster' | 'breaking';
  /** An event type, or the name of an ingest. */
  readonly type: string;
  readonly field?: string;
  readonly what: string;
  /** What to do about it; absent: it may be released as it is. */
  readonly next?: string;
};

/** Whether stored events of a version can be read in the form of the newest. */
export type CanUpcast = (type: string, from: number) => boolean;

/** What has changed, type by type and field by field. */
export function compare(released: Description, current: Description, canUpcast: CanUpcast): readonly Change[] {
  return [
    ...Object.entries(released.types).flatMap(([type, before]) => {
      const after = current.types[type];
      return after ? typeChanges(type, before, after, canUpcast) : [typeRemoved(type)];
    }),
    ...addedTo(current.types, released.types).map((type): Change => ({ kind: 'safe', type, what: 'new type' })),
    ...Object.entries(released.prefixes).flatMap(([ingest, before]) =>
      namesChanged(ingest, 'prefix', before, current.prefixes[ingest] ?? []),
    ),
    ...addedTo(current.prefixes, released.prefixes).map((type): Change => ({ kind: 'safe', type, what: 'new ingest' })),
  ];
}

function typeRemoved(type: string): Change {
  const next = 'put it back: events of it are stored, and its producers still put it';
  return { kind: 'breaking', type, what: 'removed', next };
}

function typeChanges(
  type: string,
  before: TypeDescription,
  after: TypeDescription,
  canUpcast: CanUpcast,
): readonly Change[] {
  const changes: Change[] = [...namesChanged(type, 'alias', before.aliases, after.aliases)];
  const breaking = (what: string, next: string) => changes.push({ kind: 'breaking', type, what, next });
  if (after.aggregate !== before.aggregate)
    breaking(
      `moved from ${before.aggregate} to ${after.aggregate}`,
      'make a new type: the stored streams hold this one',
    );
  if (after.recordedWith !== before.recordedWith) {
    if (before.recordedWith === undefined)
      breaking('producers may no longer put it', 'make a new type for what is recorded only');
    else
      changes.push({ kind: 'safe', type, what: `recorded with ${after.recordedWith ?? 'nothing, producers put it'}` });
  }
  if (after.schemaVersion < before.schemaVersion)
    breaking(
      `schemaVersion ${before.schemaVersion} → ${after.schemaVersion}`,
      `a version is never taken back: make it ${before.schemaVersion + 1}`,
    );
  const raised = after.schemaVersion > before.schemaVersion;
  if (raised) changes.push(versionRaised(type, before.schemaVersion, after.schemaVersion, canUpcast));
  return [...changes, ...fieldChanges(type, before, after, raised)];
}

function versionRaised(type: string, before: number, after: number, canUpcast: CanUpcast): Change {
  const what = `schemaVersion ${before} → ${after}`;
  const missing = Array.from({ length: after - 1 }, (_, i) => i + 1).filter((version) => !canUpcast(type, version));
  if (missing.length === 0) return { kind: 'needs upcaster', type, what: `${what}: the upcasters are there` };
  const next = `functions/domain/upcasters.ts: a path to ${after} for stored events of version ${missing.join(', ')}`;
  return { kind: 'needs upcaster', type, what, next };
}

function fieldChanges(type: string, before: TypeDescription, after: TypeDescription, raised: boolean) {
  const changes: Change[] = [];
  /** A new version may break with the old one: its upcaster makes up for it. */
  const breaking = (field: string, what: string): void => {
    const next = `raise the schemaVersion to ${before.schemaVersion + 1} and write an upcaster, or take it back`;
    changes.push({ kind: raised ? 'needs upcaster' : 'breaking', type, field, what, ...(!raised && { next }) });
  };
  const safe = (field: string, what: string): void => {
    changes.push({ kind: 'safe', type, field, what });
  };
  for (const [name, old] of Object.entries(before.fields)) {
    const now = after.fields[name];
    // A list or object that has gone or is another takes its members with it.
    if (!now) {
      if (isWithin(after, name)) breaking(name, 'removed');
    } else differences(old, now, { breaking: breaking.bind(null, name), safe: safe.bind(null, name) });
  }
  for (const name of addedTo(after.fields, before.fields)) {
    if (!isWithin(before, name)) continue;
    if (after.fields[name]?.required) breaking(name, 'new, required');
    else safe(name, 'new, optional');
  }
  return changes;
}

type Tell = { readonly breaking: (what: string) => void; readonly safe: (what: string) => void };

function differences(before: Field, after: Field, { breaking, safe }: Tell): void {
  if (before.type !== after.type) {
    breaking(`${before.type} → ${after.type}`);
    return;
  }
  if (before.required !== after.required) {
    if (after.required) breaking('optional → required');
    else safe('required → optional');
  }
  if (before.recordedOnly !== after.recordedOnly) {
    if (after.recordedOnly) breaking('producers may no longer send it');
    else safe('producers may send it');
  }
  const limits = new Set([...Object.keys(before.limits), ...Object.keys(after.limits)]);
  for (const limit of limits) {
    const [old, now] = [before.limits[limit], after.limits[limit]];
    if (JSON.stringify(old) === JSON.stringify(now)) continue;
    const what = `${limit} ${shown(old)} → ${shown(now)}`;
    if (isWider(limit, old, now)) safe(what);
    else breaking(what);
  }
  if (limits.size === 0 && before.expected !== after.expected)
    safe(`now "${after.expected}" (was "${before.expected}"): see for yourself that it takes what it took`);
}

/** A limit that has gone lets more through; of two, that further out. What cannot be compared is not wider. */
function isWider(limit: string, before: unknown, after: unknown): boolean {
  if (after === undefined) return true;
  if (typeof before !== 'number' || typeof after !== 'number') return false;
  if (/^(exclusiveM|m)ax/.test(limit)) return after > before;
  return /^(exclusiveM|m)in/.test(limit) && after < before;
}

function namesChanged(
  type: string,
  noun: 'alias' | 'prefix',
  before: readonly string[],
  after: readonly string[],
): readonly Change[] {
  return [
    ...before
      .filter((name) => !after.includes(name))
      .map((name): Change => {
        const next = 'put it back: producers that use it would be turned away';
        return { kind: 'breaking', type, what: `${noun} ${name} removed`, next };
      }),
    ...after
      .filter((name) => !before.includes(name))
      .map((name): Change => ({ kind: 'safe', type, what: `new ${noun} ${name}` })),
  ];
}

/** Whether what holds the field is there; the payload itself always is. */
function isWithin({ fields }: TypeDescription, name: string): boolean {
  const holder = name.slice(0, Math.max(0, name.lastIndexOf('.'))).replace(/\[\]$/, '');
  return holder === '' || holder in fields;
}

const addedTo = (after: object, before: object): readonly string[] =>
  Object.keys(after).filter((name) => !(name in before));

const shown = (value: unknown): string => (value === undefined ? 'none' : JSON.stringify(value));
