import type { Registry } from '../../core/registry';
import type { Principal } from '../../core/service';
import type { Queue } from './queue';

/** Judges what services send to queues in somebody's name; calls of the API were judged before they came here. */
export class Authorization {
  readonly #registry: Registry;

  constructor(registry: Registry) {
    this.#registry = registry;
  }

  /** An AWS service needs the queue to allow it, a role needs either to. Throws `AccessDenied`. */
  authorize(queue: Queue, action: string, principal: Principal, sourceArn?: string): void {
    const { account } = queue.record;
    const source = sourceArn && { context: { 'aws:SourceArn': sourceArn, 'aws:SourceAccount': account } };
    this.#registry.peer('iam').authorize(principal, [{ action, resource: queue.arn, ...source }]);
  }
}
