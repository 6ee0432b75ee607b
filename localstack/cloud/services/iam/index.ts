import type { AccessControl } from '../../core/peers';
import type { Access, Call, CloudContext, Service } from '../../core/service';
import { PolicyJudge } from './access-control';
import { SessionCredentials } from './credentials';
import { managedPolicyOperations } from './managed-policies';
import { rolePolicyOperations } from './role-policies';
import { roleOperations } from './roles';
import { IamState } from './state';

/** IAM: roles, policies, and the judgement of every call that a function makes. */
export function createIam(context: CloudContext): { service: Service & { readonly name: 'iam' }; peer: AccessControl } {
  const state = new IamState(context);
  const credentials = new SessionCredentials(context, state);
  const peer = new PolicyJudge(context, state, credentials);
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
        ...roleOperations(context, state),
        ...rolePolicyOperations(state),
        ...managedPolicyOperations(context, state),
      },
      access: (operation, input, call) => [accessOf(operation, input as Record<string, string>, call)],
    },
  };
}

function accessOf(operation: string, input: Record<string, string>, call: Call): Access {
  const action = `iam:${operation}`;
  if (input.RoleName) {
    const resource = `arn:aws:iam::${call.account}:role/${input.RoleName}`;
    return {
      action,
      resource,
      context: {
        ...(input.PolicyArn && { 'iam:PolicyARN': input.PolicyArn }),
        ...(input.PermissionsBoundary && { 'iam:PermissionsBoundary': input.PermissionsBoundary }),
      },
    };
  }
  const policy = input.PolicyArn ?? (input.PolicyName && `arn:aws:iam::${call.account}:policy/${input.PolicyName}`);
  return { action, resource: policy || '*' };
}
