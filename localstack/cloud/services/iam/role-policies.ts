import { AwsError } from '../../core/aws-error';
import type { Operation } from '../../core/service';
import { page } from './page';
import { INLINE_LIMIT, sizeOf } from './policy-limits';
import { type IamState, noSuchEntity, type ReadPolicy, type Role } from './state';

const MAX_ATTACHED = 10;
const limitExceeded = (message: string) => new AwsError('LimitExceeded', message, { status: 409 });

/** What a role may do: its inline policies, and the managed ones attached to it. */
export function rolePolicyOperations(state: IamState, read: ReadPolicy): Record<string, Operation> {
  return {
    PutRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      read(String(input.PolicyDocument), 'identity');
      const inline: Role['inline'] = { ...role.inline, [input.PolicyName]: String(input.PolicyDocument) };
      if (Object.values(inline).reduce((sum, text) => sum + sizeOf(text), 0) > INLINE_LIMIT) {
        throw limitExceeded(`Maximum policy size of ${INLINE_LIMIT} bytes exceeded for role ${role.name}`);
      }
      state.setRole(call.account, { ...role, inline });
    },

    GetRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      const document = role.inline[input.PolicyName];
      if (document === undefined) throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
      return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument: encodeURIComponent(document) };
    },

    DeleteRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      const { [input.PolicyName as string]: document, ...inline } = role.inline;
      if (document === undefined) throw noSuchEntity(`The role policy with name ${input.PolicyName} cannot be found.`);
      state.setRole(call.account, { ...role, inline });
    },

    ListRolePolicies: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      return page(Object.keys(role.inline).sort(), input, (items) => ({ PolicyNames: items }));
    },

    AttachRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      const { arn } = state.policy(input.PolicyArn);
      if (role.attached.includes(arn)) return;
      if (role.attached.length >= MAX_ATTACHED) {
        throw limitExceeded(`Cannot exceed quota for PoliciesPerRole: ${MAX_ATTACHED}`);
      }
      state.setRole(call.account, { ...role, attached: [...role.attached, arn] });
    },

    DetachRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      if (!role.attached.includes(input.PolicyArn)) {
        throw noSuchEntity(`Policy ${input.PolicyArn} was not found.`);
      }
      state.setRole(call.account, { ...role, attached: role.attached.filter((arn) => arn !== input.PolicyArn) });
    },

    ListAttachedRolePolicies: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      return page(role.attached, input, (items) => ({
        AttachedPolicies: items.map((arn) => ({ PolicyName: arn.split('/').pop(), PolicyArn: arn })),
      }));
    },
  };
}
