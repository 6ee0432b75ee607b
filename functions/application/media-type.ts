/** RFC 2045, section 5.1: `type/subtype; attribute=value`, a value as token or in quotes. */
const TOKEN = String.raw`[^\x00-\x20\x7f-\uffff()<>@,;:\\"/[\]?=]+`;
const QUOTED = String.raw`"(?:[^"\\\x00-\x1f\x7f-\uffff]|\\[\x20-\x7e])*"`;
const PARAMETER = `\\s*;\\s*(${TOKEN})=(${TOKEN}|${QUOTED})`;
const MEDIA_TYPE = new RegExp(`^\\s*(${TOKEN}/${TOKEN})((?:${PARAMETER})*)\\s*$`);

export type MediaType = {
  /** `application/json`, in lower case. */
  readonly essence: string;
  /** In lower case; undefined: none is given. */
  readonly charset?: string;
};

/** Undefined: not a media type. */
export function mediaTypeOf(text: string): MediaType | undefined {
  const [, essence, parameters = ''] = MEDIA_TYPE.exec(text) ?? [];
  if (essence === undefined) return undefined;
  for (const [, name, value] of parameters.matchAll(new RegExp(PARAMETER, 'g')))
    if (name?.toLowerCase() === 'charset' && value !== undefined)
      return { essence: essence.toLowerCase(), charset: unquoted(value).toLowerCase() };
  return { essence: essence.toLowerCase() };
}

/** Of the text of a `quoted-string`; any other text is its own. */
export const unquoted = (text: string): string =>
  text.startsWith('"') ? text.slice(1, -1).replace(/\\(.)/g, '$1') : text;

/** A subtype that is `json` or ends with `+json` (CloudEvents JSON format 1.0.2, section 3.1.1). */
export const isJsonType = ({ essence }: MediaType): boolean => /\/(?:.+\+)?json$/.test(essence);
