import { AwsError, notImplemented } from '../../../core/aws-error';
import { parseOperator } from './conditions';
import { type HonoursKey, unhonouredKey } from './honoured-keys';

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

/** Identity policies say on what, trust policies who, resource policies both. `managed` is an identity policy too. */
export type PolicyKind = 'identity' | 'managed' | 'trust' | 'resource';

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
 * The policy in `text`. Throws `MalformedPolicyDocument` for what IAM would refuse, and `NotImplemented` for a condition
 * key that could not be judged.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */
export function parsePolicy(text: string, kind: PolicyKind, honours: HonoursKey): PolicyDocument {
  const document = readDocument(text);
  if (kind === 'managed' && document.Version !== '2012-10-17') {
    throw malformed('Policy document must be version 2012-10-17 or greater.');
  }
  const statements = statementsOf(document);
  for (const statement of statements) {
    checkStatement(statement, kind);
    const key = unhonouredKey(statement, honours);
    if (key !== undefined) throw notImplemented(`The condition key ${key} in a policy`);
  }
  const sids = statements.map(({ Sid }) => Sid).filter((sid) => sid !== undefined && sid !== '');
  if (new Set(sids).size < sids.length) {
    throw malformed('Statement IDs (SID) in a single policy must be unique.');
  }
  return document;
}

function readDocument(text: string): PolicyDocument {
  let document: PolicyDocument;
  try {
    document = JSON.parse(text) as PolicyDocument;
  } catch {
    throw malformed(SYNTAX);
  }
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw malformed(SYNTAX);
  if (document.Statement === undefined || Object.keys(document).some((name) => !TOP_ELEMENTS.includes(name))) {
    throw malformed(SYNTAX);
  }
  if (document.Version !== undefined && !['2012-10-17', '2008-10-17'].includes(document.Version)) {
    throw malformed(SYNTAX);
  }
  return document;
}

const SYNTAX = 'Syntax errors in policy.';
const TOP_ELEMENTS = ['Version', 'Id', 'Statement'];

function checkStatement(statement: Statement, kind: PolicyKind): void {
  if (typeof statement !== 'object' || statement === null) throw malformed(SYNTAX);
  for (const element of Object.keys(statement)) {
    if (!ELEMENTS.includes(element)) throw malformed(SYNTAX);
  }
  const { Effect, Action, NotAction, Resource, NotResource, Principal, NotPrincipal, Condition } = statement;
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(SYNTAX);
  if (Action !== undefined && NotAction !== undefined) throw malformed(SYNTAX);
  if (Resource !== undefined && NotResource !== undefined) throw malformed(SYNTAX);
  if (Principal !== undefined && NotPrincipal !== undefined) throw malformed(SYNTAX);
  const actions = texts(Action ?? NotAction);
  if (actions.length === 0) throw malformed('Policy statement must contain actions.');
  for (const action of actions) checkAction(action);
  checkCondition(Condition);
  const hasPrincipal = Principal !== undefined || NotPrincipal !== undefined;
  const resources = texts(Resource ?? NotResource);
  switch (kind) {
    case 'trust':
      if (resources.length > 0) throw malformed('Has prohibited field Resource');
      if (!hasPrincipal) throw malformed('Missing required field Principal');
      for (const action of actions) {
        if (action !== '*' && !/^sts:/i.test(action)) {
          throw malformed('AssumeRole policy may only specify STS AssumeRole actions.');
        }
      }
      return;
    case 'resource':
      if (!hasPrincipal) throw malformed('Missing required field Principal');
      return;
    default:
      if (hasPrincipal) throw malformed('Policy document should not specify a principal.');
      if (resources.length === 0) throw malformed('Policy statement must contain resources.');
      for (const resource of resources) checkResource(resource);
  }
}

function checkAction(action: string): void {
  const [vendor = '', ...name] = action.split(':');
  if (action === '*') return;
  if (name.length === 0) {
    throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
  }
  if (name.length > 1) throw malformed('Actions/Condition can contain only one colon.');
  if (/[^a-zA-Z0-9.-]/.test(vendor)) throw malformed(`Vendor ${vendor} is not valid`);
}

/** An ARN whose partition and service are named, wildcards elsewhere. */
function checkResource(resource: string): void {
  if (resource === '*') return;
  const [scheme, partition = '', service] = resource.split(':');
  if (scheme !== 'arn' || !resource.includes(':')) {
    throw malformed(`Resource ${resource} must be in ARN format or "*".`);
  }
  if (partition !== '*' && !/^aws(-[a-z]+)*$/.test(partition) && !partition.includes('${')) {
    throw malformed(`Partition "${partition}" is not valid for resource "${resource}".`);
  }
  if (service === undefined || service === '') {
    throw malformed('Resource vendor must be fully qualified and cannot contain regexes.');
  }
}

function checkCondition(condition: Statement['Condition']): void {
  if (condition === undefined) return;
  if (typeof condition !== 'object' || condition === null) throw malformed(SYNTAX);
  for (const [operator, keys] of Object.entries(condition)) {
    if (!parseOperator(operator)) throw malformed(`Invalid Condition type : ${operator}`);
    if (typeof keys !== 'object' || keys === null) throw malformed(SYNTAX);
    for (const key of Object.keys(keys)) {
      if (!key.includes(':')) {
        throw malformed('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.');
      }
    }
  }
}

/** A text or a list of texts, as the grammar wants them. */
function texts(element: unknown): string[] {
  if (element === undefined) return [];
  const listed = [element].flat();
  if (!listed.every((one) => typeof one === 'string')) throw malformed(SYNTAX);
  return listed;
}

const malformed = (message: string) => new AwsError('MalformedPolicyDocument', message);
