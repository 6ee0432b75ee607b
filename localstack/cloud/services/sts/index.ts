import type { CloudContext, Principal, Service } from '../../core/service';
import { accessToAssume, assumeRole } from './assume-role';

/** STS: who the caller is, and sessions of roles. */
export function createSts(context: CloudContext): Service {
  return {
    name: 'sts',
    signingNames: ['sts'],
    protocol: { kind: 'query', apiVersion: '2011-06-15', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/' },
    operations: {
      GetCallerIdentity: (_input, { account, principal }) => ({
        UserId: userId(principal, account),
        Account: account,
        Arn: principal.arn,
      }),

      GetAccessKeyInfo: (input, call) => {
        const owner = context.registry.peer('iam').resolve(String(input.AccessKeyId));
        return { Account: owner?.arn.split(':')[4] ?? call.account };
      },

      AssumeRole: (input, call) => assumeRole(context, input, call),
    },
    access: (operation, input) => {
      // Everybody may ask who they are, whatever their policies say.
      if (operation === 'GetCallerIdentity') return [];
      if (operation === 'AssumeRole') return accessToAssume(input as Record<string, unknown>);
      return [{ action: `sts:${operation}`, resource: '*' }];
    },
    conditionKeys: ['sts:ExternalId', 'sts:RoleSessionName', 'sts:SourceIdentity', 'sts:TransitiveTagKeys'],
  };
}

/** A session's id begins with its role's. */
function userId(principal: Principal, account: string): string {
  return principal.kind === 'role' && principal.session ? principal.session.userId : account;
}
