import { shown } from './check-streams';
import type { InboxRow } from './evidence';
import { identity, type Ledger, noteIn, type Put, type Violation } from './ledger';
import { availableOf, hasTurn, judge, linesOf, type State, sameEmail } from './model';

/** Every event put is in its stream, parked, rejected for a reason, or was there before: in one of these places. */
export function checkPuts(ledger: Ledger): Violation[] {
  return [...ledger.puts.flatMap((put) => checkPut(ledger, put)), ...nothingExtra(ledger)];
}

function checkPut(ledger: Ledger, put: Put): Violation[] {
  const { event, id } = put;
  const { stream, source, type } = event;
  const found: Violation[] = [];
  const wrong = (promise: string, what: string) =>
    found.push({ promise, stream, what: `${type} ${id} of ${source} ${what}` });

  const [parked, rejected] = (['parked', 'rejected'] as const).map((state) => ledger.items(put, state));
  const versions = ledger
    .entries(stream)
    .flatMap(({ recorded }) => (recorded.source === source && recorded.id === id ? [recorded.version] : []));
  const unrouted =
    event.unrouted && ledger.evidence.unrouted.some((message) => message.source === source && message.id === id);
  const places = [
    ...versions.map((version) => `version ${version}`),
    ...(parked ?? []).map(() => 'parked'),
    ...(rejected ?? []).map(({ reason }) => `rejected (${reason})`),
    ...(unrouted ? ['unrouted'] : []),
  ];
  if (places.length > 1) wrong('one place for each event', `is in ${places.length} places: ${places.join('; ')}`);
  if (event.unrouted) {
    if (places[0] !== 'unrouted')
      wrong('nothing vanishes', `belongs in the unrouted queue; it is ${places[0] ?? 'nowhere'}`);
    return found;
  }
  const states = ledger.states(stream);
  const last = states.at(-1) as State;
  if (places.length === 0 && (event.malformed.length > 0 || !states.some((state) => judge(state, event).is === 'same')))
    wrong('nothing is lost', `is nowhere, and by the model it is ${shown(judge(last, event))}`);
  if (parked?.length && hasTurn(last, event))
    wrong('nothing waits whose turn has come', `is parked, and by the model it is ${shown(judge(last, event))}`);
  for (const row of rejected ?? []) {
    const why = wronglyRejected(ledger, put, row);
    if (why) wrong('rejected for a reason', `was rejected because "${row.reason}": ${why}`);
  }
  return found;
}

/** Why the model does not agree with a rejection; undefined when it does. */
function wronglyRejected(ledger: Ledger, { event }: Put, { reason, problems = [] }: InboxRow): string | undefined {
  const fields = problems.map(({ field }) => field);
  const blames = (others: readonly string[]) => fields.length > 0 && fields.every((field) => others.includes(field));
  if (event.malformed.length > 0)
    return blames(event.malformed) ? undefined : `it blames ${fields.join(', ')}, not ${event.malformed.join(', ')}`;
  const states = ledger.states(event.stream);
  if (reason.startsWith('it waited too long'))
    return ledger.evidence.history.afterExpiry && states.some((state) => judge(state, event).is === 'early')
      ? undefined
      : 'its time was not up, or it had nothing to wait for';
  const judgements = states.map((state) => judge(state, event));
  if (judgements.some((one) => one.is === 'never' && blames(one.fields))) {
    // For ever: no later state would take it.
    const late = judgements.at(-1);
    return late?.is === 'never' || late?.is === 'same' ? undefined : `at the end it is ${late && shown(late)}`;
  }
  if (event.type === 'OrderConfirmed' && lackedStock(ledger, event.stream)) return undefined;
  if (
    event.type.startsWith('User') &&
    typeof event.data.email === 'string' &&
    hadHolder(ledger, event.stream, event.data.email)
  )
    return undefined;
  return `it blames ${fields.join(', ') || 'nothing'}; by the model it is ${[...new Set(judgements.map(shown))].join(' or ')}`;
}

/** Whether at some time there was less of a tracked SKU than the order asks for. */
export function lackedStock(ledger: Ledger, stream: string): boolean {
  return [...wantedBy(ledger, stream)].some(([sku, quantity]) =>
    ledger
      .states(`inventory#${sku}`)
      .some((state) => state.of === 'inventory' && state.stock.tracked && availableOf(state.stock) < quantity),
  );
}

/** What an order asks for, by SKU. */
export function wantedBy(ledger: Ledger, stream: string): ReadonlyMap<string, number> {
  const created = ledger.entries(stream).find(({ said }) => said.type === 'OrderCreated');
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of created ? linesOf(created.said.data) : [])
    wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return wanted;
}

/** Whether somebody else has ever had this e-mail address. */
export function hadHolder(ledger: Ledger, stream: string, email: string): boolean {
  return [...ledger.streams()].some(
    ([other]) =>
      other !== stream &&
      ledger
        .states(other)
        .some(
          (state) => state.of === 'user' && state.user.status === 'active' && sameEmail(state.user.now.email, email),
        ),
  );
}

const STATES = new Set(['parked', 'rejected', 'refused']);

function nothingExtra(ledger: Ledger): Violation[] {
  const stray = ledger.evidence.unrouted.filter(
    ({ source, id }) => !ledger.puts.some((put) => put.event.unrouted && put.event.source === source && put.id === id),
  );
  const strays = stray.map(({ source, id }) => ({
    promise: 'nothing extra',
    stream: '',
    what: `${id} of ${source} is unrouted, and an ingest should have taken it`,
  }));
  const rows = ledger.evidence.inbox.flatMap((row) => {
    if (!STATES.has(row.state ?? '')) return [];
    const known =
      row.state === 'refused' ? ledger.command(row.id, noteIn(row)) : ledger.put(row.stream, row.source, row.id)?.event;
    const what = `${row.state} ${row.type} ${row.id} of ${row.source}`;
    if (!known) return [{ promise: 'nothing extra', stream: row.stream, what: `${what}: nobody has put it` }];
    return [];
  });
  return [...strays, ...rows];
}

/** Each rejection was told to its producer, and nothing else was told to be rejected. */
export function checkTold(ledger: Ledger): Violation[] {
  const facts = ledger.evidence.facts.filter(({ type }) => type === 'EventRejected');
  const told = new Set(facts.map(({ detail }) => identity(detail.data.stream, detail.data.source, detail.data.id)));
  const rejected = ledger.evidence.inbox.filter(({ state }) => state === 'rejected');
  const stands = new Set(rejected.map(({ stream, source, id }) => identity(stream, source, id)));
  return [
    ...rejected.flatMap(({ stream, source, id, reason }) =>
      told.has(identity(stream, source, id))
        ? []
        : [
            {
              promise: 'producers are told',
              stream,
              what: `nobody was told that ${id} of ${source} was rejected (${reason})`,
            },
          ],
    ),
    ...facts.flatMap(({ detail: { partitionkey, data } }) =>
      stands.has(identity(data.stream, data.source, data.id))
        ? []
        : [
            {
              promise: 'producers are told',
              stream: String(partitionkey),
              what: `${data.id} of ${data.source} was told to be rejected (${data.reason}), and is not`,
            },
          ],
    ),
  ];
}
