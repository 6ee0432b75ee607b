import { callerName } from '../core/caller-name';
import { faultError } from '../core/fault-error';
import type { FaultKind } from '../core/faults';
import type { CloudContext, Principal, Service } from '../core/service';
import { HangUp } from './http-server';

/** What can be done to any API call. */
export const CALL_FAULTS: readonly FaultKind[] = ['error', 'throttle', 'latency', 'crash-before', 'crash-after'];

type Called = {
  readonly service: Service;
  readonly operation: string;
  readonly target: string;
  readonly input: unknown;
  readonly principal: Principal;
  /** The invocation that makes the call, by its hop in the trace. */
  readonly cause: string | undefined;
};

/** Strikes at API calls. The services strike by themselves at what happens between them. */
export class Adversary {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /**
   * To be awaited before the operation runs. Throws the error that the caller gets instead; what it returns is to be
   * called when the effect is durable, before the caller is answered.
   */
  async before(called: Called): Promise<{ after(): void } | undefined> {
    const { faults } = this.#context;
    if (!faults.active) return undefined;
    const { service, operation, target, principal } = called;
    const occasion = { service: service.name, operation, target, caller: callerName(principal) };
    const fault = faults.at(occasion, CALL_FAULTS);
    switch (fault?.kind) {
      case 'error':
      case 'throttle':
        throw faultError(fault, service, operation, called.input);
      case 'latency':
        await this.#wait(fault.rule.ms ?? 0, `${service.name}:${operation} is late`);
        return undefined;
      case 'crash-before':
        throw this.#crash(called);
      case 'crash-after':
        return {
          after: () => {
            throw this.#crash(called);
          },
        };
      default:
        return undefined;
    }
  }

  /** The function that makes the call dies; anybody else loses the connection, and with it the answer. */
  #crash({ cause, service, operation }: Called): HangUp {
    if (cause !== undefined) this.#context.registry.peer('lambda').crash(cause);
    return new HangUp(`the caller of ${service.name}:${operation} lost its connection`);
  }

  #wait(ms: number, label: string): Promise<void> {
    const { clock, activity } = this.#context;
    // A manual clock stands still: whoever is to advance it must not wait for this call first.
    const goOn = clock.manual ? activity.park() : undefined;
    return new Promise((resolve) => {
      clock.after(ms, label, () => {
        goOn?.();
        resolve();
      });
    });
  }
}
