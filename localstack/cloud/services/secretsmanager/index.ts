import type { CloudContext, Service } from '../../core/service';
import { CONDITION_KEYS, SecretAuthorization } from './access';
import { policyOperations, readPolicy } from './policy-operations';
import { Protection } from './protection';
import { secretOperations } from './secret-operations';
import { Secrets } from './secrets';
import { valueOperations } from './value-operations';

/** Secrets Manager: secrets with versions, labels and policies; no rotation. */
export function createSecretsManager({ store, clock, registry }: CloudContext): Service {
  const secrets = new Secrets(store, clock);
  const protection = new Protection(registry);
  const authorization = new SecretAuthorization(secrets, registry);
  const secretAt = (arn: string) => {
    const [, , , region = '', account = ''] = arn.split(':');
    return secrets.find(arn, { account, region });
  };
  return {
    name: 'secretsmanager',
    signingNames: ['secretsmanager'],
    protocol: { kind: 'json', version: '1.1', targetPrefixes: ['secretsmanager'] },
    operations: {
      ...secretOperations(secrets, protection, clock),
      ...valueOperations(secrets, protection, authorization, clock),
      ...policyOperations(secrets, registry),
    },
    access: (operation, input, call) => authorization.access(operation, input, call),
    resourcePolicy: (resource) => {
      const policy = secretAt(resource)?.policy;
      return policy === undefined ? undefined : readPolicy(policy);
    },
    resourceTags: (resource) => secretAt(resource)?.tags,
    conditionKeys: CONDITION_KEYS,
  };
}
