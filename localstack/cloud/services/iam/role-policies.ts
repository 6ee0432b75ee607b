import type { Operation } from '../../core/service';
import { page } from './page';
import { parsePolicy } from './policy/document';
import { type IamState, noSuchEntity } from './state';

/** What a role may do: its inline policies, and the managed ones attached to it. */
export function rolePolicyOperations(state: IamState): Record<string, Operation> {
  return {
    PutRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      parsePolicy(String(input.PolicyDocument), 'identity');
      state.setRole(call.account, {
        ...role,
        inline: { ...role.inline, [input.PolicyName]: String(input.PolicyDocument) },
      });
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
      if (!role.attached.includes(arn)) state.setRole(call.account, { ...role, attached: [...role.attached, arn] });
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
