import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Access, Principal } from '../../../localstack/cloud/core/service';
import { compilePolicy, type Decision, decide } from '../../../localstack/cloud/services/iam/policy/compile';
import { evaluate, type Outcome } from '../../../localstack/cloud/services/iam/policy/evaluate';
import { ACCOUNT, DIRECT, NOBODY, ROLE } from '../../../localstack/cloud/services/iam/policy/principals';
import { conditionKeys } from '../../../localstack/cloud/services/iam/policy/request-context';

const none: Decision = { effect: 'none', naming: NOBODY, fixed: true };
const allow: Decision = { effect: 'allow', naming: DIRECT, fixed: true };
const deny: Decision = { effect: 'deny', naming: NOBODY, fixed: true };
const toRole: Decision = { effect: 'allow', naming: ROLE, fixed: true };
const toAccount: Decision = { effect: 'allow', naming: ACCOUNT, fixed: true };

type Policies = {
  identity?: Decision;
  resource?: Decision;
  boundary?: Decision;
  session?: Decision;
  crossAccount?: boolean;
  needsResourcePolicy?: boolean;
  kind?: Principal['kind'];
};

function outcome({ identity = none, kind = 'role', crossAccount, needsResourcePolicy, ...others }: Policies): string {
  const opinions = { resource: undefined, boundary: undefined, session: undefined, ...others, identity };
  const told: Outcome = evaluate(opinions, {
    kind,
    crossAccount: crossAccount === true,
    needsResourcePolicy: needsResourcePolicy === true,
  });
  if (told.allowed) return 'allowed';
  return `${told.explicit ? 'denied by' : 'missing in'} ${told.by}`;
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html and the pages below it.
describe('a role', () => {
  test.each<[string, Policies, string]>([
    ['may do nothing by itself', {}, 'missing in identity-based policy'],
    ['may do what its policies allow', { identity: allow }, 'allowed'],
    ['may not when one of them denies', { identity: deny }, 'denied by identity-based policy'],
    ['is stopped by its boundary', { identity: allow, boundary: none }, 'missing in permissions boundary'],
    ['gets nothing from its boundary', { boundary: allow }, 'missing in identity-based policy'],
    ['is denied by its boundary', { identity: allow, boundary: deny }, 'denied by permissions boundary'],
    ['is stopped by a session policy', { identity: allow, session: none }, 'missing in session policy'],
    ['gets nothing from a session policy', { session: allow }, 'missing in identity-based policy'],
    ['is denied by a session policy', { identity: allow, session: deny }, 'denied by session policy'],
    ['needs all of them', { identity: allow, boundary: allow, session: allow }, 'allowed'],
  ])('%s', (_name, policies, expected) => expect(outcome(policies)).toBe(expected));
});

describe('the policy of a resource in the same account', () => {
  test.each<[string, Policies, string]>([
    ['that names the role needs no other', { resource: toRole }, 'allowed'],
    ['that names the session needs no other', { resource: allow }, 'allowed'],
    ['that names the account leaves it to the role', { resource: toAccount }, 'missing in identity-based policy'],
    ['that names the account lets it, then', { resource: toAccount, identity: allow }, 'allowed'],
    ['denies what the role may', { resource: deny, identity: allow }, 'denied by resource-based policy'],
    ['is nothing against a denial', { resource: allow, identity: deny }, 'denied by identity-based policy'],
    ['for a role stays within its boundary', { resource: toRole, boundary: none }, 'missing in permissions boundary'],
    ['for a role stays within session policies', { resource: toRole, session: none }, 'missing in session policy'],
    ['for a session goes beyond both', { resource: allow, boundary: none, session: none }, 'allowed'],
    ['for a session not beyond a denial', { resource: allow, session: deny }, 'denied by session policy'],
    ['that says nothing changes nothing', { resource: none, identity: allow }, 'allowed'],
  ])('%s', (_name, policies, expected) => expect(outcome(policies)).toBe(expected));
});

describe('keys of KMS and roles to assume', () => {
  test.each<[string, Policies, string]>([
    ['need the consent of their own policy', { identity: allow }, 'missing in resource-based policy'],
    ['may give it to the role', { resource: toRole }, 'allowed'],
    ['may leave it to the account', { resource: toAccount, identity: allow }, 'allowed'],
    ['leave it to no role without a policy', { resource: toAccount }, 'missing in identity-based policy'],
    ['bind root too', { kind: 'root' }, 'missing in resource-based policy'],
  ])('%s', (_name, policies, expected) => expect(outcome({ ...policies, needsResourcePolicy: true })).toBe(expected));
});

describe('across accounts', () => {
  test.each<[string, Policies, string]>([
    ['the other side has to allow it', { identity: allow }, 'missing in resource-based policy'],
    ['both sides have to', { resource: allow }, 'missing in identity-based policy'],
    ['it goes when both do', { resource: toAccount, identity: allow }, 'allowed'],
    ['boundaries hold', { resource: allow, identity: allow, boundary: none }, 'missing in permissions boundary'],
    ['root needs the other side', { kind: 'root' }, 'missing in resource-based policy'],
  ])('%s', (_name, policies, expected) => expect(outcome({ ...policies, crossAccount: true })).toBe(expected));
});

describe('root and services', () => {
  test.each<[string, Policies, string]>([
    ['root may do anything', { kind: 'root' }, 'allowed'],
    ['but what a resource denies', { kind: 'root', resource: deny }, 'denied by resource-based policy'],
    ['a service needs the resource to allow it', { kind: 'service' }, 'missing in resource-based policy'],
    ['a service that is allowed', { kind: 'service', resource: allow }, 'allowed'],
  ])('%s', (_name, policies, expected) => expect(outcome(policies)).toBe(expected));
});

/** How AWS's user guide says it, one sentence after the other, for identity policies: an oracle to compare with. */
function oracle(statements: readonly Plain[], { action, resource, team }: Request): 'allow' | 'deny' | 'none' {
  const applies = (one: Plain): boolean => {
    const inActions = one.actions.some((pattern) => matches(pattern.toLowerCase(), action.toLowerCase()));
    const inResources = one.resources.some((pattern) => matches(pattern, resource));
    if (inActions === one.notAction || inResources === one.notResource) return false;
    if (one.team === undefined) return true;
    if (team === undefined) return one.operator === 'StringNotEquals' || one.operator === 'StringEqualsIfExists';
    return (one.operator === 'StringNotEquals') !== (team === one.team);
  };
  if (statements.some((one) => one.effect === 'Deny' && applies(one))) return 'deny';
  return statements.some((one) => one.effect === 'Allow' && applies(one)) ? 'allow' : 'none';
}

/** Wildcards, character by character. */
function matches(pattern: string, text: string): boolean {
  if (pattern === '') return text === '';
  if (pattern[0] === '*') return matches(pattern.slice(1), text) || (text !== '' && matches(pattern, text.slice(1)));
  return text !== '' && (pattern[0] === '?' || pattern[0] === text[0]) && matches(pattern.slice(1), text.slice(1));
}

type Plain = {
  effect: 'Allow' | 'Deny';
  actions: string[];
  notAction: boolean;
  resources: string[];
  notResource: boolean;
  operator: 'StringEquals' | 'StringNotEquals' | 'StringEqualsIfExists';
  team: string | undefined;
};
type Request = { action: string; resource: string; team: string | undefined };

const PREFIX = 'arn:aws:sqs:us-east-1:000000000000:';
const team = fc.option(fc.constantFrom('red', 'blue'), { nil: undefined });
const plain: fc.Arbitrary<Plain> = fc.record({
  effect: fc.constantFrom('Allow', 'Allow', 'Deny'),
  actions: fc.array(fc.constantFrom('*', 'sqs:*', 'sqs:Send*', 'SQS:sendmessage', 'sqs:?e*e', 's3:*'), {
    minLength: 1,
    maxLength: 2,
  }),
  notAction: fc.boolean(),
  resources: fc.array(fc.constantFrom('*', `${PREFIX}*`, `${PREFIX}a?`, `${PREFIX}ab`, `${PREFIX}A*`), {
    minLength: 1,
    maxLength: 2,
  }),
  notResource: fc.boolean(),
  operator: fc.constantFrom('StringEquals', 'StringNotEquals', 'StringEqualsIfExists'),
  team,
});
const request: fc.Arbitrary<Request> = fc.record({
  action: fc.constantFrom('sqs:SendMessage', 'sqs:DeleteQueue', 's3:GetObject'),
  resource: fc.constantFrom('ab', 'aB', 'Ab', 'abc').map((name) => PREFIX + name),
  team,
});

test('any policy says what the oracle says', () => {
  fc.assert(
    fc.property(fc.array(plain, { maxLength: 4 }), request, (statements, asked) => {
      const Statement = statements.map((one) => ({
        Effect: one.effect,
        [one.notAction ? 'NotAction' : 'Action']: one.actions,
        [one.notResource ? 'NotResource' : 'Resource']: one.resources,
        ...(one.team !== undefined && { Condition: { [one.operator]: { 'aws:PrincipalTag/Team': one.team } } }),
      }));
      const roleArn = 'arn:aws:iam::000000000000:role/r';
      const role: Principal = { kind: 'role', roleArn, arn: 'arn:aws:sts::000000000000:assumed-role/r/s' };
      const access: Access = { action: asked.action, resource: asked.resource };
      const keys = conditionKeys(role, access, 0, asked.team === undefined ? {} : { roleTags: { team: asked.team } });
      const { effect } = decide(
        [compilePolicy({ Version: '2012-10-17', Statement })],
        access.action,
        access.resource,
        keys,
      );
      expect(effect).toBe(oracle(statements, asked));
    }),
    { numRuns: 1_000 },
  );
});
