import { StackScope } from '../../../../localstack/cloud/services/cloudformation/stacks/stack-scope';
import type { Template } from '../../../../localstack/cloud/services/cloudformation/template/template';

/** A variable in `Fn::Sub`. */
export const use = (name: string) => `\${${name}}`;

export const TEMPLATE: Template = {
  Parameters: {
    Stage: { Type: 'String' },
    Count: { Type: 'Number' },
    Zones: { Type: 'CommaDelimitedList' },
    Key: { Type: 'String' },
  },
  Mappings: { Sizes: { prod: { memory: 1024, name: 'big', zones: ['x', 'y'] }, dev: { memory: 128 } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    NotProd: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'NotProd' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'NotProd' }] },
    One: { 'Fn::Equals': [1, { Ref: 'Count' }] },
  },
  Resources: { Table: { Type: 'T' }, Future: { Type: 'T' } },
};

/** A scope in which the resource `Table` is there, and `Future` is not. */
export const testScope = (options: { template?: Template; stage?: string; region?: string } = {}): StackScope =>
  new StackScope({
    template: options.template ?? TEMPLATE,
    stack: { id: 'arn:stack', name: 'shop', account: '000000000000', region: options.region ?? 'eu-west-1' },
    parameters: [
      { key: 'Stage', value: options.stage ?? 'prod' },
      { key: 'Count', value: '1' },
      { key: 'Zones', value: 'a, b' },
      { key: 'Key', value: 'Arn' },
    ],
    resource: (id) =>
      id === 'Table'
        ? { physicalId: 'table-1', attributes: { Arn: 'arn:table-1', Endpoint: { Port: 80 }, 'A.B': 'flat' } }
        : undefined,
    exportValue: (name) => (name === 'bus' ? 'orders' : undefined),
    outputsOf: () => undefined,
  });
