import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { Opened, OwnersKey } from '../../application/ports';

/** AES-256-GCM; 96 random bits of nonce are good for 2^32 texts by one key (NIST SP 800-38D, section 8.3). */
const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID_BYTES = 8;
/** Names the form, so that another can follow it. */
const FORM = 'v1.';

export const newKey = (): Uint8Array => randomBytes(KEY_BYTES);

/** Tells one key from another, and nothing of either. */
const keyId = (key: Uint8Array): Buffer =>
  createHmac('sha256', key).update('orderstream key id').digest().subarray(0, KEY_ID_BYTES);

/**
 * `v1.` and, in base64url, the key's id, nonce, ciphertext and tag of the value's JSON. The owner is authenticated with it: what is
 * sealed for one cannot be passed off as another's.
 */
export function sealValue(key: Uint8Array, owner: string, value: unknown): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(Buffer.from(owner));
  const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
  return FORM + Buffer.concat([keyId(key), nonce, text, cipher.getAuthTag()]).toString('base64url');
}

/**
 * What was sealed with a key that is no more is forgotten, whatever key came after it. Throws on what was changed, or sealed
 * for another owner; the error says nothing of the content.
 */
export function openValue(key: OwnersKey, owner: string, sealed: string): Opened {
  if (key.state !== 'there') return { forgotten: true };
  if (!sealed.startsWith(FORM)) throw new Error(`what is sealed for ${owner} is of no known form; expected ${FORM}…`);
  const all = Buffer.from(sealed.slice(FORM.length), 'base64url');
  if (!all.subarray(0, KEY_ID_BYTES).equals(keyId(key.key))) return { forgotten: true };
  const bytes = all.subarray(KEY_ID_BYTES);
  try {
    const decipher = createDecipheriv(CIPHER, key.key, bytes.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
      .setAAD(Buffer.from(owner))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return { forgotten: false, value: JSON.parse(text.toString('utf8')) };
  } catch {
    // Without the cause: JSON errors quote what they could not read.
    throw new Error(`what is sealed for ${owner} cannot be opened: it was changed, or sealed for somebody else`);
  }
}
