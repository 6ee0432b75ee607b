import { parseArn } from '../../../core/arn';
import type { RequestFacts } from '../../../core/peers';
import type { Access, Principal } from '../../../core/service';

/** The values of a condition key, by its lower-case name; undefined when the request does not have that key. */
export type ConditionKeys = (key: string) => readonly string[] | undefined;

type Tags = Readonly<Record<string, string>>;

/** What is known of a request besides who does what: how it came, the tags of the role that makes it, and of what it is about. */
export type RequestKnowledge = RequestFacts & {
  readonly roleTags?: Tags | undefined;
  readonly resourceTags?: () => Tags | undefined;
};

/**
 * The condition keys of a request: those that the service gave, and the global ones that follow from who calls what.
 * The connection counts as encrypted: policies that insist on TLS at AWS must work on plain HTTP here.
 */
export function conditionKeys(
  principal: Principal,
  access: Access,
  now: number,
  known: RequestKnowledge = {},
): ConditionKeys {
  let given: Map<string, readonly string[]> | undefined;
  return (key) => {
    if (access.context && !given) {
      given = new Map();
      const context = typeof access.context === 'function' ? access.context() : access.context;
      for (const [name, value] of Object.entries(context)) {
        given.set(name.toLowerCase(), typeof value === 'string' ? [value] : value);
      }
    }
    const fromService = given?.get(key);
    if (fromService) return fromService;
    const derived = globalKey(key, principal, access, now, known);
    return typeof derived === 'string' ? [derived] : derived;
  };
}

function globalKey(
  key: string,
  principal: Principal,
  access: Access,
  now: number,
  known: RequestKnowledge,
): string | readonly string[] | undefined {
  const slash = key.indexOf('/');
  if (slash > 0) return tagKey(key.slice(0, slash), key.slice(slash + 1), principal, known);
  const session = principal.kind === 'role' ? principal.session : undefined;
  switch (key) {
    case 'aws:principalarn':
      return principal.kind === 'role' ? principal.roleArn : principal.kind === 'root' ? principal.arn : undefined;
    case 'aws:principalaccount':
      return principal.kind === 'service' ? undefined : parseArn(principal.arn)?.account;
    case 'aws:principaltype':
      return principal.kind === 'role' ? 'AssumedRole' : principal.kind === 'root' ? 'Account' : undefined;
    case 'aws:principalisawsservice':
      return String(principal.kind === 'service');
    case 'aws:principalservicename':
      return principal.kind === 'service' ? principal.service : undefined;
    case 'aws:userid':
      return principal.kind === 'root' ? parseArn(principal.arn)?.account : session?.userId;
    case 'aws:tokenissuetime':
      return session && new Date(session.issuedAt).toISOString();
    case 'aws:multifactorauthpresent':
      // Long-term credentials, such as root's here, do not have the key at all.
      return principal.kind === 'role' ? 'false' : undefined;
    case 'aws:viaawsservice':
      return String(known.calledVia !== undefined);
    case 'aws:calledvia':
    case 'aws:calledviafirst':
    case 'aws:calledvialast':
      return known.calledVia;
    case 'aws:currenttime':
      return new Date(now).toISOString();
    case 'aws:epochtime':
      return String(Math.floor(now / 1000));
    case 'aws:securetransport':
      return 'true';
    case 'aws:sourceip':
      return known.sourceIp?.replace(/^::ffff:/, '');
    case 'aws:requestedregion':
      return known.region ?? (parseArn(access.resource)?.region || undefined);
    case 'aws:tagkeys': {
      const keys = Object.keys(requestTags(known.input));
      return keys.length > 0 ? keys : undefined;
    }
    case 'aws:resourceaccount':
      // An S3 ARN names no account: buckets are always the caller's own here.
      return parseArn(access.resource)?.account || parseArn(principal.arn)?.account;
    case 's3:tlsversion':
      // As all calls here count as encrypted, so they do as encrypted well.
      return access.action.startsWith('s3:') ? '1.3' : undefined;
    case 's3:resourceaccount':
      return access.action.startsWith('s3:') ? parseArn(principal.arn)?.account : undefined;
    default:
      return undefined;
  }
}

/** `aws:PrincipalTag/Team`: keys of tags ignore case in conditions. */
function tagKey(
  kind: string,
  name: string,
  principal: Principal,
  { roleTags, resourceTags, input }: RequestKnowledge,
): string | undefined {
  // Some services have a name of their own for it, such as `ssm:resourceTag`.
  if (kind.endsWith(':resourcetag')) return tagIn(resourceTags?.() ?? {}, name);
  if (kind === 'aws:requesttag') return tagIn(requestTags(input), name);
  if (kind !== 'aws:principaltag' || principal.kind !== 'role') return undefined;
  return tagIn(principal.session?.tags ?? {}, name) ?? tagIn(roleTags ?? {}, name);
}

const tagIn = (tags: Readonly<Record<string, string>>, name: string): string | undefined =>
  Object.entries(tags).find(([key]) => key.toLowerCase() === name)?.[1];

/** Tags that a request names: a list of keys and values, or a map, as the service has it. */
function requestTags(input: unknown): Record<string, string> {
  const { Tags, tags } = (input ?? {}) as { Tags?: unknown; tags?: unknown };
  const given = Tags ?? tags;
  if (Array.isArray(given)) {
    const listed = given as readonly { Key?: string; Value?: string }[];
    return Object.fromEntries(listed.map(({ Key = '', Value = '' }) => [Key, Value]));
  }
  return typeof given === 'object' && given !== null ? (given as Record<string, string>) : {};
}
