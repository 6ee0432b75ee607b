import type { AccessControl } from '../../core/peers';
import type { Access, Call, CloudContext, Service } from '../../core/service';
import { PolicyJudge } from './access-control';
import { SessionCredentials } from './credentials';
import { managedPolicyOperations } from './managed-policies';
import { parsePolicy } from './policy/document';
import { honouredKeys } from './policy/honoured-keys';
import { rolePolicyOperations } from './role-policies';
import { roleOperations } from './roles';
import { IamState, type ReadPolicy } from './state';

/** IAM: roles, policies, and the judgement of every call that a function makes. */
export function createIam(context: CloudContext): { service: Service & { readonly name: 'iam' }; peer: AccessControl } {
  const state = new IamState(context);
  const credentials = new SessionCredentials(context, state);
  const honours = honouredKeys(context.registry);
  const read: ReadPolicy = (text, kind) => parsePolicy(text, kind, honours);
  const peer = new PolicyJudge(context, state, credentials, honours);
  return {
    peer,
    service: {
      name: 'iam',
      signingNames: ['iam'],
      protocol: {
        kind: 'query',
        apiVersion: '2010-05-08',
        namespace: 'https://iam.amazonaws.com/doc/2010-05-08/',
      },
      operations: {
        ...roleOperations(context, state, read),
        ...rolePolicyOperations(state, read),
        ...managedPolicyOperations(context, state, read),
      },
      access: (operation, input, call) => [accessOf(state, operation, input as Record<string, string>, call)],
      resourcePolicy: (arn, action) => (action.startsWith('sts:') ? state.trustOf(arn) : undefined),
      resourceTags: (arn) => (arn.includes(':role/') ? state.findRole(arn) : state.findPolicy(arn))?.tags,
      conditionKeys: [
        'iam:ResourceTag/*',
        'iam:AWSServiceName',
        'iam:PassedToService',
        'iam:PermissionsBoundary',
        'iam:PolicyARN',
      ],
    },
  };
}

function accessOf(state: IamState, operation: string, input: Record<string, string>, call: Call): Access {
  const action = `iam:${operation}`;
  if (input.RoleName) {
    const resource = state.arnOfRole(call.account, input.RoleName, input.Path);
    return {
      action,
      resource,
      context: {
        ...(input.PolicyArn && { 'iam:PolicyARN': input.PolicyArn }),
        ...(input.PermissionsBoundary && { 'iam:PermissionsBoundary': input.PermissionsBoundary }),
      },
    };
  }
  const { PolicyName: name, Path: path = '/' } = input;
  const policy = input.PolicyArn ?? (name && `arn:aws:iam::${call.account}:policy${path}${name}`);
  return { action, resource: policy || '*' };
}
