import { AwsError, refuseUnknown } from '../../../core/aws-error';
import type { Operation } from '../../../core/service';
import type { FunctionRecord, PolicyStatement } from '../function-record';
import type { Functions } from '../functions';
import { constraint, resourceConflict, resourceNotFound } from './errors';
import { checkRevision } from './revision';

/** The resource policy of a function: who besides its account's own roles may invoke it. */
export function permissionOperations(functions: Functions): Record<string, Operation> {
  return {
    AddPermission: (input, call) => {
      refuseUnknown('AddPermission', input, [
        'FunctionName',
        'StatementId',
        'Action',
        'Principal',
        'SourceArn',
        'SourceAccount',
        'PrincipalOrgID',
        'Qualifier',
        'RevisionId',
        'FunctionUrlAuthType',
        'InvokedViaFunctionUrl',
      ]);
      const { record, config, qualifier, arn } = functions.resolve(input.FunctionName, call, input.Qualifier);
      checkRevision(config, input.RevisionId);
      if (!/^[\w-]{1,100}$/.test(input.StatementId ?? '')) {
        throw constraint(
          input.StatementId,
          'statementId',
          'Member must satisfy regular expression pattern: ([a-zA-Z0-9-_]+)',
        );
      }
      if (!/^(lambda:[*a-zA-Z]+|\*)$/.test(input.Action ?? '')) {
        throw constraint(
          input.Action,
          'action',
          'Member must satisfy regular expression pattern: (lambda:[*]|lambda:[a-zA-Z]+|[*])',
        );
      }
      const statements = record.policies[qualifier] ?? [];
      if (statements.some(({ Sid }) => Sid === input.StatementId)) {
        throw resourceConflict(
          `The statement id (${input.StatementId}) provided already exists. Please provide a new statement id, or remove the existing statement.`,
        );
      }
      const statement = statementOf(input, arn);
      functions.set({ ...record, policies: { ...record.policies, [qualifier]: [...statements, statement] } });
      return { Statement: JSON.stringify(statement) };
    },
    RemovePermission: (input, call) => {
      refuseUnknown('RemovePermission', input, ['FunctionName', 'StatementId', 'Qualifier', 'RevisionId']);
      const { record, config, qualifier } = functions.resolve(input.FunctionName, call, input.Qualifier);
      checkRevision(config, input.RevisionId);
      const statements = record.policies[qualifier] ?? [];
      const kept = statements.filter(({ Sid }) => Sid !== input.StatementId);
      if (kept.length === statements.length) {
        throw resourceNotFound(`Statement ${input.StatementId} is not found in resource policy.`);
      }
      functions.set({ ...record, policies: { ...record.policies, [qualifier]: kept } });
    },
    GetPolicy: (input, call) => {
      refuseUnknown('GetPolicy', input, ['FunctionName', 'Qualifier']);
      const { record, config, qualifier } = functions.resolve(input.FunctionName, call, input.Qualifier);
      const policy = policyOf(record, qualifier);
      if (!policy) throw resourceNotFound('The resource you requested does not exist.');
      return { Policy: JSON.stringify(policy), RevisionId: config.revisionId };
    },
  };
}

/** By their statements, so that a policy is the same object as long as they are. */
const documents = new WeakMap<readonly PolicyStatement[], object>();

/** The policy document; undefined when there are no statements. */
export function policyOf(record: FunctionRecord, qualifier: string): object | undefined {
  const statements = record.policies[qualifier] ?? [];
  if (statements.length === 0) return undefined;
  let document = documents.get(statements);
  if (!document) {
    document = { Version: '2012-10-17', Id: 'default', Statement: statements };
    documents.set(statements, document);
  }
  return document;
}

function statementOf(input: Record<string, string | boolean>, resource: string): PolicyStatement {
  const conditions: Record<string, Record<string, string>> = {};
  const add = (operator: string, key: string, value: unknown) => {
    if (value !== undefined) conditions[operator] = { ...conditions[operator], [key]: String(value) };
  };
  add('StringEquals', 'lambda:FunctionUrlAuthType', input.FunctionUrlAuthType);
  add('StringEquals', 'AWS:SourceAccount', input.SourceAccount);
  add('StringEquals', 'aws:PrincipalOrgID', input.PrincipalOrgID);
  add('ArnLike', 'AWS:SourceArn', input.SourceArn);
  add('Bool', 'lambda:InvokedViaFunctionUrl', input.InvokedViaFunctionUrl);
  return {
    Sid: String(input.StatementId),
    Effect: 'Allow',
    Principal: principalOf(String(input.Principal ?? '')),
    Action: String(input.Action),
    Resource: resource,
    ...(Object.keys(conditions).length > 0 ? { Condition: conditions } : {}),
  };
}

function principalOf(text: string): PolicyStatement['Principal'] {
  if (text === '*') return '*';
  if (/^\d{12}$/.test(text)) return { AWS: `arn:aws:iam::${text}:root` };
  if (text.startsWith('arn:')) return { AWS: text };
  if (/^[\w.-]+\.(amazonaws\.com(\.cn)?|amazon\.com)$/.test(text)) return { Service: text };
  throw new AwsError(
    'InvalidParameterValueException',
    'The provided principal was invalid. Please check the principal and try again.',
    {
      fields: { Type: 'User' },
    },
  );
}
