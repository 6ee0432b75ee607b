/** A trace header that X-Ray takes as valid. https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html */
const ROOT = /(?:^|;)\s*Root=1-[0-9a-f]{8}-[0-9a-f]{24}\s*(?:;|$)/i;
const PARENT = /(?:^|;)\s*Parent=([0-9a-f]{16})\s*(?:;|$)/i;

/** A trace header with the segment that it names as the parent; undefined when it is not valid: AWS drops it then. */
export function readTraceHeader(header: string): { readonly header: string; readonly parent?: string } | undefined {
  if (!ROOT.test(header)) return undefined;
  const parent = PARENT.exec(header)?.[1];
  return { header, ...(parent === undefined ? {} : { parent }) };
}
