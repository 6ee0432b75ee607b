/** RFC 3986, appendix A. Characters of ASCII only: anything else has to be percent-encoded. */
const ESCAPED = '%[0-9A-Fa-f]{2}';
const PLAIN = `\\w.~!$&'()*+,;=\\-`;
const SEGMENT = `(?:[${PLAIN}:@]|${ESCAPED})*`;
const NOT_EMPTY = `(?:[${PLAIN}:@]|${ESCAPED})+`;
/** A colon in the first segment would make a scheme of what is before it. */
const WITHOUT_COLON = `(?:[${PLAIN}@]|${ESCAPED})+`;

const HOST = `\\[(?<literal>[^\\]]*)\\]|(?:[${PLAIN}]|${ESCAPED})*`;
const AUTHORITY = `//(?:(?:[${PLAIN}:]|${ESCAPED})*@)?(?:${HOST})(?::\\d*)?`;
const FROM_ROOT = `/(?:${NOT_EMPTY}(?:/${SEGMENT})*)?`;
const SCHEME = '[A-Za-z][A-Za-z0-9+.-]*:';
const TAIL = `(?:[${PLAIN}:@/?]|${ESCAPED})*`;

const hierarchy = (first: string): string => `(?:${AUTHORITY}(?:/${SEGMENT})*|${FROM_ROOT}|${first}(?:/${SEGMENT})*)?`;

const ABSOLUTE = new RegExp(`^${SCHEME}${hierarchy(NOT_EMPTY)}(?:\\?${TAIL})?$`);
const WITH_SCHEME = new RegExp(`^${SCHEME}${hierarchy(NOT_EMPTY)}(?:\\?${TAIL})?(?:#${TAIL})?$`);
const RELATIVE = new RegExp(`^${hierarchy(WITHOUT_COLON)}(?:\\?${TAIL})?(?:#${TAIL})?$`);

/** `absolute-URI` (section 4.3): with a scheme, without a fragment. */
export const isAbsoluteUri = (text: string): boolean => matches(ABSOLUTE, text);

/** `URI-reference` (section 4.1): a URI, or relative to one. The empty text is one too. */
export const isUriReference = (text: string): boolean => matches(WITH_SCHEME, text) || matches(RELATIVE, text);

function matches(form: RegExp, text: string): boolean {
  const match = form.exec(text);
  if (!match) return false;
  const literal = match.groups?.literal;
  return literal === undefined || isIpv6(literal) || /^[Vv][0-9A-Fa-f]+\.[\w.~!$&'()*+,;=:-]+$/.test(literal);
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)';
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}$`);

/** Eight groups, the last two perhaps as IPv4; `::` stands for one or more of them, once. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const last = groups.at(-1) ?? '';
  const endsInIpv4 = text.endsWith(last) && IPV4.test(last);
  const hex = endsInIpv4 ? groups.slice(0, -1) : groups;
  if (!hex.every((group) => /^[0-9A-Fa-f]{1,4}$/.test(group))) return false;
  const count = hex.length + (endsInIpv4 ? 2 : 0);
  return halves.length === 2 ? count <= 7 : count === 8;
}
