import { AssumeRoleCommand, type AssumeRoleCommandInput, STSClient } from '@aws-sdk/client-sts';
import { type Cloud, type CloudOptions, startCloud } from '../../../localstack/cloud/cloud';
import { Clock } from '../../../localstack/cloud/core/clock';
import type { Denial } from '../../../localstack/cloud/core/registry';

// The SDK warns of Node 20 at its first use.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';

export const ACCOUNT = '000000000000';
export const roleArn = (name: string) => `arn:aws:iam::${ACCOUNT}:role/${name}`;
export const sessionArn = (name: string, session = 'session') =>
  `arn:aws:sts::${ACCOUNT}:assumed-role/${name}/${session}`;

export type Keys = { accessKeyId: string; secretAccessKey: string; sessionToken?: string };

/** What is said in the first statement of a policy, in full. */
export const policy = (...statements: object[]) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: statements.map((one) => ({ Effect: 'Allow', Action: '*', ...one })),
  });

/** A cloud on a clock that stands still, with roles that anybody in the account may assume. */
export class JudgedCloud {
  readonly cloud: Cloud;
  readonly denials: Denial[] = [];

  private constructor(cloud: Cloud) {
    this.cloud = cloud;
    cloud.registry.watchDenials((denial) => this.denials.push(denial));
  }

  static async start(options: CloudOptions = {}): Promise<JudgedCloud> {
    const clock = new Clock({ manual: true, startAt: Date.now() });
    return new JudgedCloud(await startCloud({ port: 0, clock, ...options }));
  }

  /** Calls an operation as the developer, in this process. */
  // biome-ignore lint/suspicious/noExplicitAny: as in the API reference.
  call(service: string, operation: string, input: object = {}): Promise<any> {
    return this.cloud.registry.call(service, operation, input, this.cloud.rootCall());
  }

  /** What an SDK client needs. */
  client(credentials: Keys = { accessKeyId: 'test', secretAccessKey: 'test' }) {
    return {
      endpoint: this.cloud.endpoint,
      region: 'us-east-1',
      maxAttempts: 1,
      forcePathStyle: true,
      credentials,
    };
  }

  /** Credentials of a new role with these statements as its only policy. */
  async role(RoleName: string, statements: object[] = [], more: object = {}): Promise<Keys> {
    await this.call('iam', 'CreateRole', {
      RoleName,
      AssumeRolePolicyDocument: policy({ Action: ['sts:AssumeRole', 'sts:TagSession'], Principal: '*' }),
      ...more,
    });
    if (statements.length > 0) await this.grant(RoleName, ...statements);
    return this.assume(RoleName);
  }

  grant(RoleName: string, ...statements: object[]): Promise<unknown> {
    const PolicyDocument = policy(...statements.map((one) => ({ Resource: '*', ...one })));
    return this.call('iam', 'PutRolePolicy', { RoleName, PolicyName: 'p', PolicyDocument });
  }

  async assume(name: string, more: Partial<AssumeRoleCommandInput> = {}, by?: Keys): Promise<Keys> {
    const sts = new STSClient(this.client(by));
    const input = { RoleArn: roleArn(name), RoleSessionName: 'session', ...more };
    const { Credentials } = await sts.send(new AssumeRoleCommand(input));
    sts.destroy();
    return {
      accessKeyId: Credentials!.AccessKeyId!,
      secretAccessKey: Credentials!.SecretAccessKey!,
      sessionToken: Credentials!.SessionToken!,
    };
  }

  stop(): Promise<void> {
    return this.cloud.stop();
  }
}
