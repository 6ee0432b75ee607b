import { describe, expect, test } from '@jest/globals';
import {
  type ParameterValue,
  parameterValues,
  referenceValue,
} from '../../../../localstack/cloud/services/cloudformation/template/parameters';
import type { Template } from '../../../../localstack/cloud/services/cloudformation/template/template';

const STORED: Readonly<Record<string, { type: string; value: string }>> = {
  '/there': { type: 'String', value: 'value' },
  '/there:2': { type: 'String', value: 'second' },
  '/list': { type: 'StringList', value: 'a, b' },
  '/secret': { type: 'SecureString', value: 'x' },
};
const store = {
  read: async (name: string) => STORED[name],
  lookUp: async ({ text }: { text: string }) => `value of ${text}`,
};
const values = (
  Parameters: NonNullable<Template['Parameters']>,
  given: readonly { ParameterKey: string; ParameterValue?: string; UsePreviousValue?: boolean }[] = [],
  previous: readonly ParameterValue[] = [],
) => parameterValues({ Parameters, Resources: {} }, given, previous, store);
const one = (declared: object, value?: string) =>
  values(
    { P: { Type: 'String', ...declared } },
    value === undefined ? [] : [{ ParameterKey: 'P', ParameterValue: value }],
  );

describe('parameters', () => {
  test('have defaults, and keep secrets apart', async () => {
    const given = [{ ParameterKey: 'B', ParameterValue: 'x' }];
    expect(await values({ A: { Type: 'Number', Default: 1 }, B: { Type: 'String', NoEcho: true } }, given)).toEqual([
      { key: 'A', value: '1' },
      { key: 'B', value: 'x', noEcho: true },
    ]);
  });

  test('may keep the value that they had', async () => {
    const declared = { P: { Type: 'String' } };
    const keep = [{ ParameterKey: 'P', UsePreviousValue: true }];
    expect(await values(declared, keep, [{ key: 'P', value: 'old' }])).toEqual([{ key: 'P', value: 'old' }]);
    await expect(values(declared, keep)).rejects.toThrow(
      'Invalid input for parameter key P. Cannot specify usePreviousValue as true for a parameter key not in the previous template',
    );
    await expect(values(declared, [{ ...keep[0]!, ParameterValue: 'x' }], [])).rejects.toThrow(
      'Cannot specify usePreviousValue as true and non empty value for a parameter',
    );
  });

  test('of the store are read again with every deployment, by name or by name and version', async () => {
    const type = { Type: 'AWS::SSM::Parameter::Value<String>' };
    expect(await one(type, '/there')).toEqual([{ key: 'P', value: '/there', resolved: 'value' }]);
    expect(await one(type, '/there:2')).toEqual([{ key: 'P', value: '/there:2', resolved: 'second' }]);
    const kept = [{ ParameterKey: 'P', UsePreviousValue: true }];
    const before = [{ key: 'P', value: '/there', resolved: 'old' }];
    expect(await values({ P: type }, kept, before)).toEqual([{ key: 'P', value: '/there', resolved: 'value' }]);
  });

  test('are lists where their type says so', async () => {
    const list = async (Type: string, value: string) => {
      const [found] = await one({ Type }, value);
      return referenceValue({ Type }, found!);
    };
    expect(await list('CommaDelimitedList', 'a, b,,c')).toEqual(['a', 'b', '', 'c']);
    expect(await list('List<Number>', '80,443')).toEqual(['80', '443']);
    expect(await list('AWS::SSM::Parameter::Value<List<String>>', '/list')).toEqual(['a', 'b']);
    expect(await list('String', 'a,b')).toBe('a,b');
  });

  test('may refer to a version of a parameter of the store', async () => {
    expect(await one({ Default: 'x-{{resolve:ssm:/there:1}}' })).toEqual([
      { key: 'P', value: 'x-{{resolve:ssm:/there:1}}', resolved: 'x-value of {{resolve:ssm:/there:1}}' },
    ]);
    await expect(one({}, '{{resolve:ssm:/there}}')).rejects.toThrow('parameter P should not contain ssm versionless');
  });

  test('that the template does not have, and those that have no value, are all named', async () => {
    const given = ['X', 'Y'].map((ParameterKey) => ({ ParameterKey, ParameterValue: '1' }));
    await expect(values({}, given)).rejects.toThrow('Parameters: [X, Y] do not exist in the template');
    await expect(values({ A: { Type: 'String' }, B: { Type: 'String' } })).rejects.toThrow(
      'Parameters: [A, B] must have values',
    );
  });

  test.each<[object, string, string]>([
    [{ AllowedValues: ['a', 'b'] }, 'c', "Parameter 'P' must be one of AllowedValues"],
    [{ Type: 'CommaDelimitedList', AllowedValues: ['a', 'b'] }, 'a,c', "Parameter 'P' must be one of AllowedValues"],
    [{ AllowedPattern: '[a-z]+' }, 'A', "Parameter 'P' must match pattern [a-z]+"],
    [
      { AllowedPattern: '[a-z]+', ConstraintDescription: 'small letters' },
      'A',
      'Parameter P failed to satisfy constraint: small letters',
    ],
    [{ MinLength: 2 }, 'a', "Parameter 'P' must contain at least 2 characters"],
    [{ MaxLength: '2' }, 'abc', "Parameter 'P' must contain at most 2 characters"],
    [{ Type: 'Number' }, 'a', "Parameter 'P' must be a number."],
    [{ Type: 'List<Number>' }, '1,a', "Parameter 'P' must be a number."],
    [{ Type: 'Number', MaxValue: 5 }, '6', "Parameter 'P' must be a number not greater than 5"],
    [{ Type: 'Number', MinValue: 5 }, '4', "Parameter 'P' must be a number not less than 5"],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      '/gone',
      'Unable to fetch parameters [/gone] from parameter store for this account.',
    ],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>', AllowedPattern: 'value' },
      '/there',
      "Parameter 'P' must match pattern value",
    ],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      '/list',
      'Types for SSM parameters [/list] defined in CFN template and SSM are incompatible',
    ],
    [
      { Type: 'AWS::SSM::Parameter::Value<List<String>>' },
      '/there',
      'Types for SSM parameters [/there] defined in CFN template and SSM are incompatible',
    ],
    [
      { Type: 'AWS::SSM::Parameter::Value<String>' },
      '/secret',
      'Parameters [/secret] referenced by template have types not supported by CloudFormation.',
    ],
    [
      { Type: 'AWS::SSM::Parameter::Name' },
      '/gone',
      'Parameter validation failed: parameter value /gone for parameter name P does not exist.',
    ],
    [
      { Type: 'AWS::EC2::VPC::Id' },
      'vpc',
      'The parameter type AWS::EC2::VPC::Id (P) is not implemented by the local cloud',
    ],
  ])('%j refuses %s', async (declared, value, message) => {
    await expect(one(declared, value)).rejects.toThrow(message);
  });
});
