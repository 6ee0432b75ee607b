import { AwsError } from '../../../core/aws-error';
import { Records } from '../../../core/records';
import type { CloudContext } from '../../../core/service';
import type { Change } from '../stacks/changes';
import type { Stack, Target } from '../stacks/stack';

export type ChangeSet = Target & {
  /** The ARN. */
  readonly id: string;
  readonly name: string;
  readonly stackId: string;
  readonly kind: 'CREATE' | 'UPDATE';
  readonly description?: string;
  readonly status: 'CREATE_COMPLETE' | 'FAILED';
  readonly statusReason?: string;
  readonly executionStatus: 'AVAILABLE' | 'UNAVAILABLE' | 'EXECUTE_COMPLETE' | 'EXECUTE_FAILED';
  readonly changes: readonly Change[];
  readonly onStackFailure?: string;
  readonly createdAt: number;
};

export class ChangeSets {
  readonly #records: Records<ChangeSet>;

  constructor(context: CloudContext) {
    this.#records = new Records(context.store.space('cfn-change-sets'));
  }

  /** By ARN, or by name within a stack. Throws `ChangeSetNotFound`. */
  get(nameOrId: string, stack: Stack | undefined): ChangeSet {
    const found = nameOrId.startsWith('arn:')
      ? this.#records.get(nameOrId)
      : stack && this.of(stack).find((changeSet) => changeSet.name === nameOrId);
    if (!found) {
      throw new AwsError('ChangeSetNotFound', `ChangeSet [${nameOrId}] does not exist`, { status: 404 });
    }
    return found;
  }

  of(stack: Stack): ChangeSet[] {
    return this.#records.values().filter((changeSet) => changeSet.stackId === stack.id);
  }

  set(changeSet: ChangeSet): ChangeSet {
    this.#records.set(changeSet.id, changeSet);
    return changeSet;
  }

  delete(changeSet: ChangeSet): void {
    this.#records.delete(changeSet.id);
  }
}
