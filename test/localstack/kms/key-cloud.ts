import { type Cloud, type CloudOptions, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';
import type { Call, Principal } from '../../../localstack/cloud/core/service';

export const ACCOUNT = '000000000000';
export const DAY = 86_400_000;

/** A cloud whose clock stands still, with roles that call KMS and the services that use it. */
export class KeyCloud {
  readonly cloud: Cloud;

  private constructor(cloud: Cloud) {
    this.cloud = cloud;
  }

  static async start(options: CloudOptions = {}): Promise<KeyCloud> {
    const clock = new Clock({ manual: true, startAt: Date.UTC(2026, 0, 1) });
    return new KeyCloud(await startCloud({ port: 0, clock, ...options }));
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }

  /** Calls an operation in this process: as the developer, or as a session of a role, or as a service. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
  call(service: string, operation: string, input: object = {}, as?: string, more: Partial<Call> = {}): Promise<any> {
    const root = this.cloud.rootCall();
    const call = { ...root, ...(as !== undefined && { principal: sessionOf(as) }), ...more };
    return this.cloud.registry.call(service, operation, input, call);
  }

  /** Asks, as the front door does, whether a session of a role may make a call. */
  judge(service: string, operation: string, input: object, as: string): void {
    const { registry } = this.cloud;
    const call = { ...this.cloud.rootCall(), principal: sessionOf(as) };
    const access = registry.service(service)?.access(operation, input, call) ?? [];
    registry.peer('iam').authorize(call.principal, access);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
  kms(operation: string, input: object = {}, as?: string, more: Partial<Call> = {}): Promise<any> {
    return this.call('kms', operation, input, as, more);
  }

  /** Makes a key; its ARN. */
  async key(input: object = {}): Promise<string> {
    return (await this.kms('CreateKey', input)).KeyMetadata.Arn;
  }

  /** A role whose inline policy has these statements. */
  async role(name: string, ...Statement: object[]): Promise<void> {
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' };
    await this.call('iam', 'CreateRole', {
      RoleName: name,
      AssumeRolePolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: [trust] }),
    });
    if (Statement.length === 0) return;
    await this.call('iam', 'PutRolePolicy', {
      RoleName: name,
      PolicyName: 'own',
      PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement }),
    });
  }
}

export const roleArn = (name: string): string => `arn:aws:iam::${ACCOUNT}:role/${name}`;

const sessionOf = (name: string): Principal => ({
  kind: 'role',
  roleArn: roleArn(name),
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/session`,
});

export const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** The statement with which keys leave the decision to the account's own policies. */
export const DELEGATION = {
  Effect: 'Allow',
  Principal: { AWS: `arn:aws:iam::${ACCOUNT}:root` },
  Action: 'kms:*',
  Resource: '*',
};

/** A key policy that delegates, and says this besides. */
export const keyPolicy = (...statements: object[]): string =>
  JSON.stringify({ Version: '2012-10-17', Statement: [DELEGATION, ...statements] });
