import { AwsError, refuseUnknown } from '../../core/aws-error';
import { randomName } from '../../core/ids';
import type { CloudContext, Operation } from '../../core/service';
import { AWS_MANAGED_POLICIES } from './aws-managed-policies';
import { page } from './page';
import { MANAGED_LIMIT, sizeOf } from './policy-limits';
import {
  alreadyExists,
  deleteConflict,
  type IamState,
  type ManagedPolicy,
  noSuchEntity,
  type PolicyVersion,
  type ReadPolicy,
} from './state';
import { mergeTags, tagList } from './tags';

const MAX_VERSIONS = 5;

/** Managed policies and their versions. */
export function managedPolicyOperations(
  context: CloudContext,
  state: IamState,
  read: ReadPolicy,
): Record<string, Operation> {
  const check = (text: string): void => {
    read(text, 'managed');
    if (sizeOf(text) > MANAGED_LIMIT) {
      throw new AwsError('LimitExceeded', `Cannot exceed quota for PolicySize: ${MANAGED_LIMIT}`, { status: 409 });
    }
  };
  const describe = (policy: ManagedPolicy) => ({
    PolicyName: policy.name,
    PolicyId: policy.id,
    Arn: policy.arn,
    Path: policy.path,
    DefaultVersionId: policy.defaultVersion,
    AttachmentCount: state.attachments(policy.arn),
    PermissionsBoundaryUsageCount: 0,
    IsAttachable: true,
    Description: policy.description,
    CreateDate: new Date(policy.createdAt),
    UpdateDate: new Date(policy.updatedAt),
    ...(Object.keys(policy.tags).length > 0 && { Tags: tagList(policy.tags) }),
  });
  /** The policy, when it is one of the account's own: AWS's cannot be changed. */
  const own = (arn: string): ManagedPolicy => {
    if (AWS_MANAGED_POLICIES.has(arn)) {
      throw new AwsError('AccessDenied', `Cannot perform the operation on the protected policy ${arn}.`, {
        status: 403,
      });
    }
    return state.policy(arn);
  };

  return {
    CreatePolicy: (input, call) => {
      refuseUnknown('CreatePolicy', input, ['PolicyName', 'Path', 'PolicyDocument', 'Description', 'Tags']);
      check(String(input.PolicyDocument));
      const path = String(input.Path ?? '/');
      const arn = `arn:aws:iam::${call.account}:policy${path}${input.PolicyName}`;
      if (state.findPolicy(arn)) {
        throw alreadyExists(`A policy called ${input.PolicyName} already exists. Duplicate names are not allowed.`);
      }
      const now = context.clock.now();
      const policy: ManagedPolicy = {
        arn,
        path,
        name: String(input.PolicyName),
        id: `ANPA${randomName(17)}`,
        ...(input.Description ? { description: String(input.Description) } : {}),
        versions: [{ id: 'v1', document: String(input.PolicyDocument), createdAt: now }],
        defaultVersion: 'v1',
        tags: mergeTags({}, input.Tags),
        createdAt: now,
        updatedAt: now,
      };
      state.setPolicy(policy);
      return { Policy: describe(policy) };
    },

    GetPolicy: (input) => ({ Policy: describe(state.policy(input.PolicyArn)) }),

    ListPolicies: (input, call) => {
      refuseUnknown('ListPolicies', input, ['Scope', 'OnlyAttached', 'PathPrefix', 'MaxItems', 'Marker']);
      const scope = input.Scope ?? 'All';
      const policies = [
        ...(scope === 'AWS' ? [] : state.policies(call.account)),
        ...(scope === 'Local' ? [] : AWS_MANAGED_POLICIES.values()),
      ].filter(
        (policy) =>
          policy.path.startsWith(input.PathPrefix ?? '/') &&
          (String(input.OnlyAttached) !== 'true' || state.attachments(policy.arn) > 0),
      );
      return page(policies, input, (items) => ({ Policies: items.map(describe) }));
    },

    DeletePolicy: (input) => {
      const policy = own(input.PolicyArn);
      if (state.attachments(policy.arn) > 0) {
        throw deleteConflict('Cannot delete a policy attached to entities.');
      }
      if (policy.versions.length > 1) {
        throw deleteConflict(
          "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. The default version is deleted with the policy.",
        );
      }
      state.deletePolicy(policy.arn);
    },

    CreatePolicyVersion: (input) => {
      const policy = own(input.PolicyArn);
      check(String(input.PolicyDocument));
      if (policy.versions.length >= MAX_VERSIONS) {
        throw new AwsError(
          'LimitExceeded',
          'A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.',
          { status: 409 },
        );
      }
      const newest = Math.max(...policy.versions.map((version) => Number(version.id.slice(1))));
      const now = context.clock.now();
      const version: PolicyVersion = { id: `v${newest + 1}`, document: String(input.PolicyDocument), createdAt: now };
      const asDefault = String(input.SetAsDefault) === 'true';
      state.setPolicy({
        ...policy,
        versions: [...policy.versions, version],
        defaultVersion: asDefault ? version.id : policy.defaultVersion,
        updatedAt: now,
      });
      return { PolicyVersion: { VersionId: version.id, IsDefaultVersion: asDefault, CreateDate: new Date(now) } };
    },

    GetPolicyVersion: (input) => {
      const policy = state.policy(input.PolicyArn);
      const version = versionOf(policy, input.VersionId);
      return { PolicyVersion: { Document: encodeURIComponent(version.document), ...describeVersion(policy, version) } };
    },

    ListPolicyVersions: (input) => {
      const policy = state.policy(input.PolicyArn);
      return page([...policy.versions].reverse(), input, (items) => ({
        Versions: items.map((version) => describeVersion(policy, version)),
      }));
    },

    SetDefaultPolicyVersion: (input) => {
      const policy = own(input.PolicyArn);
      const { id } = versionOf(policy, input.VersionId);
      state.setPolicy({ ...policy, defaultVersion: id, updatedAt: context.clock.now() });
    },

    DeletePolicyVersion: (input) => {
      const policy = own(input.PolicyArn);
      const { id } = versionOf(policy, input.VersionId);
      if (id === policy.defaultVersion) {
        throw deleteConflict('Cannot delete the default version of a policy.');
      }
      state.setPolicy({ ...policy, versions: policy.versions.filter((version) => version.id !== id) });
    },
  };
}

function versionOf(policy: ManagedPolicy, id: string): PolicyVersion {
  const version = policy.versions.find((candidate) => candidate.id === id);
  if (!version) throw noSuchEntity(`Policy ${policy.arn} version ${id} does not exist or is not attachable.`);
  return version;
}

const describeVersion = (policy: ManagedPolicy, version: PolicyVersion) => ({
  VersionId: version.id,
  IsDefaultVersion: version.id === policy.defaultVersion,
  CreateDate: new Date(version.createdAt),
});
