/** A member of a list in a header; commas within quotes do not part them. */
const member = /(?:[^,"]|"(?:\\.|[^"\\])*")+/g;

/**
 * `wait` of a `Prefer` header (RFC 7240, section 4.3), in seconds. As the RFC has it, the first of two counts, and what is
 * unknown or cannot be meant is passed over.
 */
export function preferredWait(header: string | undefined): number | undefined {
  const waits = (header?.match(member) ?? []).filter((preference) => /^\s*wait\s*(=|;|$)/i.test(preference));
  const [, seconds] = /^\s*wait\s*=\s*"?(\d{1,9})"?\s*(;.*)?$/i.exec(waits[0] ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}
