import { createHash } from 'node:crypto';
import type { AttributeValue } from '../values/attribute-value';
import { numberKey } from '../values/number';

/** Partitions are spread over this many hashes; a scan goes through them in order. */
export const HASHES = 2 ** 31;

/** A partition key longer than this stands in the store as its digest: the store's own keys have a limit. */
const MAX_PLAIN = 200;
const GROUP = 8;

/** The bytes of a key attribute, one character each. */
export function keyBytes(value: AttributeValue): string {
  if (value.N !== undefined) return numberKey(value.N);
  if (value.B !== undefined) return Buffer.from(value.B, 'base64').toString('latin1');
  return Buffer.from(value.S as string, 'utf8').toString('latin1');
}

/** How long a key attribute is, as its limits count it. */
export function keyLength(value: AttributeValue): number {
  if (value.N !== undefined) return 0;
  return value.B !== undefined ? Buffer.byteLength(value.B, 'base64') : Buffer.byteLength(value.S as string, 'utf8');
}

/** The first part of a store key: hash and value of the partition key. Its last byte can always be raised by one. */
export function partitionBytes(value: AttributeValue): string {
  const bytes = keyBytes(value);
  return hashBytes(hash(bytes)) + fold(bytes);
}

/** Where the partitions of a hash begin. */
export function hashBytes(value: number): string {
  return String.fromCharCode(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255);
}

/** The hash that a store key begins with. */
export function hashOf(key: string): number {
  return (key.charCodeAt(0) << 24) | (key.charCodeAt(1) << 16) | (key.charCodeAt(2) << 8) | key.charCodeAt(3);
}

/** Bytes that keep different values apart, of bounded length; none begins with another. */
export function fold(bytes: string): string {
  const escaped = bytes.includes('\0') ? bytes.replaceAll('\0', '\0\xff') : bytes;
  if (escaped.length <= MAX_PLAIN) return `r${escaped}\0\x01`;
  return `d${createHash('sha256').update(bytes, 'latin1').digest('binary')}\0\x01`;
}

/**
 * Bytes that sort as the sort keys do, none of which begins with another: groups of eight bytes, each with a ninth
 * that says how many of them count. (At most an eighth longer than the value, whatever is in it.)
 */
export function sortBytes(value: AttributeValue): string {
  return value.N !== undefined ? numberKey(value.N) : grouped(keyBytes(value));
}

export function grouped(bytes: string): string {
  let result = '';
  let at = 0;
  for (; bytes.length - at >= GROUP; at += GROUP) result += `${bytes.slice(at, at + GROUP)}\xff`;
  const rest = bytes.slice(at);
  return result + rest.padEnd(GROUP, '\0') + String.fromCharCode(255 - GROUP + rest.length);
}

/** The first bytes behind all that begin with `bytes`; undefined when there are none. */
export function behind(bytes: string): string | undefined {
  let end = bytes.length;
  while (end > 0 && bytes.charCodeAt(end - 1) === 255) end--;
  return end === 0 ? undefined : bytes.slice(0, end - 1) + String.fromCharCode(bytes.charCodeAt(end - 1) + 1);
}

/** FNV-1a with a finish that mixes the bits (murmur3's), in 31 bits. */
function hash(bytes: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < bytes.length; at++) value = Math.imul(value ^ bytes.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 1;
}
