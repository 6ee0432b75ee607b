import { type CloudEvent, HTTP } from 'cloudevents';

/**
 * What the official SDK sends in binary mode, and what the binding asks for and the SDK leaves to its caller: values of
 * headers percent-encoded (HTTP protocol binding 1.0.2, section 3.1.3.2), and texts that are JSON in their quotes (JSON
 * format, section 3.2).
 */
export function binaryRequest(event: CloudEvent<unknown>): { headers: Record<string, string>; body: unknown } {
  const { headers, body } = HTTP.binary(event);
  const encoded = Object.entries(headers).map(([name, value]) => [
    name,
    name.startsWith('ce-') ? percentEncoded(String(value)) : String(value),
  ]);
  const isBytes = body instanceof Uint8Array;
  const isJson = /[/+]json/.test(String(headers['content-type']));
  return {
    headers: Object.fromEntries(encoded),
    body: body === undefined || isBytes ? body : isJson && typeof event.data !== 'object' ? JSON.stringify(body) : body,
  };
}

const percentEncoded = (text: string): string =>
  text.replace(/[^\x21\x23\x24\x26-\x7e]/gu, (char) =>
    [...Buffer.from(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
