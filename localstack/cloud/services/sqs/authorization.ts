import type { Registry } from '../../core/registry';
import type { Principal } from '../../core/service';
import { accessDenied } from './errors';
import type { Queue } from './queue';

/** Judges calls by the policies of the queues themselves, in the caller's own account. */
export class Authorization {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** For calls over the API, which the caller's own policies allowed already: a `Deny` of the queue counts for all. */
  refuseDenied(queue: Queue, action: string, principal: Principal): void {
    const { policy } = queue.settings;
    if (!policy) return;
    const access = { action, resource: queue.arn };
    if (this.#registry.peer('iam').judge(policy, principal, access) === 'deny') throw accessDenied(action, queue.arn);
  }

  /** For services that act for somebody: an AWS service needs the queue to allow it, a role needs either to. */
  authorize(queue: Queue, action: string, principal: Principal, sourceArn?: string): void {
    const { policy } = queue.settings;
    const { account } = queue.record;
    const source = sourceArn && { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account } };
    const access = { action, resource: queue.arn, ...source };
    const verdict = policy ? this.#registry.peer('iam').judge(policy, principal, access) : 'none';
    if (verdict === 'allow') return;
    if (verdict === 'deny' || principal.kind === 'service') throw accessDenied(action, queue.arn);
    if (principal.kind === 'role') this.#registry.peer('iam').authorize(principal, [access]);
  }
}
