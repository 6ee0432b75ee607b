import type { Cloud } from '../../../localstack/cloud/cloud';

/** One action on one resource, as a policy of the function's role allows them. */
export type Grant = { readonly action: string; readonly resource: string };

type Statement = { readonly Effect: string; readonly Action: string | string[]; readonly Resource: string | string[] };

export const nameOf = ({ action, resource }: Grant): string => `${action} on ${resource}`;

/** As a person says it: `dynamodb:Query on EventStoreEvents`. */
export const shortNameOf = (grant: Grant): string =>
  nameOf(grant)
    .replace(/arn:aws:[^:]*:[^:]*:[^:]*:(table\/)?/, '')
    .replace(/Orders-local-(Data|Service)-/, '')
    .replace(/(Table|Queue)?[0-9A-F]{8}-[A-Z0-9]{12}/, '')
    .replace(/stream\/.*/, 'stream');

/** The role of a deployed function, from whose policy grants can be taken away, one by one. */
export class RoleUnderTest {
  readonly grants: readonly Grant[];
  readonly #cloud: Cloud;
  readonly #role: string;
  readonly #policy: string;
  readonly #statements: readonly Statement[];
  readonly #taken = new Set<string>();

  private constructor(cloud: Cloud, role: string, policy: string, statements: readonly Statement[]) {
    this.#cloud = cloud;
    this.#role = role;
    this.#policy = policy;
    this.#statements = statements;
    this.grants = statements.flatMap(({ Action, Resource }) =>
      [Action].flat().flatMap((action) => [Resource].flat().map((resource) => ({ action, resource }))),
    );
  }

  static async of(cloud: Cloud, functionName: string): Promise<RoleUnderTest> {
    const call = (service: string, operation: string, input: object) =>
      cloud.registry.call(service, operation, input, cloud.rootCall());
    const { Role } = await call('lambda', 'GetFunctionConfiguration', { FunctionName: functionName });
    const RoleName = String(Role).split('/').at(-1)!;
    const [{ PolicyNames }, { AttachedPolicies }] = await Promise.all([
      call('iam', 'ListRolePolicies', { RoleName }),
      call('iam', 'ListAttachedRolePolicies', { RoleName }),
    ]);
    if (PolicyNames.length !== 1 || AttachedPolicies.length > 0)
      throw new Error(`${RoleName} has ${PolicyNames.length} policies, and ${AttachedPolicies.length} managed ones`);
    const { PolicyDocument } = await call('iam', 'GetRolePolicy', { RoleName, PolicyName: PolicyNames[0] });
    const { Statement } = JSON.parse(decodeURIComponent(PolicyDocument)) as { Statement: Statement[] };
    return new RoleUnderTest(cloud, RoleName, PolicyNames[0], Statement);
  }

  /** Takes it away, beside what has been taken away before. */
  async take(grant: Grant): Promise<void> {
    this.#taken.add(nameOf(grant));
    await this.#write();
  }

  async giveBack(grant: Grant): Promise<void> {
    this.#taken.delete(nameOf(grant));
    await this.#write();
  }

  find(action: string, resource: RegExp): Grant {
    const found = this.grants.find((grant) => grant.action === action && resource.test(grant.resource));
    if (!found) throw new Error(`${this.#role} may not ${action} on ${resource}`);
    return found;
  }

  /** How often each grant has been used, by its name. */
  used(): ReadonlyMap<string, number> {
    const { granted } = this.#noted();
    return new Map(granted.map((grant) => [nameOf(grant), grant.used.reduce((sum, { count }) => sum + count, 0)]));
  }

  /** How often the role was denied what the grant would allow. */
  denied({ action, resource }: Grant): number {
    const isMeant = (denied: string) =>
      resource.endsWith('*') ? denied.startsWith(resource.slice(0, -1)) : denied === resource;
    return this.#noted()
      .denied.filter((use) => use.action === action && isMeant(use.resource))
      .reduce((sum, { count }) => sum + count, 0);
  }

  #noted() {
    const noted = this.#cloud.controls.grants().roles.find(({ role }) => role === this.#role);
    if (!noted) throw new Error(`there is no role ${this.#role}`);
    return noted;
  }

  async #write(): Promise<void> {
    const isLeft = (action: string, resource: string) => !this.#taken.has(nameOf({ action, resource }));
    const left = this.#statements.flatMap((statement) => {
      const [actions, resources] = [[statement.Action].flat(), [statement.Resource].flat()];
      if (actions.every((action) => resources.every((resource) => isLeft(action, resource)))) return [statement];
      return actions.flatMap((action) => {
        const on = resources.filter((resource) => isLeft(action, resource));
        return on.length > 0 ? [{ Effect: 'Allow', Action: action, Resource: on }] : [];
      });
    });
    await this.#cloud.registry.call(
      'iam',
      'PutRolePolicy',
      {
        RoleName: this.#role,
        PolicyName: this.#policy,
        PolicyDocument: JSON.stringify({ Version: '2012-10-17', Statement: left }),
      },
      this.#cloud.rootCall(),
    );
  }
}
