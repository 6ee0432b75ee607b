import { describe, expect, test } from '@jest/globals';
import type { Access, Principal } from '../../../localstack/cloud/core/service';
import { compilePolicy, decide } from '../../../localstack/cloud/services/iam/policy/compile';
import { conditionKeys } from '../../../localstack/cloud/services/iam/policy/request-context';

const role = {
  kind: 'role' as const,
  roleArn: 'arn:aws:iam::000000000000:role/worker',
  arn: 'arn:aws:sts::000000000000:assumed-role/worker/session',
} satisfies Principal;
const variable = (name: string) => `\${${name}}`;
const tableOf = (account: string) => `arn:aws:dynamodb:us-east-1:${account}:table/Events`;
const NOW = Date.parse('2026-06-01T00:00:00Z');

function effect(statements: object[], access: Access, principal: Principal = role): string {
  const policy = compilePolicy({ Version: '2012-10-17', Statement: statements });
  const keys = conditionKeys(principal, access, NOW);
  return decide([policy], access.action, access.resource, keys, principal).effect;
}
const allow = (rest: object) => ({ Effect: 'Allow', Action: '*', Resource: '*', ...rest });
const put: Access = { action: 'dynamodb:PutItem', resource: 'arn:aws:dynamodb:us-east-1:000000000000:table/Events' };
const withKeys = (context: Access['context']): Access => ({ ...put, ...(context && { context }) });

describe('actions and resources', () => {
  test.each([
    ['dynamodb:PutItem', 'allow'],
    ['DynamoDB:putitem', 'allow'],
    ['dynamodb:Put*', 'allow'],
    ['dynamodb:?utItem', 'allow'],
    ['dynamodb:*', 'allow'],
    ['dynamodb:Put', 'none'],
    ['s3:*', 'none'],
  ])('Action %s: %s', (Action, expected) => {
    expect(effect([allow({ Action })], put)).toBe(expected);
  });

  test.each([
    ['arn:aws:dynamodb:us-east-1:000000000000:table/Events', 'allow'],
    ['arn:aws:dynamodb:*:*:table/Ev*', 'allow'],
    ['arn:aws:dynamodb:us-east-1:000000000000:table/events', 'none'],
    ['arn:aws:dynamodb:us-east-1:000000000000:table/Events/index/*', 'none'],
  ])('Resource %s: %s', (Resource, expected) => {
    expect(effect([allow({ Resource })], put)).toBe(expected);
  });

  test('NotAction and NotResource take everything else', () => {
    expect(effect([{ Effect: 'Allow', NotAction: 'iam:*', Resource: '*' }], put)).toBe('allow');
    expect(effect([{ Effect: 'Allow', NotAction: 'dynamodb:*', Resource: '*' }], put)).toBe('none');
    expect(effect([{ Effect: 'Allow', Action: '*', NotResource: put.resource }], put)).toBe('none');
  });

  test('Deny beats Allow, in whatever order they stand', () => {
    const deny = { Effect: 'Deny', Action: 'dynamodb:Put*', Resource: '*' };
    expect(effect([allow({}), deny], put)).toBe('deny');
    expect(effect([deny, allow({})], put)).toBe('deny');
  });
});

describe('conditions', () => {
  test.each<[string, object, Access['context'], string]>([
    ['StringEquals fits one of several', { StringEquals: { k: ['a', 'b'] } }, { k: 'b' }, 'allow'],
    ['StringEquals needs the key', { StringEquals: { k: 'a' } }, undefined, 'none'],
    ['keys ignore case, values do not', { StringEquals: { K: 'A' } }, { k: 'a' }, 'none'],
    ['StringEqualsIgnoreCase', { StringEqualsIgnoreCase: { k: 'A' } }, { k: 'a' }, 'allow'],
    ['StringNotEquals holds without the key', { StringNotEquals: { k: 'a' } }, undefined, 'allow'],
    ['StringNotEquals fails for any of several', { StringNotEquals: { k: ['a', 'b'] } }, { k: 'b' }, 'none'],
    ['StringLike', { StringLike: { k: 'or*s' } }, { k: 'orders' }, 'allow'],
    ['StringNotLike', { StringNotLike: { k: 'or*s' } }, { k: 'orders' }, 'none'],
    ['IfExists holds without the key', { StringEqualsIfExists: { k: 'a' } }, undefined, 'allow'],
    ['IfExists judges the key that is there', { StringEqualsIfExists: { k: 'a' } }, { k: 'b' }, 'none'],
    ['Null true means absent', { Null: { k: 'true' } }, undefined, 'allow'],
    ['Null false means present', { Null: { k: 'false' } }, undefined, 'none'],
    ['Bool', { Bool: { k: true } }, { k: 'true' }, 'allow'],
    ['connections count as encrypted', { Bool: { 'aws:SecureTransport': 'false' } }, undefined, 'none'],
    ['NumericLessThan', { NumericLessThan: { k: '10' } }, { k: '9' }, 'allow'],
    ['NumericGreaterThanEquals', { NumericGreaterThanEquals: { k: 10 } }, { k: '9' }, 'none'],
    ['DateLessThan', { DateLessThan: { 'aws:CurrentTime': '2026-07-01T00:00:00Z' } }, undefined, 'allow'],
    ['DateGreaterThan', { DateGreaterThan: { 'aws:CurrentTime': '2026-07-01T00:00:00Z' } }, undefined, 'none'],
    ['IpAddress', { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:SourceIp': '10.2.3.4' }, 'allow'],
    ['NotIpAddress', { NotIpAddress: { 'aws:SourceIp': '10.0.0.0/8' } }, { 'aws:SourceIp': '10.2.3.4' }, 'none'],
    ['IPv6', { IpAddress: { 'aws:SourceIp': '2001:db8::/32' } }, { 'aws:SourceIp': '2001:db8:0:1::5' }, 'allow'],
    [
      'ArnLike',
      { ArnLike: { 'aws:SourceArn': 'arn:aws:events:*:*:rule/bus/*' } },
      { 'aws:SourceArn': 'arn:aws:events:us-east-1:1:rule/bus/r' },
      'allow',
    ],
    [
      'a * in an ARN does not reach over a colon',
      { ArnLike: { k: 'arn:aws:*:rule/r' } },
      { k: 'arn:aws:events:us-east-1:1:rule/r' },
      'none',
    ],
    ['ArnNotEquals', { ArnNotEquals: { 'aws:PrincipalArn': role.roleArn } }, undefined, 'none'],
    ['ForAllValues holds for none', { 'ForAllValues:StringEquals': { k: 'a' } }, undefined, 'allow'],
    ['ForAllValues wants every value', { 'ForAllValues:StringEquals': { k: ['a', 'b'] } }, { k: ['a', 'c'] }, 'none'],
    ['ForAnyValue wants one value', { 'ForAnyValue:StringEquals': { k: ['a', 'b'] } }, { k: ['c', 'a'] }, 'allow'],
    ['ForAnyValue fails for none', { 'ForAnyValue:StringEquals': { k: 'a' } }, undefined, 'none'],
    ['all operators have to hold', { StringEquals: { k: 'a' }, Bool: { b: 'true' } }, { k: 'a', b: 'false' }, 'none'],
    ['an unknown operator never holds', { StringSounds: { k: 'a' } }, { k: 'a' }, 'none'],
    ['variables', { StringEquals: { k: variable('aws:PrincipalAccount') } }, { k: '000000000000' }, 'allow'],
  ])('%s', (_name, Condition, context, expected) => {
    expect(effect([allow({ Condition })], withKeys(context))).toBe(expected);
  });

  test('variables stand in resources too', () => {
    const Resource = tableOf(variable('aws:PrincipalAccount'));
    expect(effect([allow({ Resource })], put)).toBe('allow');
    expect(effect([allow({ Resource: tableOf(variable('aws:username')) })], put)).toBe('none');
  });
});

describe('principals', () => {
  const root: Principal = { kind: 'root', arn: 'arn:aws:iam::000000000000:root' };
  const events: Principal = { kind: 'service', service: 'events.amazonaws.com', arn: 'arn:aws:events' };
  test.each<[string, unknown, Principal, string]>([
    ['everybody', '*', role, 'allow'],
    ['every AWS account is no service', { AWS: '*' }, events, 'none'],
    ['an account by its number', { AWS: '000000000000' }, role, 'allow'],
    ['an account by its root', { AWS: 'arn:aws:iam::000000000000:root' }, root, 'allow'],
    ['another account', { AWS: '111111111111' }, role, 'none'],
    ['a role', { AWS: role.roleArn }, role, 'allow'],
    ['another role', { AWS: 'arn:aws:iam::000000000000:role/other' }, role, 'none'],
    ['a service', { Service: ['sqs.amazonaws.com', 'events.amazonaws.com'] }, events, 'allow'],
    ['another service', { Service: 'sqs.amazonaws.com' }, events, 'none'],
  ])('%s', (_name, Principal, principal, expected) => {
    expect(effect([allow({ Principal })], put, principal)).toBe(expected);
  });

  test('NotPrincipal takes everybody else', () => {
    const deny = { Effect: 'Deny', Action: '*', Resource: '*', NotPrincipal: { AWS: role.roleArn } };
    expect(effect([deny], put, role)).toBe('none');
    expect(effect([deny], put, root)).toBe('deny');
  });
});

test('only decisions that do not depend on the call are fixed', () => {
  const decision = (statements: object[], access = put) =>
    decide(
      [compilePolicy({ Version: '2012-10-17', Statement: statements })],
      access.action,
      access.resource,
      conditionKeys(role, access, NOW),
    ).fixed;
  const conditional = allow({ Condition: { StringEquals: { k: 'a' } } });
  expect(decision([allow({})])).toBe(true);
  expect(decision([allow({}), conditional])).toBe(false);
  expect(decision([allow({}), { ...conditional, Action: 's3:*' }])).toBe(true);
});
