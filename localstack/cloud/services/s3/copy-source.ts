import { AwsError } from '../../core/aws-error';
import type { Buckets } from './bucket';
import { checkCopyCondition } from './object-conditions';
import type { Objects, StoredObject } from './objects';

export type CopySource = { readonly bucket: string; readonly key: string; readonly versionId?: string };

/** `<bucket>/<key>[?versionId=…]`, percent-encoded, as the header `x-amz-copy-source` has it. */
export function parseCopySource(text: string): CopySource {
  const [path = '', query = ''] = text.split('?');
  const match = /^\/?([^/]+)\/(.+)$/s.exec(decodeURIComponent(path));
  if (!match) throw new AwsError('InvalidArgument', 'Copy Source must mention the source bucket and key');
  const versionId = new URLSearchParams(query).get('versionId');
  return { bucket: match[1]!, key: match[2]!, ...(versionId && { versionId }) };
}

/** The object that a copy is made of, if it is as the request wants it. */
export function findCopySource(
  input: { readonly CopySource: string },
  buckets: Buckets,
  objects: Objects,
): { source: CopySource; from: StoredObject } {
  const source = parseCopySource(input.CopySource);
  const from = objects.get(buckets.get(source.bucket), source.key, source.versionId);
  checkCopyCondition(input, from);
  return { source, from };
}
