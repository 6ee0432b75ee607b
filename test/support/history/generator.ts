import { drawFaults } from './adversary';
import { type Dice, rolled } from './dice';
import { Draft } from './draft';
import type { Call, History, Phase } from './history';
import { addContest, addOrder } from './order-stories';
import { addStock } from './stock-stories';
import { addUsers } from './user-stories';

/** EventBridge takes no more entries in one PutEvents. */
const MOST_ENTRIES = 10;

/**
 * The history of this seed: always the same. `run` sets the names of one run apart from those of another in the same system.
 */
export function historyOf(seed: number, run = ''): History {
  return rolled(seed, (dice) => {
    const draft = new Draft(dice, `${seed}${run}`);
    const { skus, stocked, first } = addStock(draft);
    const userIds = addUsers(draft);
    const contested = dice.chance(20) && skus.find((sku) => sku.startsWith('sku-scarce'));
    if (contested) addContest(draft, contested, userIds);
    for (let orders = ordersOf(dice, contested ? 1 : 3); orders > 0; orders--) addOrder(draft, skus, userIds);
    const expires = dice.chance(5);
    const phases: Phase[] = [{ clients: [first], until: 'settled' }, ...arranged(draft)];
    return {
      seed,
      stocked,
      events: draft.events,
      commands: draft.commands,
      phases,
      faults: drawFaults(dice, expires),
      ...(expires && { afterExpiry: [putsOf(draft, [...someAgain(draft), ...draft.late])] }),
    };
  });
}

const ordersOf = (dice: Dice, usual: number): number =>
  dice.chance(85) ? dice.int(usual, usual + 1) : dice.int(usual + 2, usual + 5);

/** All that is put and called, dealt out to clients of some phases. */
function arranged(draft: Draft): Phase[] {
  const { dice, copies, sequences } = draft;
  const phases = dice.times(dice.int(1, 3), () => dice.times(dice.int(1, 3), (): Call[][] => []));
  const clients = phases.flat();
  // In most histories in any order; in some as they happened.
  for (const call of putsOf(draft, dice.chance(80) ? dice.shuffled(copies) : copies)) dice.oneOf(clients).push([call]);
  for (const sequence of sequences) dice.oneOf(clients).push(sequence);
  return phases.map((phase) => ({
    clients: phase.map((tracks) => merged(dice, tracks)),
    until: dice.pick<Phase['until']>('go on', 'rest', 'settled'),
  }));
}

/** Calls of one to ten events; without bare payloads they may also go by way of `POST /events`. */
function putsOf({ dice, events }: Draft, indexes: readonly number[]): Call[] {
  const calls: Call[] = [];
  for (let at = 0; at < indexes.length; ) {
    const some = indexes.slice(at, at + (dice.chance(50) ? dice.int(1, 3) : dice.int(1, MOST_ENTRIES)));
    at += some.length;
    const posts = some.every((index) => events[index]?.id !== undefined) && dice.chance(30);
    calls.push({ do: posts ? 'post' : 'put', events: some });
  }
  return calls;
}

/** The tracks as one, each in its own order. */
function merged(dice: Dice, tracks: readonly (readonly Call[])[]): Call[] {
  const order = dice.shuffled(tracks.flatMap((track, index) => track.map(() => index)));
  const left = tracks.map((track) => [...track]);
  return order.flatMap((index) => left[index]?.shift() ?? []);
}

function someAgain({ dice, events }: Draft): number[] {
  return events.flatMap(({ id }, index) => (id !== undefined && dice.chance(40) ? [index] : []));
}
