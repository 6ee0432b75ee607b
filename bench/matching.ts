import { PatternIndex } from '../localstack/cloud/core/patterns/pattern-index';

/** Rules of one kind, and an event that the rule of the same number matches. */
type Mix = { readonly rule: (number: number) => object; readonly event: (number: number) => object };

const SIZES = [1, 100, 10_000];
/** So many different events, over and over: traffic is of few kinds, while it meets rules all over the index. */
const EVENTS = 200;
/** The best of some short rounds, of all sizes in turn: what else runs on the machine only ever makes one slower. */
const ROUNDS = 10;
const ROUND_MS = 30;

const envelope = (detailType: string, detail: object, source = 'shop.orders'): object => ({
  version: '0',
  id: '6a7e8feb-b491-4cf7-a9f1-bf3703467718',
  'detail-type': detailType,
  source,
  account: '000000000000',
  time: '2026-11-21T05:59:05Z',
  region: 'us-east-1',
  resources: [],
  detail: { orderId: 'o-1', status: 'paid', currency: 'EUR', items: [{ sku: 'sku-a', quantity: 1 }], ...detail },
});

const address = (number: number): string => `10.${(number >> 8) & 255}.${number & 255}.7`;

const kinds = {
  'source and detail-type': {
    rule: (number) => ({ source: [`shop.${number % 50}`], 'detail-type': [`Type${number}`] }),
    event: (number) => envelope(`Type${number}`, {}, `shop.${number % 50}`),
  },
  prefix: {
    rule: (number) => ({ source: ['shop.orders'], 'detail-type': [{ prefix: `Type${number}.` }] }),
    event: (number) => envelope(`Type${number}.Created`, {}),
  },
  suffix: {
    rule: (number) => ({ detail: { key: [{ suffix: `-${number}.png` }] } }),
    event: (number) => envelope('Object Created', { key: `uploads/2026/photo-${number}.png` }),
  },
  wildcard: {
    rule: (number) => ({ detail: { key: [{ wildcard: `*/tenant-${number}/*.json` }] } }),
    event: (number) => envelope('Object Created', { key: `exports/tenant-${number}/2026-11.json` }),
  },
  'numeric range': {
    rule: (number) => ({
      source: ['shop.orders'],
      detail: { total: [{ numeric: ['>=', number * 10, '<', number * 10 + 10] }] },
    }),
    event: (number) => envelope('Order Paid', { total: number * 10 + 3.5 }),
  },
  cidr: {
    rule: (number) => ({ detail: { ip: [{ cidr: `${address(number)}/24` }] } }),
    event: (number) => envelope('Login', { ip: address(number) }),
  },
  'anything-but': {
    rule: (number) => ({
      'detail-type': ['Order Paid'],
      detail: { status: [{ 'anything-but': ['draft', 'test'] }], customer: [`c-${number}`] },
    }),
    event: (number) => envelope('Order Paid', { customer: `c-${number}` }),
  },
  'exists: false': {
    rule: (number) => ({
      'detail-type': ['Order Paid'],
      detail: { refund: [{ exists: false }], customer: [`c-${number}`] },
    }),
    event: (number) => envelope('Order Paid', { customer: `c-${number}` }),
  },
  'ignoring case': {
    rule: (number) => ({ detail: { city: [{ 'equals-ignore-case': `Stadt ${number}` }] } }),
    event: (number) => envelope('Address Changed', { city: `STADT ${number}` }),
  },
  $or: {
    rule: (number) => ({
      detail: { $or: [{ items: { sku: [`sku-${number}`] } }, { category: [{ prefix: `cat-${number}-` }] }] },
    }),
    event: (number) =>
      envelope(
        'Order Created',
        number % 2 ? { items: [{ sku: 'x' }, { sku: `sku-${number}` }] } : { category: `cat-${number}-a` },
      ),
  },
} satisfies Record<string, Mix>;

/** As on most buses: every rule names source and detail-type, shared by a few others, and has one thing to ask of the detail. */
const all: readonly Mix[] = Object.values(kinds);
const kindOf = (number: number): Mix => all[number % all.length] as Mix;
const realistic: Mix = {
  rule: (number) => {
    const detail = (kindOf(number).rule(number) as { detail?: object }).detail;
    return { source: [`shop.${number % 40}`], 'detail-type': [`Type ${number % 1999}`], ...(detail && { detail }) };
  },
  event: (number) => ({
    ...kindOf(number).event(number),
    source: `shop.${number % 40}`,
    'detail-type': `Type ${number % 1999}`,
  }),
};
const mixes: Readonly<Record<string, Mix>> = { realistic, ...kinds };

/**
 * Events a second that an index of 1, 100 and 10,000 rules matches, for several kinds of rules, each event meeting
 * one rule or a few. Named `matching <mix>, <size> rules`.
 */
export async function matching(): Promise<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const [name, mix] of Object.entries(mixes)) {
    const runs = SIZES.map((size) => ({ size, indexes: prepare(mix, size), best: 0 }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const run of runs) run.best = Math.max(run.best, eventsPerSecond(run.indexes));
    }
    for (const { size, best } of runs) figures[`matching ${name}, ${size} rule${size === 1 ? '' : 's'}`] = best;
  }
  return figures;
}

type Prepared = { readonly index: PatternIndex<number>; readonly events: readonly unknown[] };

/** One index, or, of a single rule, one for each kind of the mix. */
function prepare(mix: Mix, size: number): Prepared[] {
  return Array.from({ length: size === 1 ? all.length : 1 }, (_, first) => {
    const index = new PatternIndex<number>();
    for (let number = first; number < first + size; number++) index.set(number, JSON.stringify(mix.rule(number)));
    // A stride that is prime to the sizes spreads the events over the rules.
    const numbers = Array.from({ length: EVENTS }, (_, at) => first + ((at * 7919) % size));
    const events = numbers.map((number) => JSON.parse(JSON.stringify(mix.event(number))) as unknown);
    numbers.forEach((number, at) => {
      if (!index.match(events[at]).includes(number)) throw new Error(`rule ${number} does not match its event`);
    });
    return { index, events };
  });
}

function eventsPerSecond(indexes: readonly Prepared[]): number {
  const start = performance.now();
  let matched = 0;
  let elapsed = 0;
  while (elapsed < ROUND_MS) {
    for (const { index, events } of indexes) for (const event of events) index.match(event);
    matched += indexes.length * EVENTS;
    elapsed = performance.now() - start;
  }
  return (matched * 1000) / elapsed;
}
