import { parseArn } from '../../core/arn';
import { AwsError } from '../../core/aws-error';
import type { AccessControl, GrantReport } from '../../core/peers';
import type { Access, CloudContext, Principal } from '../../core/service';
import type { SessionCredentials } from './credentials';
import { grantReport } from './grant-report';
import { type CompiledPolicy, compilePolicy, type Decision, decide } from './policy/compile';
import type { PolicyDocument } from './policy/document';
import { conditionKeys } from './policy/request-context';
import { defaultDocument, type IamState, type Role } from './state';
import { GrantUsage } from './usage';

/** What a role may do, compiled, with the decisions that do not depend on a call's condition keys. */
type RolePolicies = {
  readonly identity: readonly CompiledPolicy[];
  readonly boundary: readonly CompiledPolicy[] | undefined;
  /** By action, then by resource: functions ask the same few questions at every call. */
  readonly decisions: Map<string, Map<string, Decision>>;
};

/** Keys of objects and the like are many: a role's remembered decisions are dropped when there are so many. */
const MAX_RESOURCES = 5_000;

/** Judges calls by the policies of IAM. */
export class PolicyJudge implements AccessControl {
  readonly #context: CloudContext;
  readonly #state: IamState;
  readonly #credentials: SessionCredentials;
  readonly #roles = new Map<string, RolePolicies>();
  readonly #resourcePolicies = new WeakMap<object, CompiledPolicy>();
  readonly #usage: GrantUsage;

  constructor(context: CloudContext, state: IamState, credentials: SessionCredentials) {
    this.#context = context;
    this.#state = state;
    this.#credentials = credentials;
    this.#usage = new GrantUsage(context.clock.now());
    state.onChange(() => this.#roles.clear());
  }

  issueCredentials(roleArn: string, sessionName: string, seconds: number) {
    return this.#credentials.issue(roleArn, sessionName, seconds);
  }

  resolve(accessKeyId: string): Principal | undefined {
    return this.#credentials.resolve(accessKeyId);
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#credentials.secretOf(accessKeyId);
  }

  authorize(principal: Principal, access: readonly Access[]): void {
    // The developer owns the account, and services act by resource policies, which their targets judge.
    if (principal.kind !== 'role') return;
    for (const wanted of access) {
      const { effect } = this.#decideForRole(principal, wanted);
      this.#usage.note(principal.roleArn, wanted, effect === 'allow');
      if (effect !== 'allow') throw denied(principal, wanted, effect === 'deny');
    }
  }

  grants(): GrantReport {
    return grantReport(this.#state, this.#usage, this.#context.account);
  }

  judge(policy: object, principal: Principal, access: Access): 'allow' | 'deny' | 'none' {
    let compiled = this.#resourcePolicies.get(policy);
    if (!compiled) {
      compiled = compilePolicy(policy as PolicyDocument);
      this.#resourcePolicies.set(policy, compiled);
    }
    const keys = conditionKeys(principal, access, this.#context.clock.now());
    return decide([compiled], access.action, access.resource, keys, principal).effect;
  }

  #decideForRole(principal: Principal & { kind: 'role' }, access: Access): Decision {
    const role = this.#policiesOf(principal.roleArn);
    let byResource = role.decisions.get(access.action);
    const known = byResource?.get(access.resource);
    if (known) return known;
    const keys = conditionKeys(principal, access, this.#context.clock.now());
    const own = decide(role.identity, access.action, access.resource, keys);
    const bound = role.boundary && decide(role.boundary, access.action, access.resource, keys);
    const decision = bound ? both(own, bound) : own;
    if (decision.fixed) {
      if (!byResource || byResource.size >= MAX_RESOURCES) {
        byResource = new Map();
        role.decisions.set(access.action, byResource);
      }
      byResource.set(access.resource, decision);
    }
    return decision;
  }

  #policiesOf(roleArn: string): RolePolicies {
    let policies = this.#roles.get(roleArn);
    if (!policies) {
      const role = this.#state.findRole(roleArn);
      policies = {
        identity: role ? this.#identityPolicies(role) : [],
        boundary: role?.boundary === undefined ? undefined : this.#managed(role.boundary),
        decisions: new Map(),
      };
      this.#roles.set(roleArn, policies);
    }
    return policies;
  }

  #identityPolicies(role: Role): CompiledPolicy[] {
    const inline = Object.values(role.inline).map((text) => compilePolicy(JSON.parse(text) as PolicyDocument));
    return [...inline, ...role.attached.flatMap((arn) => this.#managed(arn))];
  }

  #managed(arn: string): CompiledPolicy[] {
    const policy = this.#state.findPolicy(arn);
    return policy ? [compilePolicy(JSON.parse(defaultDocument(policy)) as PolicyDocument)] : [];
  }
}

/** A permissions boundary allows nothing by itself; it only takes away. */
function both(own: Decision, boundary: Decision): Decision {
  const fixed = own.fixed && boundary.fixed;
  if (own.effect === 'deny' || boundary.effect === 'deny') return { effect: 'deny', fixed };
  return { effect: own.effect === 'allow' && boundary.effect === 'allow' ? 'allow' : 'none', fixed };
}

/** Services whose error code for this is `AccessDenied`, with status 403: those that speak XML. */
const XML_SERVICES = ['s3', 'iam', 'sts', 'cloudformation', 'sns'];

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html */
function denied(principal: Principal, access: Access, explicit: boolean): AwsError {
  const reason = explicit
    ? 'with an explicit deny in an identity-based policy'
    : `because no identity-based policy allows the ${access.action} action`;
  const resource = parseArn(access.resource) ? ` on resource: ${access.resource}` : '';
  const message = `User: ${principal.arn} is not authorized to perform: ${access.action}${resource} ${reason}`;
  const service = access.action.split(':')[0]!;
  if (XML_SERVICES.includes(service)) return new AwsError('AccessDenied', message, { status: 403 });
  return new AwsError('AccessDeniedException', message, { status: service === 'lambda' ? 403 : 400 });
}
