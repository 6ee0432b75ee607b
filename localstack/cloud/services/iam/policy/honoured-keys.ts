import type { Registry } from '../../../core/registry';
import type { Statement } from './document';
import { variablesIn } from './variables';

/** Whether the judge knows what a condition key of a request is: also where that is "this request has none". */
export type HonoursKey = (key: string) => boolean;

/**
 * Global keys that a request has here, and, below, those that none has: the account is in no organisation, nothing comes
 * through a VPC endpoint or from a federated user.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
 */
const GLOBAL = [
  'aws:PrincipalArn',
  'aws:PrincipalAccount',
  'aws:PrincipalType',
  'aws:PrincipalIsAWSService',
  'aws:PrincipalServiceName',
  'aws:PrincipalTag/*',
  'aws:userid',
  'aws:TokenIssueTime',
  'aws:MultiFactorAuthPresent',
  'aws:ViaAWSService',
  'aws:CalledVia',
  'aws:CalledViaFirst',
  'aws:CalledViaLast',
  'aws:CurrentTime',
  'aws:EpochTime',
  'aws:SecureTransport',
  'aws:SourceIp',
  'aws:SourceArn',
  'aws:SourceAccount',
  'aws:RequestedRegion',
  'aws:RequestTag/*',
  'aws:ResourceTag/*',
  'aws:TagKeys',
  'aws:ResourceAccount',

  'aws:username',
  'aws:SourceIdentity',
  'aws:MultiFactorAuthAge',
  'aws:FederatedProvider',
  'aws:AssumedRoot',
  'aws:PrincipalOrgID',
  'aws:PrincipalOrgPaths',
  'aws:ResourceOrgID',
  'aws:ResourceOrgPaths',
  'aws:SourceOrgID',
  'aws:SourceOrgPaths',
  'aws:SourceOwner',
  'aws:SourceVpc',
  'aws:SourceVpcArn',
  'aws:SourceVpce',
  'aws:VpcSourceIp',
  'aws:VpceAccount',
  'aws:VpceOrgID',
  'aws:VpceOrgPaths',
  'aws:Ec2InstanceSourceVpc',
  'aws:Ec2InstanceSourcePrivateIPv4',
  'ec2:SourceInstanceARN',
];

/** Keys of services that are not here belong to no request, as at AWS to none of the services that are. */
export function honouredKeys(registry: Registry): HonoursKey {
  return (key) => {
    const prefix = key.split(':')[0]!.toLowerCase();
    if (prefix === 'aws') return GLOBAL.some((known) => fits(known, key));
    const service = registry.service(prefix);
    return !service || (service.conditionKeys ?? []).some((known) => fits(known, key));
  };
}

/** The first key that a statement asks for, in its conditions or by a variable, and that is not honoured. */
export function unhonouredKey(statement: Statement, honours: HonoursKey): string | undefined {
  const asked = Object.values(statement.Condition ?? {}).flatMap((keys) => Object.keys(keys));
  return [...asked, ...variablesIn(JSON.stringify(statement))].find((key) => !honours(key));
}

/** As in patterns, `*` stands at the end only. */
function fits(known: string, key: string): boolean {
  const wanted = known.toLowerCase();
  const given = key.toLowerCase();
  return wanted.endsWith('*') ? given.startsWith(wanted.slice(0, -1)) : given === wanted;
}
