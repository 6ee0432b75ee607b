import { parseArn } from '../../core/arn';
import type { GrantReport, GrantUse, RoleGrants, UsedGrant } from '../../core/peers';
import { type PolicyDocument, type Statement, statementsOf } from './policy/document';
import { glob } from './policy/glob';
import { defaultDocument, type IamState, type Role } from './state';
import { FURTHER_RESOURCES, type GrantUsage } from './usage';

/**
 * What the policies of roles allow, statement by statement, beside what the roles have really asked for. Conditions are
 * not looked at: a call counts for every statement that has its action and resource.
 */
export function grantReport(state: IamState, usage: GrantUsage, account: string): GrantReport {
  const accounts = new Set([account, ...usage.roles().map((arn) => parseArn(arn)?.account ?? account)]);
  const roles = [...accounts].flatMap((one) => state.roles(one));
  return {
    since: usage.since,
    roles: roles.map((role) => ofRole(state, role, usage.allowed(role.arn), usage.denied(role.arn))),
  };
}

function ofRole(state: IamState, role: Role, allowed: readonly GrantUse[], denied: readonly GrantUse[]): RoleGrants {
  const granted = documentsOf(state, role).flatMap(([policy, document]) =>
    statementsOf(document)
      .filter(({ Effect }) => Effect === 'Allow')
      .flatMap((statement) => grantsOf(policy, statement, allowed)),
  );
  const accountedFor = new Set(granted.flatMap(({ used }) => used));
  return {
    role: role.name,
    arn: role.arn,
    granted,
    otherwise: allowed.filter((use) => !accountedFor.has(use)),
    denied: denied.map((use) => ({
      ...use,
      statement: { Effect: 'Allow', Action: use.action, Resource: use.resource },
    })),
  };
}

function documentsOf(state: IamState, role: Role): [policy: string, document: PolicyDocument][] {
  const inline = Object.entries(role.inline);
  const managed = role.attached.flatMap((arn): [string, string][] => {
    const policy = state.findPolicy(arn);
    return policy ? [[arn, defaultDocument(policy)]] : [];
  });
  return [...inline, ...managed].map(([name, text]) => [name, JSON.parse(text) as PolicyDocument]);
}

/** One for each action on each resource; what a statement leaves out (`NotAction`) stays together. */
function grantsOf(policy: string, statement: Statement, allowed: readonly GrantUse[]): UsedGrant[] {
  const actions = wanted(statement.Action, statement.NotAction, { ignoreCase: true });
  const resources = wanted(statement.Resource, statement.NotResource);
  const conditional = Object.keys(statement.Condition ?? {}).length > 0;
  return actions.flatMap((action) =>
    resources.map((resource) => ({
      policy,
      action: action.shown,
      resource: resource.shown,
      ...(conditional && { condition: statement.Condition }),
      used: allowed.filter(
        (use) => action.matches(use.action) && (use.resource === FURTHER_RESOURCES || resource.matches(use.resource)),
      ),
    })),
  );
}

type Wanted = { readonly shown: string; readonly matches: (text: string) => boolean };

function wanted(listed: unknown, excluded: unknown, options: { readonly ignoreCase?: boolean } = {}): Wanted[] {
  const matcher = (pattern: string) => glob(anyValue(pattern), options);
  if (excluded === undefined) return strings(listed).map((one) => ({ shown: one, matches: matcher(one) }));
  const matchers = strings(excluded).map(matcher);
  return [
    {
      shown: `all but ${strings(excluded).join(', ')}`,
      matches: (text) => !matchers.some((matches) => matches(text)),
    },
  ];
}

/** Policy variables stand for what the call says. */
const anyValue = (pattern: string): string => pattern.replace(/\$\{[^}]*\}/g, '*');

const strings = (value: unknown): string[] => [value].flat().map(String);
