import type { StoredPolicy } from './table-record';
import type { Tables } from './tables';

const parsed = new WeakMap<StoredPolicy, object>();

/** What is judged together with a role's own policies: the table's policy for it and its indexes, a stream's for itself. */
export function resourcePolicyOf(tables: Tables, resource: string): object | undefined {
  const [, , , region = '', account = ''] = resource.split(':', 5);
  const [, name, kind] = resource.split('/', 3);
  if (name === undefined) return undefined;
  const { policies, arn } = tables.find({ account, region }, name)?.record ?? {};
  const policy = policies?.[kind === 'stream' ? resource : String(arn)];
  if (!policy) return undefined;
  let document = parsed.get(policy);
  if (!document) {
    document = JSON.parse(policy.text) as object;
    parsed.set(policy, document);
  }
  return document;
}
