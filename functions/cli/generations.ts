import { type Generations, generationOf } from '../application/read-models/generations';
import { type Diff, diff, worse } from '../application/rebuild/diff';
import type { Rebuildable } from '../application/rebuild/rebuildable';
import { isRebuildRefused } from '../application/rebuild/refused';
import { switchTo } from '../application/rebuild/switch';
import { type Answer, type Given, Refusal, UsageError } from './command';
import { diffText } from './format/generations';
import type { Rebuilds } from './rebuilds';
import type { Terminal } from './terminal';

export function targetOf({ targets }: Rebuilds, name: string): Rebuildable {
  const target = targets.find((one) => one.name === name);
  if (target) return target;
  throw new UsageError(`there is no projection "${name}"; one of ${targets.map((one) => one.name).join(', ')}`);
}

/** The live generation beside another one; undefined: there are no rows to be compared, but counters. */
export async function difference(
  rebuilds: Rebuilds,
  { name, prefix }: Rebuildable,
  pointer: Generations,
  number: number,
  limit: number,
  terminal: Terminal,
): Promise<Diff | undefined> {
  const generation = generationOf(pointer, number);
  if (generation === undefined) {
    const there = pointer.all.map((one) => one.number).join(', ');
    throw new Refusal(`${name} has no generation ${number}; it has ${there}`);
  }
  if (number === pointer.live) throw new Refusal(`generation ${number} of ${name} is the live one itself`);
  if (!generation.complete) throw new Refusal(`generation ${number} of ${name} is still being built`);
  if (prefix === undefined) return undefined;
  const request = { prefix, old: pointer.live, new: number, frozen: generation.asOf !== undefined, limit };
  return diff(rebuilds, request, (rows) => terminal.progress(`compared: ${rows.toLocaleString('en')} rows`));
}

/** Switches, unless readers would be worse off. */
export async function switchedAnswer(
  { generations }: Rebuilds,
  pointer: Generations,
  number: number,
  found: Diff | undefined,
  anyway: boolean,
): Promise<Answer> {
  const name = pointer.projection;
  const json = { projection: name, old: pointer.live, new: number, ...(found && { diff: found }) };
  const compared = found ? `${diffText(found, pointer.live, number)}\n\n` : '';
  const reasons = found ? worse(found) : [];
  if (reasons.length > 0 && !anyway) {
    const why = `not switched: ${reasons.join(', ')}\norderstream projection switch ${name} --generation ${number} --anyway switches all the same`;
    return { text: compared + why, json: { ...json, switched: false }, bad: true };
  }
  const { live, previous } = await switchTo(generations, name, number);
  const said = `readers of ${name} are shown generation ${live}\norderstream projection rollback ${name} goes back to ${previous}`;
  return { text: compared + said, json: { ...json, switched: true, live, previous } };
}

/** What cannot be done as things are is said in one line. */
export async function refusing(work: () => Promise<Answer>): Promise<Answer> {
  try {
    return await work();
  } catch (error) {
    throw isRebuildRefused(error) ? new Refusal(error.message) : error;
  }
}

/** An option that is a whole number, from 1. */
export function numberOption<Name extends string>(
  options: Given['options'],
  name: Name,
  most = Number.MAX_SAFE_INTEGER,
): { readonly [N in Name]?: number } {
  const text = options[name];
  if (text === undefined) return {};
  const number = /^[1-9]\d{0,15}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return { [name]: number } as { readonly [N in Name]?: number };
  const expected = most === Number.MAX_SAFE_INTEGER ? 'a whole number from 1' : `a whole number, 1 to ${most}`;
  throw new UsageError(`--${name} is "${text}"; ${expected}`);
}
