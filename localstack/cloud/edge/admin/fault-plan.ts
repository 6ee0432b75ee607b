import { FAULT_KINDS, type FaultKind, type FaultPlan, type FaultRule, nameTest } from '../../core/faults';
import type { HttpReply, HttpRequest } from '../../core/http';
import type { Service } from '../../core/service';
import { CALL_FAULTS } from '../adversary';
import type { Controls } from './controls';
import { parseDuration } from './duration';
import { BadRequest, json, membersOf } from './reply';

/** `GET /_cloud/faults`: the plan and what came of it. `PUT` or `POST {seed, rules}`: a new plan. `DELETE`: no faults. */
export function faults(request: HttpRequest, controls: Controls): HttpReply {
  if (request.method === 'DELETE') controls.faults.clear();
  else if (request.method !== 'GET') controls.faults.plan(readFaultPlan(membersOf(request), controls.services()));
  return json(200, controls.faults.report());
}

const MEMBERS = [
  'fault',
  'service',
  'operation',
  'target',
  'caller',
  'rate',
  'skip',
  'times',
  'ms',
  'code',
  'status',
  'message',
];

/** A plan as people write it. A rule that could never strike is refused, with what would be right. */
export function readFaultPlan(given: Record<string, unknown>, services: readonly Service[]): FaultPlan {
  const { seed = 0, rules } = given;
  if (typeof seed !== 'number' && !/^\d+$/.test(String(seed)))
    throw new BadRequest(`seed is ${show(seed)}; give a number`);
  if (!Array.isArray(rules)) throw new BadRequest(`rules is ${show(rules)}; give a list of rules, e.g. ${EXAMPLE}`);
  return { seed: Number(seed), rules: rules.map((rule, index) => readRule(rule, `rules[${index}]`, services)) };
}

const EXAMPLE = '[{"fault":"throttle","service":"dynamodb","operation":"PutItem","rate":0.1}]';

function readRule(given: unknown, at: string, services: readonly Service[]): FaultRule {
  if (typeof given !== 'object' || given === null)
    throw new BadRequest(`${at} is ${show(given)}; give e.g. ${EXAMPLE}`);
  const rule = { ...(given as Record<string, unknown>) };
  for (const name of Object.keys(rule)) {
    if (!MEMBERS.includes(name))
      throw new BadRequest(`${at} has an unknown member ${name}; there are ${MEMBERS.join(', ')}`);
  }
  const { fault, service, operation } = rule;
  if (!FAULT_KINDS.includes(fault as FaultKind)) {
    throw new BadRequest(`${at}.fault is ${show(fault)}; give one of ${FAULT_KINDS.join(', ')}`);
  }
  for (const name of ['service', 'operation', 'target', 'caller', 'code', 'message']) {
    const value = rule[name];
    if (value === undefined && name !== 'service') continue;
    if (typeof value !== 'string' || value === '') throw new BadRequest(`${at}.${name} is ${show(value)}; give a name`);
  }
  number(rule, at, 'rate', (value) => value >= 0 && value <= 1, 'a share from 0 to 1');
  number(rule, at, 'skip', isCount, 'a count');
  number(rule, at, 'times', isCount, 'a count');
  number(
    rule,
    at,
    'status',
    (value) => Number.isInteger(value) && value >= 400 && value < 600,
    'an HTTP status, 400 to 599',
  );
  if (rule.ms !== undefined || fault === 'latency') {
    const ms = parseDuration(rule.ms);
    if (ms === undefined)
      throw new BadRequest(`${at}.ms is ${show(rule.ms)}; latency takes milliseconds, or e.g. "2s"`);
    rule.ms = ms;
  }
  goesWith(rule, at, 'code', ['error']);
  goesWith(rule, at, 'status', ['error', 'throttle']);
  goesWith(rule, at, 'message', ['error', 'throttle']);
  goesWith(rule, at, 'ms', service === 'events' ? ['latency', 'duplicate', 'reorder'] : ['latency']);
  checkPlace(fault as FaultKind, service as string, operation as string | undefined, at, services);
  return rule as FaultRule;
}

/** Somewhere the rule has to be able to strike. */
function checkPlace(
  fault: FaultKind,
  service: string,
  operation: string | undefined,
  at: string,
  services: readonly Service[],
): void {
  const meant = services.filter(({ name }) => nameTest(service)(name));
  if (meant.length === 0) {
    throw new BadRequest(`${at}.service is "${service}"; there are ${services.map(({ name }) => name).join(', ')}`);
  }
  const places = meant.flatMap((one) => placesOf(one));
  const named = places.filter((place) => nameTest(operation)(place.operation));
  if (named.length === 0) {
    const points = meant.flatMap(({ faultPoints = {} }) => Object.keys(faultPoints));
    const others = points.length > 0 ? ` Besides its API operations there are ${points.join(', ')}.` : '';
    throw new BadRequest(`${at}.operation is "${operation}", which ${service} does not have.${others}`);
  }
  if (named.some(({ kinds }) => kinds.includes(fault))) return;
  const able = places.filter(({ kinds }) => kinds.includes(fault)).map((place) => place.operation);
  throw new BadRequest(
    `${at}.fault "${fault}" cannot happen at ${service}:${operation ?? '*'}` +
      (able.length > 0 ? `; in ${service} it can at ${able.join(', ')}` : ''),
  );
}

function placesOf(service: Service): { operation: string; kinds: readonly FaultKind[] }[] {
  const calls = [...Object.keys(service.operations), ...Object.keys(service.rawOperations ?? {})];
  return [
    ...calls.map((operation) => ({ operation, kinds: CALL_FAULTS })),
    ...Object.entries(service.faultPoints ?? {}).map(([operation, kinds]) => ({ operation, kinds })),
  ];
}

const isCount = (value: number) => Number.isInteger(value) && value >= 0;
const show = (value: unknown): string => JSON.stringify(value) ?? 'missing';

/** A member that the fault would ignore is refused. */
function goesWith(rule: Record<string, unknown>, at: string, name: string, kinds: readonly FaultKind[]): void {
  if (rule[name] === undefined || kinds.includes(rule.fault as FaultKind)) return;
  throw new BadRequest(
    `${at}.${name} has no meaning for fault "${String(rule.fault)}"; it goes with ${kinds.join(', ')}`,
  );
}

function number(
  rule: Record<string, unknown>,
  at: string,
  name: string,
  isRight: (value: number) => boolean,
  right: string,
): void {
  const value = rule[name];
  if (value === undefined) return;
  if (typeof value !== 'number' || !isRight(value))
    throw new BadRequest(`${at}.${name} is ${show(value)}; give ${right}`);
}
