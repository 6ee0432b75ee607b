import { AwsError } from '../../core/aws-error';
import type { Registry } from '../../core/registry';
import type { Access, Principal } from '../../core/service';
import type { Bus } from './buses';
import { EVENTBRIDGE } from './delivery';
import type { EventObject } from './envelope';
import { busArn } from './records';

type Described = Pick<EventObject, 'source' | 'detail-type'>;

/** The condition keys of an entry of `PutEvents`. */
export const entryContext = (source: string, detailType: string) => ({
  'events:source': source,
  'events:detail-type': detailType,
});

/** Judges who may put events on a bus. */
export class Authorization {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /**
   * For callers of the API, whose own policies allowed the call already: a `Deny` of the bus counts for everybody, and
   * another account's caller needs the bus to allow it. Either concerns one entry of a request, and is answered there.
   */
  refusalOf(bus: Bus, caller: Principal, account: string, event: Described): string | undefined {
    const access = accessTo(bus, event);
    const verdict = bus.policy ? this.#registry.peer('iam').judge(bus.policy, caller, access) : 'none';
    if (verdict === 'deny') {
      return `${refusal(caller, access)} with an explicit deny in a resource-based policy`;
    }
    if (verdict === 'none' && account !== bus.record.account) {
      return `${refusal(caller, access)} because no resource-based policy allows the events:PutEvents action`;
    }
    return undefined;
  }

  /** For services that act for somebody. Throws `AccessDeniedException`. */
  authorize(bus: Bus, caller: Principal, event: Described): void {
    this.#registry.peer('iam').authorize(caller, [accessTo(bus, event)]);
  }

  /** For a rule on a bus of `account` that sends to `bus`, by a role or, without one, as EventBridge. */
  authorizeForward(bus: Bus, roleArn: string | undefined, account: string, event: Described): void {
    if (roleArn !== undefined) {
      const { context, ...access } = accessTo(bus, event);
      const forwarded = { ...access, context: { ...context, 'events:eventBusInvocation': 'true' } };
      this.#registry.peer('iam').authorize({ kind: 'role', roleArn, arn: roleArn }, [forwarded]);
      return;
    }
    // Within an account EventBridge needs nobody's leave, but the bus may deny it.
    const refused = this.refusalOf(bus, EVENTBRIDGE, account, event);
    if (refused) throw new AwsError('AccessDeniedException', refused);
  }
}

const accessTo = (bus: Bus, event: Described) => ({
  action: 'events:PutEvents',
  resource: busArn(bus.record),
  context: entryContext(event.source, event['detail-type']),
});

const refusal = (caller: Principal, { action, resource }: Access): string =>
  `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource}`;
