import { AwsError } from '../core/aws-error';

/**
 * Undoes `aws-chunked` framing (signed or unsigned chunks, with or without trailers), which S3 clients put around
 * streamed bodies: `<hex size>[;chunk-signature=…]\r\n<bytes>\r\n … 0\r\n<trailers>\r\n`. Trailers are headers that
 * come behind the body; only those with checksums count, by their lower-case names.
 */
export function decodeAwsChunked(framed: Buffer): { body: Buffer; trailers: Record<string, string> } {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const lineEnd = framed.indexOf('\r\n', at);
    const size = lineEnd < 0 ? Number.NaN : Number.parseInt(framed.toString('latin1', at, lineEnd), 16);
    if (Number.isNaN(size) || lineEnd + 2 + size > framed.length) {
      throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
    }
    const start = lineEnd + 2;
    if (size === 0) {
      const body = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
      return { body, trailers: parseTrailers(framed.toString('latin1', start)) };
    }
    chunks.push(framed.subarray(start, start + size));
    at = start + size + 2;
  }
}

function parseTrailers(text: string): Record<string, string> {
  const trailers: Record<string, string> = {};
  for (const line of text.split(/\r?\n/)) {
    const match = /^(x-amz-checksum-[a-z0-9]+):(.*)$/i.exec(line);
    if (match) trailers[match[1]!.toLowerCase()] = match[2]!.trim();
  }
  return trailers;
}
