import { AwsError } from '../../core/aws-error';
import type { Trace } from '../../core/trace';
import type { Archives } from './archives';
import type { BusEncryption } from './bus-encryption';
import type { Buses } from './buses';
import type { Deliveries, DeliveryJob } from './deliveries';
import { targetKind } from './delivery';
import type { Envelope } from './envelope';
import { type BusId, busArn, type RuleRecord, readArn } from './records';
import { payloadFor } from './target-payload';

type Parts = {
  readonly trace: Trace;
  readonly buses: Buses;
  readonly archives: Archives;
  readonly deliveries: Deliveries;
  readonly encryption: BusEncryption;
  /** Throws when the bus `to` does not take the event from this rule. */
  readonly mayForward: (from: BusId, roleArn: string | undefined, to: BusId, envelope: Envelope) => void;
};

export type RouteOptions = {
  /** The hops in the trace that brought it, unless it is what is being done now. */
  readonly causes?: readonly string[];
  /** Only to these rules. */
  readonly only?: ReadonlySet<string>;
  /** It comes from another bus. */
  readonly forwarded?: boolean;
};

/** Takes events from a bus to the targets of its rules. Synchronous, hence atomic with the caller's other writes. */
export class Router {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** To the targets of every rule of the bus that matches. An event on a bus that does not exist is gone, as at AWS. */
  route(bus: BusId, envelope: Envelope, options: RouteOptions = {}): void {
    const found = this.#parts.buses.find(bus);
    if (!found) return;
    const causes = options.causes ?? this.#now();
    if (!this.#parts.encryption.lets(found.record, envelope, causes)) return;
    for (const name of found.patterns.match(envelope.event)) {
      if (options.only && !options.only.has(name)) continue;
      const rule = this.#parts.buses.findRule(bus, name);
      if (rule) this.toTargets(rule, envelope, options);
    }
  }

  /** To all targets of a rule, whether or not it matches. */
  toTargets(rule: RuleRecord, envelope: Envelope, { causes, forwarded = false }: RouteOptions = {}): void {
    const { archives, deliveries } = this.#parts;
    const brought = causes ?? this.#now();
    for (const target of rule.targets) {
      if (rule.archive !== undefined) {
        archives.take({ ...rule.bus, name: rule.archive }, envelope, rule, brought);
        continue;
      }
      const payload = payloadFor(target, envelope, rule);
      const parcel = { target, rule: { bus: rule.bus, name: rule.name }, payload };
      deliveries.send({ parcel, envelope, forwarded, causes: brought });
    }
  }

  #now(): string[] {
    const { cause } = this.#parts.trace;
    return cause === undefined ? [] : [cause];
  }

  /** A delivery to another bus; false when its target is none. Throws what keeps the event from it. */
  forward({ parcel, envelope, forwarded }: DeliveryJob): boolean {
    const { target, rule } = parcel;
    if (targetKind(target.Arn) !== 'bus') return false;
    const { buses, mayForward } = this.#parts;
    const to = readArn(target.Arn)?.bus;
    if (!to || !buses.find(to)) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${target.Arn} does not exist.`);
    }
    if (forwarded) {
      const reason = `The event came to ${busArn(rule.bus)} from another event bus, and is not routed to a third one.`;
      throw new AwsError('THIRD_ACCOUNT_HOP_DETECTED', reason);
    }
    mayForward(rule.bus, target.RoleArn, to, envelope);
    this.route(to, envelope, { forwarded: true });
    return true;
  }
}
