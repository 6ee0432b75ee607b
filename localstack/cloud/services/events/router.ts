import { AwsError } from '../../core/aws-error';
import type { Buses } from './buses';
import { type Delivery, type Parcel, targetKind } from './delivery';
import type { Envelope } from './envelope';
import { type BusId, busArn, type RuleRecord, readArn } from './records';
import type { Retries } from './retries';
import { payloadFor } from './target-payload';

/** From bus to bus; the bound is for rules that send in circles. */
const MAX_HOPS = 5;

/** Takes events from a bus to the targets of its rules. Synchronous, hence atomic with the caller's other writes. */
export class Router {
  readonly #buses: Buses;
  readonly #delivery: Delivery;
  readonly #retries: Retries;
  readonly #mayForward: (rule: RuleRecord, roleArn: string | undefined, to: BusId, envelope: Envelope) => void;

  /** `mayForward` throws when the bus `to` does not take the event from this rule. */
  constructor(
    parts: { buses: Buses; delivery: Delivery; retries: Retries },
    mayForward: (rule: RuleRecord, roleArn: string | undefined, to: BusId, envelope: Envelope) => void,
  ) {
    this.#buses = parts.buses;
    this.#delivery = parts.delivery;
    this.#retries = parts.retries;
    this.#mayForward = mayForward;
  }

  /** To the targets of every rule of the bus that matches. An event on a bus that does not exist is gone, as at AWS. */
  route(bus: BusId, envelope: Envelope, hops = 0): void {
    const found = this.#buses.find(bus);
    if (!found) return;
    for (const name of found.patterns.match(envelope.event)) {
      const rule = this.#buses.findRule(bus, name);
      if (rule) this.toTargets(rule, envelope, hops);
    }
  }

  /** To all targets of a rule, whether or not it matches. */
  toTargets(rule: RuleRecord, envelope: Envelope, hops = 0): void {
    for (const target of rule.targets) {
      const parcel: Parcel = {
        target,
        rule: { bus: rule.bus, name: rule.name },
        payload: payloadFor(target, envelope, rule),
      };
      try {
        if (targetKind(target.Arn) === 'bus') this.#forward(rule, parcel, envelope, hops);
        else this.#delivery.deliver(parcel);
      } catch (error) {
        this.#retries.failed(parcel, envelope.id, envelope.text(), error);
      }
    }
  }

  #forward(rule: RuleRecord, { target }: Parcel, envelope: Envelope, hops: number): void {
    const to = readArn(target.Arn)?.bus;
    if (!to || !this.#buses.find(to)) {
      throw new AwsError('ResourceNotFoundException', `Event bus ${target.Arn} does not exist.`);
    }
    if (hops >= MAX_HOPS) {
      throw new AwsError(
        'ValidationException',
        `The event went from bus to bus ${hops} times, last by ${busArn(rule.bus)}.`,
      );
    }
    this.#mayForward(rule, target.RoleArn, to, envelope);
    this.route(to, envelope, hops + 1);
  }
}
