import type { Principal } from '../../../core/service';
import { type Condition, compileConditions } from './conditions';
import { type PolicyDocument, type Statement, statementsOf } from './document';
import { glob, type Matcher } from './glob';
import { compilePrincipals, DIRECT, type Naming, NOBODY, namesSessions, type PrincipalMatcher } from './principals';
import type { ConditionKeys } from './request-context';
import { fillVariables, hasVariables } from './variables';

export type CompiledStatement = {
  readonly deny: boolean;
  readonly action: Matcher;
  readonly principal: PrincipalMatcher | undefined;
  readonly resource: (resource: string, keys: ConditionKeys) => boolean;
  readonly condition: Condition | undefined;
  /** Whether the decision depends on the call's condition keys, and so cannot be remembered. */
  readonly dependsOnCall: boolean;
};

export type CompiledPolicy = readonly CompiledStatement[];

export type Decision = {
  readonly effect: 'allow' | 'deny' | 'none';
  /** How the statements that allow it name the caller: the strongest of them. */
  readonly naming: Naming;
  /** Whether the same action on the same resource is always decided so. */
  readonly fixed: boolean;
};

export function compilePolicy(document: PolicyDocument): CompiledPolicy {
  // Policies of the old version know no variables: `${` is text there.
  return statementsOf(document).map((statement) => compileStatement(statement, document.Version === '2012-10-17'));
}

/** What these policies together say: a matching `Deny` beats every `Allow`. */
export function decide(
  policies: readonly CompiledPolicy[],
  action: string,
  resource: string,
  keys: ConditionKeys,
  principal?: Principal,
): Decision {
  let naming: Naming = NOBODY;
  let denied = false;
  let fixed = true;
  for (const policy of policies) {
    for (const statement of policy) {
      if (!statement.action(action)) continue;
      if (statement.dependsOnCall) fixed = false;
      const named = statement.principal && principal ? statement.principal(principal) : DIRECT;
      if (named === NOBODY) continue;
      if (!statement.resource(resource, keys)) continue;
      if (statement.condition && !statement.condition(keys)) continue;
      if (statement.deny) denied = true;
      else if (named > naming) naming = named;
    }
  }
  return { effect: denied ? 'deny' : naming === NOBODY ? 'none' : 'allow', naming, fixed };
}

function compileStatement(statement: Statement, variables: boolean): CompiledStatement {
  const resources = strings(statement.Resource ?? statement.NotResource ?? '*');
  const varying = variables && resources.some(hasVariables);
  return {
    deny: statement.Effect === 'Deny',
    action: compileActions(statement),
    principal: compileWho(statement),
    resource: compileResources(resources, statement.NotResource !== undefined, varying),
    condition: statement.Condition && compileConditions(statement.Condition, variables),
    dependsOnCall:
      varying ||
      namesSessions(statement.Principal ?? statement.NotPrincipal) ||
      (statement.Condition !== undefined && Object.keys(statement.Condition).length > 0),
  };
}

function compileActions(statement: Statement): Matcher {
  const matchers = strings(statement.Action ?? statement.NotAction).map((action) => glob(action, { ignoreCase: true }));
  const negated = statement.NotAction !== undefined;
  return (action) => matchers.some((matches) => matches(action)) !== negated;
}

function compileResources(patterns: readonly string[], negated: boolean, varying: boolean) {
  if (varying) {
    return (resource: string, keys: ConditionKeys) =>
      patterns.some((pattern) => {
        const filled = fillVariables(pattern, keys, { pattern: true });
        return filled !== undefined && glob(filled)(resource);
      }) !== negated;
  }
  const matchers = patterns.map((pattern) => glob(pattern));
  return (resource: string) => matchers.some((matches) => matches(resource)) !== negated;
}

function compileWho(statement: Statement): PrincipalMatcher | undefined {
  if (statement.Principal !== undefined) return compilePrincipals(statement.Principal);
  if (statement.NotPrincipal === undefined) return undefined;
  const excluded = compilePrincipals(statement.NotPrincipal);
  return (principal) => (excluded(principal) === NOBODY ? DIRECT : NOBODY);
}

const strings = (value: unknown): string[] => [value].flat().map(String);
