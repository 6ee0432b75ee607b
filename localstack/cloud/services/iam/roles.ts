import { AwsError, refuseUnknown } from '../../core/aws-error';
import { randomName } from '../../core/ids';
import type { Call, CloudContext, Operation } from '../../core/service';
import { page } from './page';
import { type PolicyDocument, statementsOf } from './policy/document';
import { sizeOf, TRUST_LIMIT } from './policy-limits';
import { alreadyExists, deleteConflict, type IamState, type ReadPolicy, type Role } from './state';
import { mergeTags, tagList } from './tags';

const HOUR = 3600;

/** Roles, their trust policies and their tags. */
export function roleOperations(context: CloudContext, state: IamState, read: ReadPolicy): Record<string, Operation> {
  const checkTrust = (text: string, { account }: Call): void => {
    const document = read(text, 'trust');
    const unknown = rolesNamedIn(document, account).find((arn) => !state.findRole(arn));
    if (unknown !== undefined) {
      throw new AwsError('MalformedPolicyDocument', `Invalid principal in policy: "AWS":"${unknown}"`);
    }
    if (sizeOf(text) > TRUST_LIMIT) {
      throw new AwsError('LimitExceeded', `Cannot exceed quota for ACLSizePerRole: ${TRUST_LIMIT}`, { status: 409 });
    }
  };

  return {
    CreateRole: (input, call) => {
      refuseUnknown('CreateRole', input, [
        'RoleName',
        'Path',
        'AssumeRolePolicyDocument',
        'Description',
        'MaxSessionDuration',
        'PermissionsBoundary',
        'Tags',
      ]);
      const name = String(input.RoleName ?? '');
      if (!/^[\w+=,.@-]{1,64}$/.test(name)) {
        throw validation(
          `1 validation error detected: Value '${name}' at 'roleName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]+ and have length less than or equal to 64`,
        );
      }
      if (state.hasRole(call.account, name)) throw alreadyExists(`Role with name ${name} already exists.`);
      checkTrust(String(input.AssumeRolePolicyDocument), call);
      if (input.PermissionsBoundary) state.policy(input.PermissionsBoundary);
      const path = String(input.Path ?? '/');
      const role: Role = {
        name,
        path,
        id: `AROA${randomName(17)}`,
        arn: `arn:aws:iam::${call.account}:role${path}${name}`,
        trust: String(input.AssumeRolePolicyDocument),
        ...(input.Description ? { description: String(input.Description) } : {}),
        maxSession: sessionLimit(input.MaxSessionDuration),
        ...(input.PermissionsBoundary ? { boundary: String(input.PermissionsBoundary) } : {}),
        tags: mergeTags({}, input.Tags),
        inline: {},
        attached: [],
        createdAt: context.clock.now(),
      };
      state.setRole(call.account, role);
      return { Role: describe(role) };
    },

    GetRole: (input, call) => ({ Role: describe(state.role(call.account, input.RoleName)) }),

    ListRoles: (input, call) => {
      const prefix = String(input.PathPrefix ?? '/');
      const roles = state.roles(call.account).filter((role) => role.path.startsWith(prefix));
      return page(roles, input, (items) => ({ Roles: items.map(describe) }));
    },

    UpdateRole: (input, call) => {
      refuseUnknown('UpdateRole', input, ['RoleName', 'Description', 'MaxSessionDuration']);
      const role = state.role(call.account, input.RoleName);
      state.setRole(call.account, {
        ...role,
        ...(input.Description === undefined ? {} : { description: String(input.Description) }),
        ...(input.MaxSessionDuration === undefined ? {} : { maxSession: sessionLimit(input.MaxSessionDuration) }),
      });
      return {};
    },

    UpdateRoleDescription: (input, call) => {
      const role = { ...state.role(call.account, input.RoleName), description: String(input.Description) };
      state.setRole(call.account, role);
      return { Role: describe(role) };
    },

    UpdateAssumeRolePolicy: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      checkTrust(String(input.PolicyDocument), call);
      state.setRole(call.account, { ...role, trust: String(input.PolicyDocument) });
    },

    DeleteRole: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      if (role.attached.length > 0) throw deleteConflict('Cannot delete entity, must detach all policies first.');
      if (Object.keys(role.inline).length > 0) {
        throw deleteConflict('Cannot delete entity, must delete policies first.');
      }
      state.deleteRole(call.account, role.name);
    },

    PutRolePermissionsBoundary: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      state.policy(input.PermissionsBoundary);
      state.setRole(call.account, { ...role, boundary: String(input.PermissionsBoundary) });
    },

    DeleteRolePermissionsBoundary: (input, call) => {
      const { boundary: _, ...role } = state.role(call.account, input.RoleName);
      state.setRole(call.account, role);
    },

    TagRole: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      state.setRole(call.account, { ...role, tags: mergeTags(role.tags, input.Tags) });
    },

    UntagRole: (input, call) => {
      const role = state.role(call.account, input.RoleName);
      const gone: string[] = input.TagKeys ?? [];
      const tags = Object.fromEntries(Object.entries(role.tags).filter(([key]) => !gone.includes(key)));
      state.setRole(call.account, { ...role, tags });
    },

    ListRoleTags: (input, call) => {
      const { tags } = state.role(call.account, input.RoleName);
      return page(tagList(tags), input, (items) => ({ Tags: items }));
    },
  };
}

/** The roles of an account that a trust policy names as principals: those of others may be anywhere. */
function rolesNamedIn(document: PolicyDocument, account: string): string[] {
  const principals = statementsOf(document).flatMap(({ Principal, NotPrincipal }) => {
    const named = Principal ?? NotPrincipal;
    return typeof named === 'object' && named !== null ? [(named as { AWS?: unknown }).AWS].flat() : [];
  });
  return principals.filter(
    (one): one is string => typeof one === 'string' && one.startsWith(`arn:aws:iam::${account}:role/`),
  );
}

function describe(role: Role): object {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    // IAM hands documents out percent-encoded (RFC 3986).
    AssumeRolePolicyDocument: encodeURIComponent(role.trust),
    Description: role.description,
    MaxSessionDuration: role.maxSession,
    ...(role.boundary && {
      PermissionsBoundary: { PermissionsBoundaryType: 'Policy', PermissionsBoundaryArn: role.boundary },
    }),
    ...(Object.keys(role.tags).length > 0 && { Tags: tagList(role.tags) }),
    RoleLastUsed: {},
  };
}

function sessionLimit(given: unknown): number {
  const seconds = Number(given ?? HOUR);
  if (!(seconds >= HOUR && seconds <= 12 * HOUR)) {
    throw validation(
      `1 validation error detected: Value '${given}' at 'maxSessionDuration' failed to satisfy constraint: Member must have value between 3600 and 43200`,
    );
  }
  return seconds;
}

const validation = (message: string) => new AwsError('ValidationError', message);
