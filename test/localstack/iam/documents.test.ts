import { describe, expect, test } from '@jest/globals';
import { type PolicyKind, parsePolicy } from '../../../localstack/cloud/services/iam/policy/document';

const statement = { Effect: 'Allow', Action: 'sqs:*', Resource: '*' };
const refusalOf = (Statement: unknown, kind: PolicyKind = 'identity', more: object = { Version: '2012-10-17' }) => {
  try {
    parsePolicy(JSON.stringify({ ...more, Statement }), kind, (key) => key !== 'aws:ResourceTag/Team');
    return undefined;
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return `${code}: ${message}`;
  }
};

// The words are IAM's own.
describe('a malformed policy', () => {
  test.each<[string, unknown, string]>([
    ['an effect that is none', { ...statement, Effect: 'Perhaps' }, 'Syntax errors in policy.'],
    ['an element that is none', { ...statement, Actions: [] }, 'Syntax errors in policy.'],
    ['Action and NotAction', { ...statement, NotAction: 's3:*' }, 'Syntax errors in policy.'],
    ['Resource and NotResource', { ...statement, NotResource: '*' }, 'Syntax errors in policy.'],
    ['no action', { Effect: 'Allow', Resource: '*' }, 'Policy statement must contain actions.'],
    ['no resource', { Effect: 'Allow', Action: 'sqs:*' }, 'Policy statement must contain resources.'],
    [
      'an action without its service',
      { ...statement, Action: 'SendMessage' },
      'Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.',
    ],
    ['an action with two colons', { ...statement, Action: 'a:b:c' }, 'Actions/Condition can contain only one colon.'],
    ['a service that is none', { ...statement, Action: 's*:x' }, 'Vendor s* is not valid'],
    [
      'a resource that is no ARN',
      { ...statement, Resource: 'my-queue' },
      'Resource my-queue must be in ARN format or "*".',
    ],
    [
      'a partition that is none',
      { ...statement, Resource: 'arn:azure:sqs:::q' },
      'Partition "azure" is not valid for resource "arn:azure:sqs:::q".',
    ],
    [
      'an ARN of no service',
      { ...statement, Resource: 'arn:aws' },
      'Resource vendor must be fully qualified and cannot contain regexes.',
    ],
    [
      'an operator that is none',
      { ...statement, Condition: { StringSounds: { 'aws:userid': 'a' } } },
      'Invalid Condition type : StringSounds',
    ],
    [
      'NullIfExists',
      { ...statement, Condition: { NullIfExists: { 'aws:userid': 'true' } } },
      'Invalid Condition type : NullIfExists',
    ],
    ['a principal', { ...statement, Principal: '*' }, 'Policy document should not specify a principal.'],
    [
      'one Sid twice',
      [
        { ...statement, Sid: 'a' },
        { ...statement, Sid: 'a' },
      ],
      'Statement IDs (SID) in a single policy must be unique.',
    ],
  ])('%s', (_name, Statement, message) => {
    expect(refusalOf(Statement)).toBe(`MalformedPolicyDocument: ${message}`);
  });

  test.each<[string, unknown, PolicyKind, object, string]>([
    ['an old version of a managed policy', statement, 'managed', {}, 'must be version 2012-10-17 or greater.'],
    ['a version that is none', statement, 'identity', { Version: '2020-01-01' }, 'Syntax errors in policy.'],
    ['an element that is none', statement, 'identity', { Comment: 'x' }, 'Syntax errors in policy.'],
    ['a trust policy with a resource', { ...statement, Principal: '*' }, 'trust', {}, 'Has prohibited field Resource'],
    [
      'a trust policy for nobody',
      { Effect: 'Allow', Action: 'sts:*' },
      'trust',
      {},
      'Missing required field Principal',
    ],
    [
      'a trust policy for something else',
      { Effect: 'Allow', Action: 'sqs:*', Principal: '*' },
      'trust',
      {},
      'AssumeRole policy may only specify STS AssumeRole actions.',
    ],
    ['the policy of a resource for nobody', statement, 'resource', {}, 'Missing required field Principal'],
  ])('%s', (_name, Statement, kind, more, message) => {
    expect(refusalOf(Statement, kind, more)).toContain(message);
  });
});

test('what is right passes', () => {
  expect(refusalOf(statement)).toBeUndefined();
  expect(refusalOf({ ...statement, Principal: '*' }, 'resource')).toBeUndefined();
  expect(refusalOf({ Effect: 'Allow', Action: 'sts:AssumeRole', Principal: '*' }, 'trust')).toBeUndefined();
});

test('a condition key that could not be judged is refused by name, in conditions and in variables', () => {
  const refused =
    'NotImplemented: The condition key aws:ResourceTag/Team in a policy is not implemented by the local cloud (docs/parity.md lists what is).';
  expect(refusalOf({ ...statement, Condition: { StringEquals: { 'aws:ResourceTag/Team': 'a' } } })).toBe(refused);
  const variable = `arn:aws:sqs:*:*:${'$'}{aws:ResourceTag/Team}`;
  expect(refusalOf({ ...statement, Resource: variable })).toBe(refused);
});
