import type { Registry } from '../../core/registry';
import type { Principal } from '../../core/service';
import { accessDenied } from './errors';
import type { Queue } from './queue';

/**
 * What a queue's policy is judged with besides the action. Callers reach the local cloud by plain HTTP where they would
 * reach AWS by TLS, so policies that insist on TLS are taken to be met.
 */
const TRANSPORT = { 'aws:SecureTransport': 'true' };

/** Judges calls by the policies of the queues themselves, in the caller's own account. */
export class Authorization {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** For calls over the API, which the caller's own policies allowed already: a `Deny` of the queue still counts. */
  refuseDenied(queue: Queue, action: string, principal: Principal): void {
    const { policy } = queue.settings;
    if (!policy || principal.kind === 'root') return;
    const access = { action, resource: queue.arn, context: TRANSPORT };
    if (this.#registry.peer('iam').judge(policy, principal, access) === 'deny') throw accessDenied(action, queue.arn);
  }

  /** For services that act for somebody: an AWS service needs the queue to allow it, a role needs either to. */
  authorize(queue: Queue, action: string, principal: Principal, sourceArn?: string): void {
    if (principal.kind === 'root') return;
    const { policy } = queue.settings;
    const { account } = queue.record;
    const context = {
      ...TRANSPORT,
      ...(sourceArn === undefined ? {} : { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account }),
    };
    const access = { action, resource: queue.arn, context };
    const iam = this.#registry.peer('iam');
    const verdict = policy ? iam.judge(policy, principal, access) : 'none';
    if (verdict === 'allow') return;
    if (verdict === 'deny' || principal.kind === 'service') throw accessDenied(action, queue.arn);
    iam.authorize(principal, [access]);
  }
}
