import { AwsError, notImplemented } from '../../core/aws-error';
import { Records } from '../../core/records';
import type { CloudContext } from '../../core/service';
import { AWS_MANAGED_POLICIES } from './aws-managed-policies';
import type { PolicyDocument, PolicyKind } from './policy/document';

/** Reads a policy that is put. Throws `MalformedPolicyDocument`, or `NotImplemented` for what could not be judged. */
export type ReadPolicy = (text: string, kind: PolicyKind) => PolicyDocument;

export type Role = {
  readonly name: string;
  readonly id: string;
  readonly arn: string;
  readonly path: string;
  /** The trust policy, as it was given. */
  readonly trust: string;
  readonly description?: string;
  /** Seconds that a session may last. */
  readonly maxSession: number;
  /** ARN of the policy that limits what the role's own policies can allow. */
  readonly boundary?: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Policy documents by name. */
  readonly inline: Readonly<Record<string, string>>;
  /** ARNs of managed policies, in the order of attaching. */
  readonly attached: readonly string[];
  /** Milliseconds since 1970. */
  readonly createdAt: number;
};

export type PolicyVersion = { readonly id: string; readonly document: string; readonly createdAt: number };

export type ManagedPolicy = {
  readonly arn: string;
  readonly name: string;
  readonly id: string;
  readonly path: string;
  readonly description?: string;
  readonly versions: readonly PolicyVersion[];
  readonly defaultVersion: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly createdAt: number;
  readonly updatedAt: number;
};

/** Roles and managed policies of all accounts. Whoever judges by them is told when one changes. */
export class IamState {
  readonly #roles: Records<Role>;
  readonly #policies: Records<ManagedPolicy>;
  readonly #onChange: (() => void)[] = [];
  /** Parsed trust policies, by their text's role. */
  readonly #trusts = new WeakMap<Role, object>();

  constructor(context: CloudContext) {
    this.#roles = new Records(context.store.space('iam-roles'));
    this.#policies = new Records(context.store.space('iam-policies'));
  }

  onChange(listener: () => void): void {
    this.#onChange.push(listener);
  }

  findRole(arn: string): Role | undefined {
    const match = /^arn:aws:iam::(\d+):role\/(?:.*\/)?([^/]+)$/.exec(arn);
    const role = match && this.#roles.get(`${match[1]}/${match[2]}`);
    // A role is known by its whole ARN: the path counts.
    return role && role.arn === arn ? role : undefined;
  }

  /** Throws `NoSuchEntity`. */
  role(account: string, name: string): Role {
    const role = this.#roles.get(`${account}/${name}`);
    if (!role) throw noSuchEntity(`The role with name ${name} cannot be found.`);
    return role;
  }

  /** The trust policy of a role, parsed; undefined when there is no such role. */
  trustOf(arn: string): object | undefined {
    const role = this.findRole(arn);
    if (!role) return undefined;
    let trust = this.#trusts.get(role);
    if (!trust) {
      trust = JSON.parse(role.trust) as object;
      this.#trusts.set(role, trust);
    }
    return trust;
  }

  /** The ARN that a role has, or would have. */
  arnOfRole(account: string, name: string, path = '/'): string {
    return this.#roles.get(`${account}/${name}`)?.arn ?? `arn:aws:iam::${account}:role${path}${name}`;
  }

  hasRole(account: string, name: string): boolean {
    return this.#roles.has(`${account}/${name}`);
  }

  roles(account: string): Role[] {
    return this.#roles
      .entries()
      .filter(([key]) => key.startsWith(`${account}/`))
      .map(([, role]) => role);
  }

  /** How many roles use a managed policy. */
  attachments(policyArn: string): number {
    return this.#roles.values().filter((role) => role.attached.includes(policyArn) || role.boundary === policyArn)
      .length;
  }

  setRole(account: string, role: Role): void {
    this.#roles.set(`${account}/${role.name}`, role);
    this.#changed();
  }

  deleteRole(account: string, name: string): void {
    this.#roles.delete(`${account}/${name}`);
    this.#changed();
  }

  findPolicy(arn: string): ManagedPolicy | undefined {
    return this.#policies.get(arn) ?? AWS_MANAGED_POLICIES.get(arn);
  }

  /** Throws `NoSuchEntity`. */
  policy(arn: string): ManagedPolicy {
    const policy = this.findPolicy(arn);
    if (!policy && arn.startsWith('arn:aws:iam::aws:policy/')) throw notImplemented(`The AWS managed policy ${arn}`);
    if (!policy) throw noSuchEntity(`Policy ${arn} does not exist or is not attachable.`);
    return policy;
  }

  /** The account's own managed policies. */
  policies(account: string): ManagedPolicy[] {
    return this.#policies.values().filter((policy) => policy.arn.startsWith(`arn:aws:iam::${account}:`));
  }

  setPolicy(policy: ManagedPolicy): void {
    this.#policies.set(policy.arn, policy);
    this.#changed();
  }

  deletePolicy(arn: string): void {
    this.#policies.delete(arn);
    this.#changed();
  }

  #changed(): void {
    for (const listener of this.#onChange) listener();
  }
}

export const defaultDocument = (policy: ManagedPolicy): string =>
  policy.versions.find((version) => version.id === policy.defaultVersion)!.document;

export const noSuchEntity = (message: string) => new AwsError('NoSuchEntity', message, { status: 404 });
export const alreadyExists = (message: string) => new AwsError('EntityAlreadyExists', message, { status: 409 });
export const deleteConflict = (message: string) => new AwsError('DeleteConflict', message, { status: 409 });
