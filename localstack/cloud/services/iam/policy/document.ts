import { AwsError } from '../../../core/aws-error';
import { parseOperator } from './conditions';

export type Statement = {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action?: unknown;
  readonly NotAction?: unknown;
  readonly Resource?: unknown;
  readonly NotResource?: unknown;
  readonly Principal?: unknown;
  readonly NotPrincipal?: unknown;
  readonly Condition?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
};

export type PolicyDocument = { readonly Version?: string; readonly Id?: string; readonly Statement: unknown };

const ELEMENTS = [
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
];

export const statementsOf = (document: PolicyDocument): Statement[] => [document.Statement].flat() as Statement[];

/**
 * The policy in `text`. Throws `MalformedPolicyDocument` for what IAM would refuse, and for what could not be judged.
 * An identity policy says on what; a trust policy says who.
 */
export function parsePolicy(text: string, kind: 'identity' | 'trust'): PolicyDocument {
  let document: PolicyDocument;
  try {
    document = JSON.parse(text) as PolicyDocument;
  } catch {
    throw malformed('Syntax errors in policy.');
  }
  if (typeof document !== 'object' || document === null || document.Statement === undefined) {
    throw malformed('Syntax errors in policy.');
  }
  if (document.Version !== undefined && !['2012-10-17', '2008-10-17'].includes(document.Version)) {
    throw malformed('Syntax errors in policy.');
  }
  for (const statement of statementsOf(document)) checkStatement(statement, kind);
  return document;
}

function checkStatement(statement: Statement, kind: 'identity' | 'trust'): void {
  if (typeof statement !== 'object' || statement === null) throw malformed('Syntax errors in policy.');
  for (const element of Object.keys(statement)) {
    if (!ELEMENTS.includes(element)) throw malformed(`Syntax errors in policy. (unknown element ${element})`);
  }
  if (statement.Effect !== 'Allow' && statement.Effect !== 'Deny') throw malformed('Syntax errors in policy.');
  if ((statement.Action === undefined) === (statement.NotAction === undefined)) {
    throw malformed('Policy statement must contain actions.');
  }
  for (const action of [statement.Action ?? statement.NotAction].flat()) {
    if (typeof action !== 'string' || !/^(\*|[\w-]+:.+)$/.test(action)) {
      throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
    }
  }
  const hasPrincipal = statement.Principal !== undefined || statement.NotPrincipal !== undefined;
  const hasResource = statement.Resource !== undefined || statement.NotResource !== undefined;
  if (kind === 'identity' && hasPrincipal) throw malformed('Policy document should not specify a principal.');
  if (kind === 'identity' && !hasResource) throw malformed('Policy statement must contain resources.');
  if (kind === 'trust' && hasResource) throw malformed('Has prohibited field Resource');
  if (kind === 'trust' && !hasPrincipal) throw malformed('Missing required field Principal');
  for (const operator of Object.keys(statement.Condition ?? {})) {
    if (!parseOperator(operator)) throw malformed(`Invalid Condition type : ${operator}`);
  }
}

const malformed = (message: string) => new AwsError('MalformedPolicyDocument', message);
