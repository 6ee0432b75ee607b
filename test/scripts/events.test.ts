import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { upcasters } from '../../functions/domain/upcasters';
import { check, goldenEventsOf, isReleasable } from '../../scripts/events/check';
import { runEvents } from '../../scripts/events/command';
import { compare } from '../../scripts/events/compare';
import {
  type Description,
  describe as describeCatalogue,
  type Field,
  type TypeDescription,
} from '../../scripts/events/describe';
import { checkGoldenEvent, type GoldenEvent } from '../../scripts/events/golden-events';
import { jsonText } from '../../scripts/events/json-text';
import { words } from '../../scripts/events/words';

const released = describeCatalogue();

/** The released catalogue with one type changed. */
const withType = (type: string, change: Partial<TypeDescription>): Description => ({
  ...released,
  types: { ...released.types, [type]: { ...released.types[type]!, ...change } },
});
const withField = (type: string, name: string, change: Partial<Field>, more: Partial<TypeDescription> = {}) =>
  withType(type, {
    fields: { ...released.types[type]!.fields, [name]: { ...released.types[type]!.fields[name]!, ...change } },
    ...more,
  });
function without<Entry>(entries: Readonly<Record<string, Entry>>, ...names: string[]): Readonly<Record<string, Entry>> {
  return Object.fromEntries(Object.entries(entries).filter(([name]) => !names.includes(name)));
}
const fieldsOf = (type: string) => released.types[type]!.fields;
const text: Field = { type: 'text', required: false, limits: {}, expected: 'a text' };
const path = () => true;
const noPath = () => false;

describe('the description of the catalogue', () => {
  it('says of each field its type, its limits and what is told of a wrong one', () => {
    expect(released.types.OrderCreated).toMatchObject({
      aggregate: 'order',
      schemaVersion: 2,
      fields: {
        items: { type: 'list', required: true, limits: { minItems: 1, maxItems: 90 } },
        'items[].quantity': { type: 'whole number', required: true, limits: { minimum: 1 } },
        shippingFee: { type: 'whole number', required: false, limits: { minimum: 0 } },
        currency: { type: 'text', expected: 'an ISO 4217 code in use, such as EUR' },
      },
    });
    expect(fieldsOf('OrderConfirmed').reservations).toMatchObject({ required: false, recordedOnly: true });
    expect(fieldsOf('OrderConfirmed').orderId).not.toHaveProperty('recordedOnly');
    expect(released.types.StockReserved?.recordedWith).toBe('OrderConfirmed');
  });

  it('is the same after it was written and read', () => {
    expect(JSON.parse(jsonText(released))).toEqual(released);
  });
});

describe('a change of the catalogue', () => {
  const paid = fieldsOf('OrderPaid');
  const aliases = released.types.OrderPaid!.aliases;
  const orders = released.prefixes.orders!;

  it('that there is none says nothing', () => {
    expect(compare(released, describeCatalogue(), noPath)).toEqual([]);
  });

  it.each<[string, Description, object]>([
    [
      'a new type',
      { ...released, types: { ...released.types, OrderReturned: released.types.OrderDelivered! } },
      { type: 'OrderReturned', what: 'new type' },
    ],
    [
      'a new optional field',
      withType('OrderPaid', { fields: { ...paid, method: text } }),
      { field: 'method', what: 'new, optional' },
    ],
    [
      'a new optional list with members that it has to have',
      withType('OrderPaid', {
        fields: { ...paid, parts: { ...text, type: 'list' }, 'parts[].amount': { ...text, required: true } },
      }),
      { field: 'parts', what: 'new, optional' },
    ],
    [
      'a field that may now be left out',
      withField('OrderPaid', 'paymentId', { required: false }),
      { field: 'paymentId' },
    ],
    [
      'a longer text',
      withField('OrderPaid', 'paymentId', { limits: { minLength: 1, maxLength: 512 } }),
      { what: 'maxLength 256 → 512' },
    ],
    ['a limit that is gone', withField('OrderPaid', 'amount', { limits: {} }), { what: 'minimum 0 → none' }],
    [
      'a new alias',
      withType('OrderPaid', { aliases: [...aliases, 'order.settled'] }),
      { what: 'new alias order.settled' },
    ],
    [
      'a new prefix',
      { ...released, prefixes: { ...released.prefixes, orders: [...orders, 'Basket'] } },
      { type: 'orders', what: 'new prefix Basket' },
    ],
    [
      'a rule that only its words tell',
      withField('OrderCreated', 'currency', { expected: 'EUR' }),
      { field: 'currency' },
    ],
    [
      'a field that producers may now send',
      withField('OrderConfirmed', 'reservations', { recordedOnly: undefined as never }),
      {},
    ],
    ['a type that producers may now put', withType('StockReserved', { recordedWith: undefined as never }), {}],
  ])('%s is safe', (_, current, change) => {
    const changes = compare(released, current, noPath);
    expect(changes[0]).toMatchObject({ kind: 'safe', ...change });
    expect(changes.filter(({ kind, next }) => kind !== 'safe' || next !== undefined)).toEqual([]);
  });

  const narrowed = {
    removed: withType('OrderPaid', { fields: without(paid, 'paymentId') }),
    required: withField('OrderShipped', 'carrier', { required: true }),
    'new and required': withType('OrderPaid', { fields: { ...paid, method: { ...text, required: true } } }),
    'of another type': withField('OrderPaid', 'paymentId', { type: 'whole number' }),
    shorter: withField('OrderPaid', 'paymentId', { limits: { minLength: 1, maxLength: 64 } }),
    'limited from below': withField('OrderPaid', 'amount', { limits: { minimum: 1 } }),
    'of another pattern': withField('OrderPaid', 'orderId', { limits: { pattern: '^o-' } }),
    'no longer for producers to send': withField('OrderPaid', 'paymentId', { recordedOnly: true }),
    'without one of its members': withType('OrderCreated', {
      fields: without(fieldsOf('OrderCreated'), 'items[].sku'),
    }),
  };

  it.each(Object.entries(narrowed))('a field that is %s is breaking', (_, current) => {
    expect(compare(released, current, path)).toEqual([
      expect.objectContaining({ kind: 'breaking', field: expect.any(String), next: expect.stringContaining('raise') }),
    ]);
  });

  it.each(Object.entries(narrowed))('a field that is %s needs an upcaster in a new version', (_, current) => {
    const [type] = Object.keys(current.types).filter((name) => current.types[name] !== released.types[name]);
    const { schemaVersion } = released.types[type!]!;
    const raised = {
      ...current,
      types: { ...current.types, [type!]: { ...current.types[type!]!, schemaVersion: schemaVersion + 1 } },
    };
    expect(compare(released, raised, path)).toEqual([
      expect.objectContaining({ kind: 'needs upcaster', what: expect.stringContaining(`→ ${schemaVersion + 1}`) }),
      expect.objectContaining({ kind: 'needs upcaster', field: expect.any(String) }),
    ]);
    expect(compare(released, raised, path).flatMap(({ next }) => next ?? [])).toEqual([]);
    expect(compare(released, raised, noPath)[0]?.next).toMatch(
      /^functions\/domain\/upcasters.ts: a path to \d for stored events of version 1/,
    );
  });

  it.each<[string, Description, string]>([
    ['a type that is gone', { ...released, types: without(released.types, 'OrderPaid') }, 'removed'],
    ['an alias that is gone', withType('OrderPaid', { aliases: aliases.slice(1) }), 'alias OrderPaid removed'],
    ['another aggregate', withType('OrderPaid', { aggregate: 'user' }), 'moved from order to user'],
    ['a version taken back', withType('OrderShipped', { schemaVersion: 1 }), 'schemaVersion 2 → 1'],
    [
      'a type that producers may no longer put',
      withType('OrderPaid', { recordedWith: 'OrderConfirmed' }),
      'producers may no longer put it',
    ],
    [
      'a prefix that is gone',
      { ...released, prefixes: { ...released.prefixes, orders: orders.slice(1) } },
      'prefix Order removed',
    ],
    ['an ingest that is gone', { ...released, prefixes: without(released.prefixes, 'users') }, 'prefix User removed'],
  ])('%s is breaking, whatever the version', (_, current, what) => {
    expect(compare(released, current, path)[0]).toMatchObject({ kind: 'breaking', what, next: expect.any(String) });
  });

  it('of two sorts says both', () => {
    const current = withType('OrderPaid', {
      aliases: [...aliases, 'order.settled'],
      fields: { ...without(paid, 'amount'), note: text },
    });
    expect(compare(released, current, path).map(({ kind, what }) => [kind, what])).toEqual([
      ['safe', 'new alias order.settled'],
      ['breaking', 'removed'],
      ['safe', 'new, optional'],
    ]);
  });
});

describe('stored events', () => {
  const golden = new Map<string, GoldenEvent>(
    [...goldenEventsOf(released, words)].concat(
      ['OrderCreated.v1', 'OrderShipped.v1'].map((name) => [
        name,
        JSON.parse(readFileSync(`test/golden-events/${name}.json`, 'utf8')),
      ]),
    ),
  );
  const sources = { current: released, released, words, golden };

  it('of every version can be read', () => {
    const report = check(sources);
    expect(report).toEqual({ changes: [], failures: [] });
    expect(isReleasable(report)).toBe(true);
  });

  it('of a version without an upcaster to the next cannot', () => {
    const steps = upcasters.filter(({ type }) => type !== 'OrderShipped');
    const report = check({ ...sources, steps });
    expect(report.failures).toEqual([
      {
        subject: 'OrderShipped.v1',
        what: expect.stringContaining('no upcasters'),
        next: expect.stringContaining('upcasters.ts'),
      },
    ]);
    expect(isReleasable(report)).toBe(false);
  });

  it('of a version that is new need an upcaster from the one before', () => {
    const report = check({ ...sources, current: withType('OrderPaid', { schemaVersion: 2 }) });
    expect(report.changes).toMatchObject([
      { kind: 'needs upcaster', type: 'OrderPaid', next: expect.stringContaining('version 1') },
    ]);
    expect(isReleasable(report)).toBe(false);
  });

  it('need one way only, and no further than today', () => {
    const up = (data: object) => ({ ...data });
    const steps = [
      ...upcasters,
      { type: 'OrderShipped', from: 1, up },
      { type: 'OrderPaid', from: 1, up },
      { type: 'Old', from: 1, up },
    ];
    expect(check({ ...sources, steps }).failures.map(({ subject, what }) => [subject, what])).toEqual([
      ['OrderShipped 1 → 2', 'two upcasters of the same version'],
      ['OrderPaid 1 → 2', "an upcaster beyond today's version, 1"],
      ['Old 1 → 2', 'an upcaster of a type that there is not'],
    ]);
  });

  it('of every released version stand in a golden event', () => {
    const fewer = new Map([...golden].filter(([name]) => name !== 'OrderCreated.v1' && name !== 'OrderPaid.v1'));
    expect(check({ ...sources, golden: fewer }).failures.map(({ subject }) => subject)).toEqual([
      'OrderCreated.v1',
      'OrderPaid.v1',
    ]);
    expect(check({ ...sources, released: undefined, golden: fewer }).failures.map(({ subject }) => subject)).toEqual([
      'OrderCreated.v1',
    ]);
  });

  const shipped = golden.get('OrderShipped.v1')!;
  const { expected, stored } = shipped;
  it.each<[string, GoldenEvent, string]>([
    [
      'becomes something else',
      { ...shipped, expected: { ...expected, data: { orderId: 'o-17' } } },
      'becomes {"schemaVersion":2',
    ],
    [
      'is not valid today',
      {
        ...shipped,
        stored: { ...stored, data: { orderId: '' } },
        expected: { ...expected, data: { orderId: '' } },
      },
      'orderId should be a text of 1 to 128 characters',
    ],
    ['is of a later version', { ...shipped, stored: { ...stored, schemaVersion: 3 } }, 'is named after another event'],
    [
      'would not happen where it did',
      { ...shipped, before: shipped.before.slice(0, 2) },
      'would not be appended today: park',
    ],
    ['is of no type', { ...shipped, stored: { ...stored, type: 'OrderSent' } }, 'no type OrderSent'],
  ])('that %s are found', (_, event, what) => {
    expect(checkGoldenEvent('OrderShipped.v1', event)?.what).toContain(what);
  });
});

describe('the words', () => {
  it('say something of every field, and give an example that is valid', () => {
    const failures = (change: object) =>
      check({
        current: released,
        released: undefined,
        words: { ...words, OrderPaid: { ...words.OrderPaid, ...change } },
        golden: new Map(),
      })
        .failures.filter(({ subject }) => subject === 'OrderPaid')
        .map(({ what }) => what);
    expect(failures({})).toEqual([]);
    expect(failures({ fields: { ...without(words.OrderPaid.fields, 'amount'), amuont: 'paid' } })).toEqual([
      'amount has no meaning',
      'there is no field amuont',
    ]);
    expect(failures({ example: { orderId: 'o-1', paymentId: 'p', amount: -1 } })).toEqual([
      "the example's amount is not a whole number of minor units (cents), 0 or more",
    ]);
  });
});

describe('npm run events', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'events-'));
    cpSync('docs', join(root, 'docs'), { recursive: true });
    cpSync('test/golden-events', join(root, 'test/golden-events'), { recursive: true });
  });
  afterEach(() => rmSync(root, { recursive: true }));
  const run = (command: string, current?: Description) => runEvents(command.split(' '), root, current);
  const narrow = withField('OrderPaid', 'paymentId', { limits: { minLength: 1, maxLength: 64 } });

  it('check: this project may be released as it stands', () => {
    expect(run('check')).toEqual({ code: 0, output: expect.any(String) });
    expect(JSON.parse(run('check --json').output)).toEqual({ ok: true, changes: expect.any(Array), failures: [] });
  });

  it('check: docs that are not of this catalogue are found, and docs writes them', () => {
    const file = join(root, 'docs/events.md');
    const before = readFileSync(file, 'utf8');
    writeFileSync(file, before.replace('lines plus shipping fee', 'everything'));
    expect(run('check')).toEqual({ code: 1, output: expect.stringContaining('→ npm run events -- docs') });
    expect(run('docs').output).toBe('wrote docs/events.md');
    expect(readFileSync(file, 'utf8')).toBe(before);
    expect(run('docs').output).toBe('up to date');
  });

  it('check: a breaking change fails, with what to do; release refuses it, unless it is wanted', () => {
    writeFileSync(join(root, 'docs/released-events.json'), jsonText(released));
    run('docs');
    expect(run('check', narrow)).toEqual({
      code: 1,
      output: expect.stringMatching(
        /^breaking {2}OrderPaid\.paymentId {2}maxLength 256 → 64\n {10}→ raise the schemaVersion to 2/,
      ),
    });
    expect(run('release', narrow).code).toBe(1);
    expect(JSON.parse(readFileSync(join(root, 'docs/released-events.json'), 'utf8'))).toEqual(released);
    expect(run('release --accept-breaking', narrow)).toMatchObject({
      code: 0,
      output: 'wrote docs/released-events.json',
    });
    expect(run('check', narrow).code).toBe(0);
  });

  it('release: freezes a golden event of every version, and leaves those that are there', () => {
    const gone = join(root, 'test/golden-events/OrderPaid.v1.json');
    const kept = join(root, 'test/golden-events/OrderConfirmed.v1.json');
    const [before, other] = [readFileSync(gone, 'utf8'), readFileSync(kept, 'utf8')];
    rmSync(gone);
    rmSync(join(root, 'docs/released-events.json'));
    run('docs');
    expect(run('release').output).toBe('wrote docs/released-events.json\nwrote test/golden-events/OrderPaid.v1.json');
    expect([readFileSync(gone, 'utf8'), readFileSync(kept, 'utf8')]).toEqual([before, other]);
    expect(run('release').output).toBe('up to date');
  });

  it.each(['', 'chekc', 'check --jsno', 'check docs', 'check --accept-breaking'])(
    '"%s" is told how it is used',
    (command) => {
      expect(run(command)).toEqual({ code: 2, output: expect.stringContaining('usage: npm run events') });
    },
  );
});
