import type { StoredPolicy, TableRecord } from './table-record';
import type { Tables } from './tables';

const parsed = new WeakMap<StoredPolicy, object>();

/** What is judged together with a role's own policies: the table's policy for it and its indexes, a stream's for itself. */
export function resourcePolicyOf(tables: Tables, resource: string): object | undefined {
  const { policies, arn } = tableBehind(tables, resource) ?? {};
  const policy = policies?.[resource.includes('/stream/') ? resource : String(arn)];
  if (!policy) return undefined;
  let document = parsed.get(policy);
  if (!document) {
    document = JSON.parse(policy.text) as object;
    parsed.set(policy, document);
  }
  return document;
}

/** An index has the tags of its table; a stream has none. */
export function tagsOf(tables: Tables, resource: string): Readonly<Record<string, string>> | undefined {
  if (resource.includes('/stream/')) return undefined;
  const tags = tableBehind(tables, resource)?.tags;
  return tags && Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}

function tableBehind(tables: Tables, resource: string): TableRecord | undefined {
  const [, , , region = '', account = ''] = resource.split(':', 5);
  const [, name] = resource.split('/', 2);
  return name === undefined ? undefined : tables.find({ account, region }, name)?.record;
}
