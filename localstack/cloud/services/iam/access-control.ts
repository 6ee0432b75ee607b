import type { AccessControl, Credentials, GrantReport, RequestFacts, SessionScope } from '../../core/peers';
import type { Access, CloudContext, Principal, Service } from '../../core/service';
import type { SessionCredentials } from './credentials';
import { denialNote, deniedError } from './denial';
import { grantReport } from './grant-report';
import { type CompiledPolicy, compilePolicy, type Decision, decide } from './policy/compile';
import { type PolicyDocument, parsePolicy } from './policy/document';
import { evaluate, type Outcome } from './policy/evaluate';
import type { HonoursKey } from './policy/honoured-keys';
import { DIRECT, NOBODY } from './policy/principals';
import { conditionKeys } from './policy/request-context';
import { defaultDocument, type IamState, type Role } from './state';
import { GrantUsage } from './usage';

type Remembered = { readonly outcome: Outcome; readonly resourcePolicy: object | undefined };

/** What a role may do, compiled, with the outcomes that do not depend on a call's condition keys. */
type RolePolicies = {
  readonly role: Role | undefined;
  readonly identity: readonly CompiledPolicy[];
  readonly boundary: readonly CompiledPolicy[] | undefined;
  /** By action, then by resource: functions ask the same few questions at every call. */
  readonly outcomes: Map<string, Map<string, Remembered>>;
};

/** Keys of objects and the like are many: a role's remembered outcomes are dropped when there are so many. */
const MAX_RESOURCES = 5_000;
/** Of the denials that were told. */
const MAX_TOLD = 1_000;

const NO_POLICY: Decision = { effect: 'none', naming: NOBODY, fixed: true };
const ALLOWED: Outcome = { allowed: true };

/** Judges calls by the policies of IAM, and by those of the resources. */
export class PolicyJudge implements AccessControl {
  readonly #context: CloudContext;
  readonly #state: IamState;
  readonly #credentials: SessionCredentials;
  readonly #honours: HonoursKey;
  readonly #roles = new Map<string, RolePolicies>();
  readonly #sessions = new WeakMap<Principal, readonly CompiledPolicy[]>();
  readonly #resourcePolicies = new WeakMap<object, CompiledPolicy>();
  readonly #usage: GrantUsage;
  readonly #told = new Set<string>();

  constructor(context: CloudContext, state: IamState, credentials: SessionCredentials, honours: HonoursKey) {
    this.#context = context;
    this.#state = state;
    this.#credentials = credentials;
    this.#honours = honours;
    this.#usage = new GrantUsage(context.clock.now());
    state.onChange(() => {
      this.#roles.clear();
      this.#told.clear();
    });
  }

  issueCredentials(roleArn: string, sessionName: string, seconds: number, scope?: SessionScope) {
    return this.#credentials.issue(roleArn, sessionName, seconds, scope);
  }

  resolve(accessKeyId: string): Principal | undefined {
    return this.#credentials.resolve(accessKeyId);
  }

  issued(accessKeyId: string): Credentials | undefined {
    return this.#credentials.issued(accessKeyId);
  }

  secretOf(accessKeyId: string): string | undefined {
    return this.#credentials.issued(accessKeyId)?.secretAccessKey;
  }

  authorize(principal: Principal, access: readonly Access[], facts?: RequestFacts): void {
    for (const wanted of access) {
      const outcome = this.#context.iam === false ? ALLOWED : this.#outcome(principal, wanted, facts);
      if (principal.kind === 'role') this.#usage.note(principal.roleArn, wanted, outcome.allowed);
      if (outcome.allowed) continue;
      this.#tell(principal, wanted, outcome);
      // The first is the action of the operation itself; others are what it entails.
      throw deniedError(principal, wanted, outcome, access[0]!.action.split(':')[0]!);
    }
  }

  grants(): GrantReport {
    return grantReport(this.#state, this.#usage, this.#context.account);
  }

  judge(policy: object, principal: Principal, access: Access): 'allow' | 'deny' | 'none' {
    if (this.#context.iam === false) return 'allow';
    const resourceTags = () => this.#serviceOf(access)?.resourceTags?.(access.resource);
    const keys = conditionKeys(principal, access, this.#context.clock.now(), { resourceTags });
    return decide([this.#compiled(policy)], access.action, access.resource, keys, principal).effect;
  }

  checkResourcePolicy(text: string): void {
    parsePolicy(text, 'resource', this.#honours);
  }

  checkSessionPolicy(text: string): void {
    parsePolicy(text, 'identity', this.#honours);
  }

  #outcome(principal: Principal, access: Access, facts: RequestFacts | undefined): Outcome {
    const resourcePolicy = this.#resourcePolicy(access);
    if (principal.kind !== 'role') {
      // Root and services have no policies of their own.
      if (principal.kind === 'root' && !isStrict(principal, access)) {
        if (!resourcePolicy || ROOT_ALWAYS.includes(access.action)) return ALLOWED;
      }
      return this.#judged(principal, access, facts, resourcePolicy, undefined).outcome;
    }
    const policies = this.#policiesOf(principal.roleArn);
    const scoped = access.granted === true || (principal.session?.policies.length ?? 0) > 0;
    let byResource = scoped ? undefined : policies.outcomes.get(access.action);
    const known = byResource?.get(access.resource);
    if (known && known.resourcePolicy === resourcePolicy) return known.outcome;
    const { outcome, fixed } = this.#judged(principal, access, facts, resourcePolicy, policies);
    if (fixed && !scoped) {
      if (!byResource || byResource.size >= MAX_RESOURCES) {
        byResource = new Map();
        policies.outcomes.set(access.action, byResource);
      }
      byResource.set(access.resource, { outcome, resourcePolicy });
    }
    return outcome;
  }

  #judged(
    principal: Principal,
    access: Access,
    facts: RequestFacts | undefined,
    resourcePolicy: object | undefined,
    own: RolePolicies | undefined,
  ): { readonly outcome: Outcome; readonly fixed: boolean } {
    const resourceTags = () => this.#serviceOf(access)?.resourceTags?.(access.resource);
    const known = { ...facts, roleTags: own?.role?.tags, resourceTags };
    const keys = conditionKeys(principal, access, this.#context.clock.now(), known);
    const ask = (policies: readonly CompiledPolicy[] | undefined): Decision | undefined =>
      policies && decide(policies, access.action, access.resource, keys, principal);
    const opinions = {
      identity: ask(own?.identity) ?? NO_POLICY,
      resource: answered(ask(resourcePolicy && [this.#compiled(resourcePolicy)]), access),
      boundary: ask(own?.boundary),
      session: ask(this.#sessionPolicies(principal)),
    };
    return {
      outcome: evaluate(opinions, {
        kind: principal.kind,
        crossAccount: isForeign(principal, access),
        needsResourcePolicy: needsResourcePolicy(access),
      }),
      fixed: Object.values(opinions).every((opinion) => opinion?.fixed !== false),
    };
  }

  #resourcePolicy(access: Access): object | undefined {
    return this.#serviceOf(access)?.resourcePolicy?.(access.resource, access.action);
  }

  #serviceOf({ resource }: Access): Service | undefined {
    if (!resource.startsWith('arn:')) return undefined;
    const from = resource.indexOf(':', 4) + 1;
    return this.#context.registry.service(resource.slice(from, resource.indexOf(':', from)));
  }

  #compiled(policy: object): CompiledPolicy {
    let compiled = this.#resourcePolicies.get(policy);
    if (!compiled) {
      compiled = compilePolicy(policy as PolicyDocument);
      this.#resourcePolicies.set(policy, compiled);
    }
    return compiled;
  }

  #sessionPolicies(principal: Principal): readonly CompiledPolicy[] | undefined {
    if (principal.kind !== 'role' || !principal.session || principal.session.policies.length === 0) return undefined;
    let compiled = this.#sessions.get(principal);
    if (!compiled) {
      compiled = principal.session.policies.map(compileText);
      this.#sessions.set(principal, compiled);
    }
    return compiled;
  }

  #policiesOf(roleArn: string): RolePolicies {
    let policies = this.#roles.get(roleArn);
    if (!policies) {
      const role = this.#state.findRole(roleArn);
      policies = {
        role,
        identity: role ? this.#identityPolicies(role) : [],
        boundary: role?.boundary === undefined ? undefined : this.#managed(role.boundary),
        outcomes: new Map(),
      };
      this.#roles.set(roleArn, policies);
    }
    return policies;
  }

  #identityPolicies(role: Role): CompiledPolicy[] {
    return [...Object.values(role.inline).map(compileText), ...role.attached.flatMap((arn) => this.#managed(arn))];
  }

  #managed(arn: string): CompiledPolicy[] {
    const policy = this.#state.findPolicy(arn);
    return policy ? [compileText(defaultDocument(policy))] : [];
  }

  #tell(principal: Principal, access: Access, outcome: Outcome & { readonly allowed: false }): void {
    // Nobody can grant anything to a role that is gone: a function of a stack that is being deleted still writes its log.
    if (principal.kind === 'role' && !this.#state.findRole(principal.roleArn)) return;
    const asked = `${principal.arn} ${access.action} ${access.resource}`;
    if (this.#told.has(asked) || this.#told.size >= MAX_TOLD) return;
    this.#told.add(asked);
    this.#context.registry.denied(denialNote(principal, access, outcome));
  }
}

const compileText = (text: string): CompiledPolicy => compilePolicy(JSON.parse(text) as PolicyDocument);

/** A `Deny` that the service answers for itself does not count here. */
function answered(decision: Decision | undefined, { deniedByService, granted }: Access): Decision | undefined {
  if (granted && decision?.effect !== 'deny') return { effect: 'allow', naming: DIRECT, fixed: false };
  return deniedByService && decision?.effect === 'deny' ? { ...NO_POLICY, fixed: decision.fixed } : decision;
}

/** Whether the resource is another account's than the caller's. Services belong to none. */
function isForeign(principal: Principal, { resource, deniedByService }: Access): boolean {
  if (principal.kind === 'service' || deniedByService) return false;
  const owner = ACCOUNT_IN_ARN.exec(resource)?.[1];
  return owner !== undefined && owner !== ACCOUNT_IN_ARN.exec(principal.arn)?.[1];
}

const ACCOUNT_IN_ARN = /^arn:[^:]*:[^:]*:[^:]*:(\d{12}):/;

const needsResourcePolicy = ({ action, resource }: Access): boolean =>
  action === 'sts:AssumeRole' ||
  action === 'sts:TagSession' ||
  (action.startsWith('kms:') && resource.includes(':key/'));

/** What lets the owner out again when a resource's policy denies everybody everything. */
const ROOT_ALWAYS = ['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy', 'sqs:SetQueueAttributes'];

const isStrict = (principal: Principal, access: Access): boolean =>
  needsResourcePolicy(access) || isForeign(principal, access);
