import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { invalidCiphertext } from './errors';
import { type KeyRecord, keyArn, type Material } from './key-record';

export type EncryptionContext = Readonly<Record<string, string>>;

/** What a ciphertext says of itself. */
export type Blob = {
  readonly keyArn: string;
  readonly materialId: string;
  readonly nonce: Buffer;
  readonly tag: Buffer;
  readonly data: Buffer;
};

/** The first byte of every ciphertext. */
const FORMAT = 1;
const NONCE = 12;
const TAG = 16;
const MATERIAL = 32;

/**
 * AES-256-GCM under the key's newest material, with key and context authenticated. Layout, as AWS's is not published:
 * format (1 byte), length of the key's ARN (1), ARN, material id (32), nonce (12), tag (16), data.
 */
export function encrypt(key: KeyRecord, plaintext: Buffer, context: EncryptionContext): Buffer {
  const material = key.materials.at(-1) as Material;
  const arn = Buffer.from(keyArn(key));
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv('aes-256-gcm', Buffer.from(material.secret, 'base64'), nonce);
  cipher.setAAD(authenticated(keyArn(key), context));
  const data = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  const head = Buffer.of(FORMAT, arn.length);
  return Buffer.concat([head, arn, Buffer.from(material.id, 'hex'), nonce, cipher.getAuthTag(), data]);
}

/** Throws `InvalidCiphertextException` for what no key here has made. */
export function readBlob(blob: Buffer): Blob {
  const arnEnd = 2 + (blob[1] ?? 0);
  const end = arnEnd + MATERIAL + NONCE + TAG;
  if (blob[0] !== FORMAT || blob.length < end) throw invalidCiphertext();
  const nonceAt = arnEnd + MATERIAL;
  return {
    keyArn: blob.toString('utf8', 2, arnEnd),
    materialId: blob.toString('hex', arnEnd, nonceAt),
    nonce: blob.subarray(nonceAt, nonceAt + NONCE),
    tag: blob.subarray(nonceAt + NONCE, end),
    data: blob.subarray(end),
  };
}

/** Throws `InvalidCiphertextException` when the data were changed, or the context is another one. */
export function decrypt(key: KeyRecord, { materialId, nonce, tag, data }: Blob, context: EncryptionContext): Buffer {
  const material = key.materials.find(({ id }) => id === materialId);
  if (!material) throw invalidCiphertext();
  const decipher = createDecipheriv('aes-256-gcm', Buffer.from(material.secret, 'base64'), nonce);
  decipher.setAAD(authenticated(keyArn(key), context));
  decipher.setAuthTag(tag);
  try {
    return Buffer.concat([decipher.update(data), decipher.final()]);
  } catch {
    throw invalidCiphertext();
  }
}

/** The order of the context's members does not count. */
function authenticated(arn: string, context: EncryptionContext): Buffer {
  const pairs = Object.entries(context).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.from(JSON.stringify([arn, pairs]));
}
