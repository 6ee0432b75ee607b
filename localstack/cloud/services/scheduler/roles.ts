import { AwsError } from '../../core/aws-error';
import type { CloudContext, Principal } from '../../core/service';
import { validation } from './errors';
import { type GroupId, groupArn } from './records';

const SCHEDULER: Principal = {
  kind: 'service',
  service: 'scheduler.amazonaws.com',
  arn: 'scheduler.amazonaws.com',
};

/** The execution roles of schedules, by which Scheduler acts. */
export class Roles {
  readonly #context: CloudContext;

  constructor(context: CloudContext) {
    this.#context = context;
  }

  /** Throws `ValidationException` when a schedule of `group` could not use the role. */
  async check(roleArn: string, group: GroupId): Promise<void> {
    if (!(await this.#trusts(roleArn, group))) {
      throw validation('The execution role you provide must allow AWS EventBridge Scheduler to assume the role.');
    }
  }

  /** A session of the role. Rejects with `AccessDenied` when it is gone, or does not trust Scheduler any more. */
  async assume(roleArn: string, group: GroupId, session: string): Promise<Principal> {
    if (!(await this.#trusts(roleArn, group))) {
      throw new AwsError(
        'AccessDenied',
        `User: ${SCHEDULER.arn} is not authorized to perform: sts:AssumeRole on resource: ${roleArn}`,
        { status: 403 },
      );
    }
    const [, account, name] = ROLE.exec(roleArn)!;
    return { kind: 'role', roleArn, arn: `arn:aws:sts::${account}:assumed-role/${name}/${session}` };
  }

  /** The role must be of the schedule's account. `aws:SourceArn` is the group of the schedule, as at AWS. */
  async #trusts(roleArn: string, group: GroupId): Promise<boolean> {
    const [, account, name] = ROLE.exec(roleArn) ?? [];
    if (account !== group.account) return false;
    const { registry, endpoint } = this.#context;
    const root: Principal = { kind: 'root', arn: `arn:aws:iam::${account}:root` };
    const call = { requestId: 'scheduler', account, region: group.region, principal: root, endpoint: endpoint() };
    try {
      const { Role } = await registry.call('iam', 'GetRole', { RoleName: name }, call);
      if (Role.Arn !== roleArn) return false;
      const trust = JSON.parse(decodeURIComponent(Role.AssumeRolePolicyDocument)) as object;
      const context = { 'aws:SourceArn': groupArn(group), 'aws:SourceAccount': account };
      const wanted = { action: 'sts:AssumeRole', resource: roleArn, context };
      return registry.peer('iam').judge(trust, SCHEDULER, wanted) === 'allow';
    } catch (error) {
      if (error instanceof AwsError && error.code === 'NoSuchEntity') return false;
      throw error;
    }
  }
}

const ROLE = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(?:.*\/)?([^/]+)$/;
